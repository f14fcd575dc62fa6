"""How streets are abbreviated in the countries of the house, and what the abbreviations mean."""

from __future__ import annotations

import re

_FRENCH = """
all allee; av avenue; ave avenue; bat batiment; bd boulevard; bld boulevard; blvd boulevard;
boul boulevard; bvd boulevard; ch chemin; che chemin; chem chemin; crs cours; fbg faubourg;
fg faubourg; imp impasse; lot lotissement; pas passage; pl place; prom promenade; qu quai; r rue;
res residence; rte route; sq square; st saint; ste sainte; sts saints; gal general; gen general;
mal marechal; pdt president; dr docteur; pr professeur; cdt commandant; nd notre dame; zi zone
"""
_ENGLISH = """
aly alley; ave avenue; av avenue; blvd boulevard; bldg building; bvd boulevard; cir circle;
cl close; cres crescent; ct court; ctr centre; center centre; dr drive; e east; est estate;
expy expressway; fwy freeway; gdn garden; gdns gardens; gr grove; grn green; hts heights;
hwy highway; ln lane; mt mount; n north; pde parade; pk park; pkwy parkway; pl place; plz plaza;
rd road; s south; sq square; ste suite; ter terrace; terr terrace; tce terrace; tpke turnpike;
w west; ne northeast; nw northwest; se southeast; sw southwest
"""
_GERMAN = """
str strasse; pl platz; al allee; g gasse; bhf bahnhof; st sankt; skt sankt
"""
_ITALIAN = """
v via; vle viale; pza piazza; pzza piazza; pzle piazzale; cso corso; lgo largo; vic vicolo;
str strada; loc localita; fraz frazione; f frazione; s san; sta santa; sto santo; ss santi
"""
_SPANISH = """
c calle; cl calle; cll calle; av avenida; avd avenida; avda avenida; pza plaza; pl plaza;
plza plaza; po paseo; pso paseo; cta carretera; ctra carretera; cno camino; cjon callejon;
rda ronda; trav travesia; urb urbanizacion; gta glorieta; sta santa; sto santo; s san;
"""
_DUTCH = """
str straat; ln laan; pl plein; wg weg; st sint; gr gracht; kan kanaal
"""


def _table(text: str) -> dict[str, str]:
    pairs = (entry.split(maxsplit=1) for entry in text.replace("\n", " ").split(";"))
    return {pair[0]: pair[1] for pair in pairs if pair}


_BY_LANGUAGE = {
    _FRENCH: ("FR", "LU", "MC"),
    _ENGLISH: ("", "AU", "CA", "GB", "IE", "NZ", "SG", "US", "ZA"),
    _GERMAN: ("AT", "CH", "DE", "LI"),
    _ITALIAN: ("IT", "SM", "VA"),
    _SPANISH: ("AR", "CL", "CO", "ES", "MX", "PE"),
    _DUTCH: ("BE", "NL"),
}
_TABLES = {countries: _table(text) for text, countries in _BY_LANGUAGE.items()}
WRITTEN_OUT = {country: table for countries, table in _TABLES.items() for country in countries}
"""For each country the folded abbreviations of a word in a street's name; English elsewhere."""

_STRASSE = (("strasse", "strasse"), ("str", "strasse"), ("pl", "platz"))
GLUED_ENDINGS = {
    **dict.fromkeys(("AT", "CH", "DE", "LI"), _STRASSE),
    **dict.fromkeys(("BE", "NL"), (("str", "straat"), ("gr", "gracht"))),
}
"""Abbreviations that are written in one word with the name: Hauptstr. is Hauptstrasse."""

BEFORE_FOLDING = (
    (re.compile(r"\bc/(?!o)"), "calle "),
    (re.compile(r"\bc/o\b.*"), ""),
    (re.compile(r"\bc\.so\b"), "corso"),
    (re.compile(r"\bv\.le\b"), "viale"),
    (re.compile(r"\bp\.?z?za\b\.?"), "piazza"),
    (re.compile(r"\bl\.go\b"), "largo"),
    (re.compile(r"(?:\b(?:n\.?[°ºo]|n\.|nr\.?|no\.|num\.?)|#) ?(?=\d)"), " "),
    (re.compile(r"\b\d+ ?[ºª°] ?[a-z]?\b"), " "),
    (re.compile(r"(?<=\d) ?bis\b"), " bis "),
)
"""What must be read before punctuation goes: `c/ Mayor n.º 5`, `C.so Como`."""
