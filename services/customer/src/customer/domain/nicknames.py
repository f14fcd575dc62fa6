"""Nicknames: which given names are short or pet forms of the same one."""

from __future__ import annotations

from functools import lru_cache

from customer.domain.text import fold

_CACHED = 16_384

# A name and the forms that its bearers go by; a form may belong to several names.
_FORMS = """
abigail: abby abbie gail; abraham: abe abram bram; adelaide: addie adele; adrian: ade;
adriana: adri; agnes: aggie nessie; albert: al bert bertie;
alexander: alex alec alek sandy xander lex sasha sascha;
alexandra: alex alexa sandra sandy lexi sasha; alexandre: alex; alejandro: alex jandro ale;
alejandra: ale jandra; alessandro: alex sandro ale; alessandra: ale sandra;
alfred: al alf alfie fred; alice: allie ali; amanda: mandy manda; amelia: amy millie;
andrea: andy drea; andreas: andi andy; andrew: andy drew; angela: angie; angelina: angie lina;
ann: annie nan nancy; anna: annie nan nina anni; anne: annie nan; annette: netta nettie;
antoine: toine; anton: toni; antonia: toni tonia; antonio: tonio toni toño nino;
anthony: tony ant; archibald: archie; arthur: art artie; augusta: gussie; augustus: gus;
barbara: babs barb bobbie barbie babsi; bartholomew: bart; beatrice: bea trixie bice;
beatriz: bea; benedict: ben benny; benedikt: ben beni; benjamin: ben benny benji benni;
bernadette: bernie; bernard: bernie; bernhard: bernd berni; bertha: bertie;
brigitte: gitte gitta bri; bridget: biddy bridie; calvin: cal; cameron: cam; carl: kalle;
carlos: charly; carolina: caro lina; caroline: carrie caro carol lina; carolyn: carol carrie;
catherine: cathy cath kate katie kitty kay cate; catarina: cata rina; caterina: cate rina;
cecilia: cissy ceci; charles: charlie chuck chas charley charly;
charlotte: lottie lotte charlie lotta; chiara: chicca; christian: chris;
christiane: chris christa; christina: chris tina chrissy; christine: chris tina chrissy christa;
christopher: chris kit topher; christoph: chris stoffel; christophe: chris; clarence: clarrie;
claudia: claudi; clement: clem; concepcion: concha conchita; constance: connie;
cornelia: nell nelly conny; cynthia: cindy; daniel: dan danny dani; daniela: dani; danielle: dani;
david: dave davy davey; deborah: deb debbie debby; dennis: denny; dolores: lola dolly;
dominic: dom nick; domenico: mimmo; donald: don donnie; dorothea: doro thea dora;
dorothy: dot dottie dolly dora; douglas: doug; eberhard: hardy; edith: edie; edmund: ed eddie ned;
eduard: edi; eduardo: edu lalo; edward: ed eddie ned ted teddy; edwin: ed eddie win;
eleanor: ellie nell nora nelly ella; elena: lena ele; eleonora: nora ele;
elisabeth: elise lisa lise sissi liesl elsbeth else betti bettina lisbeth;
elisabetta: betta lisa betty;
elizabeth: liz lizzie lizzy eliza beth betty bess bessie betsy libby lisa elsie lisbeth;
emanuele: lele manu; emily: em emmy millie; emmanuel: manu manny; emmanuelle: manu; enrico: rico;
enrique: quique kike; ernest: ernie; ernst: erni; esther: essie hettie; eugene: gene;
eugenia: gina; evelyn: eve evie; ezekiel: zeke; ezra: ez; federico: fede rico;
fernando: nando fer; filippo: pippo; florence: flo florrie flossie;
frances: fran fanny francie frankie; francesca: franca cesca checca;
francesco: franco checco cecco ciccio; francis: frank fran;
francisco: paco pancho curro fran kiko; francisca: paca paqui; francoise: fanfan; franz: franzl;
franziska: franzi; frederic: fred; frederick: fred freddie freddy fritz; frederica: freddie;
friedrich: fritz fred friedel; gabriel: gabe gabi; gabriela: gabi; gabriele: gabi lele;
gabriella: gabi; gabrielle: gabby; gaetano: tano; genevieve: gen ginette; geoffrey: geoff jeff;
george: georgie; georg: schorsch; gerald: gerry jerry; gerard: gerry gege; gerhard: gerd;
gertrude: gertie trudy; gertrud: trude traudl gerti; gilbert: gil bert; giacomo: mino;
giovanna: gianna vanna; giovanni: gianni nanni vanni; giuseppe: beppe peppe pino beppino;
giuseppina: pina; gregory: greg; gregorio: goyo; guadalupe: lupe lupita; guillermo: guille memo;
gunther: gunni; gwendolyn: gwen wendy; hannah: hanna; harold: harry hal; harriet: hattie harry;
heinrich: heinz heini hinrich; heinz: heini; helen: nell nellie ella; helena: lena nell;
helene: lene; henrietta: etta hettie; henriette: jette; henry: harry hank hal; herbert: herb bert;
herman: manny; hermann: manni; hilda: hildy; hildegard: hilde; hubert: bert hugh; ignacio: nacho;
ignatius: iggy; irene: rene; isaac: ike zak; isabel: isa bella belle tibby chabela;
isabella: isa bella belle izzy; isabelle: isa belle zabou; jacob: jake jay;
jacqueline: jackie jacquie; jacques: jacquot; jakob: jockel; james: jim jimmy jamie jem jimmie;
jane: janie jenny janey; janet: jan; jean: jeannot; jeanne: jeannette; jeffrey: jeff;
jennifer: jen jenny jenni; jeremy: jerry jez; jeremiah: jerry jem; jerome: jerry;
jessica: jess jessie; jesus: chucho chuy; joachim: jochen achim; joan: joanie; joanna: jo joan;
johann: hans hannes; johannes: hans hannes jo; johanna: hanna hanni jo;
john: jack johnny jon jock johnnie; jonathan: jon jonny nathan; jose: pepe pepito chepe;
josefa: pepa; josef: sepp jupp pepi; joseph: joe joey jo josy; josephine: jo josie fifi;
joshua: josh; juan: juanito juancho; judith: judy jude; julia: julie jules; julian: jules jule;
juliet: julie; jurgen: jurgi; karl: kalle karli; katharina: kathi kathe kati katja trine;
katherine: kate kathy katie kath kitty kay kat; kathleen: kathy kath kate katie;
kathryn: kathy kate katie; kenneth: ken kenny; klaus: klausi; konrad: conny kurt; laetitia: titi;
laurence: larry laurie lawrie; laurent: lolo; lawrence: larry laurie lawrie;
leonard: len lenny leo; leonardo: leo nardo; leopold: leo poldi; leslie: les; letitia: letty tish;
lillian: lily lil; lorenzo: enzo renzo; louis: lou louie; louisa: lou; louise: lou loulou;
lourdes: lulu; lucia: lucy luci; lucille: lucy lou; lucinda: lucy cindy; luigi: gigi gino;
luis: lucho; luisa: lulu; ludwig: lutz wiggerl; lydia: liddy; mabel: may;
madeleine: mado maddie lena; madeline: maddie; magdalena: lena magda leni; manfred: manni fred;
manuel: manolo manu; manuela: manu ela; marcus: marc mark;
margaret: maggie meg peggy madge marge margie daisy peg meggie greta rita;
margarete: grete gretel gretchen greta margit; margherita: rita ghita; margarita: rita marga;
marguerite: margot guite; maria: mia mimi mitzi; mariateresa: maite marite; marianne: nanne;
marie: mimi; marjorie: marge margie; martha: mattie patty; martin: marty; martina: tina;
mary: molly polly may mamie mae; massimo: max; massimiliano: max massimo; matilda: tilly mattie;
matteo: teo; matthew: matt matty; matthias: matze hias; matthieu: mat; maureen: mo;
maurice: mo momo; maximilian: max maxi; maximilien: max; megan: meg; melanie: mel;
melissa: mel missy; mercedes: merche; michael: mike mick mickey micky mikey michi;
michaela: michi; michele: michi lele; michelle: shelly shell; miguel: migue; mildred: millie;
miriam: mimi mim; mohammed: mo mohamed muhammad mohammad mehmet; monika: moni; montgomery: monty;
montserrat: montse; moritz: mo; nancy: nan nance; natalie: nat; nathalie: nath; nathan: nat nate;
nathaniel: nat nate nathan; nicholas: nick nicky nico nic; nicolas: nico nic; nicola: nico;
nicole: nicky nic; nikolaus: klaus niko nik; norman: norm; octavia: tavy; oliver: ollie oli;
olivia: liv livvy; oscar: ozzie; oswald: oz ozzie; otto: otti; pamela: pam; pascal: pas;
patricia: pat patty tricia trish patsy patti; patrick: pat paddy rick; paul: paulie; paula: pauli;
penelope: penny; percival: percy; peter: pete peterkin; petra: peti; philip: phil pip;
phillip: phil pip; philipp: phil lipp; philippe: phil philou; philippa: pippa pip;
pierre: pierrot; pietro: piero; pilar: pili; priscilla: cilla; prudence: prue; rachel: rae;
rafael: rafa; raimund: raimi; randolph: randy; raphael: raph rafa; raymond: ray;
rebecca: becky becca; reginald: reg reggie; reinhard: reini; reinhold: reini; renate: nate;
ricardo: rica richi; riccardo: ricky ricki; richard: rick dick ricky rich dickie richie hick;
robert: bob rob bobby robbie bert robin robby; roberta: bobbie robbie; roberto: berto robi;
roderick: rod roddy; rodolfo: fito; rodney: rod; roger: rodge; roland: rolli; rolf: rolfi;
ronald: ron ronnie; rosa: rosi rosita; rosalind: roz rosie; rosario: charo saro; rose: rosie;
rosemary: rosie romy; rosemarie: rosi romy; rosina: rosie; rudolf: rudi rolf; rudolph: rudy;
rupert: bert; russell: russ; salvador: chava salva; salvatore: totò turi salvo toto;
samantha: sam; samuel: sam sammy; sandra: sandy; santiago: santi yago chago; sarah: sally sadie;
sara: sarita; sebastian: seb basti bastian; sebastien: seb bastien; serafina: fina; sergio: checo;
sidney: sid; siegfried: sigi siggi; sigmund: sigi; sigrid: siri; simone: simo; silvester: silvi;
sofia: sofi fia; solomon: sol; sophia: sophie; sophie: soso; stanislas: stan; stanley: stan;
stefan: steff; stefania: stefi; stefano: ste; stephan: steff; stephanie: steph stef steffi;
stephane: steph; stephen: steve stevie steph; steven: steve stevie; susan: sue susie suzy sukey;
susanna: sue susie sanna; susanne: susi sanne; suzanne: suzy suzie suzette; sylvester: sly;
sylvia: sylvie; terence: terry; teresa: terry tere teresita; theresa: terry tess tessa tracy;
therese: resi resl; theodor: theo teddy; theodore: ted teddy theo; theodora: dora theo;
theophile: theo; thomas: tom tommy thom; tiffany: tiff; timothy: tim timmy; tobias: tobi toby;
tommaso: tommy maso; ulrich: uli ulli; ulrike: uli ulli rike; ursula: uschi ulla;
valentina: vale tina; valerie: val; veronica: ronnie vero; veronika: vroni; veronique: vero;
vicente: chente; victor: vic; victoria: vicky vic tori vicki; viktoria: vicky;
vincent: vince vinnie vin; vincenzo: enzo vince; viola: vi; virginia: ginny ginger;
virginie: gini; vivian: viv; volker: volki; waldemar: waldi; walter: wally walt wat;
waltraud: traudl; wilfred: wilf fred; wilhelm: willi wim helm willy;
wilhelmina: mina minnie willa; william: will bill billy willie willy liam wm;
winifred: winnie freda; wolfgang: wolf wolfi; xavier: xavi; yolanda: yoli; yvonne: von;
zachary: zach zack zac;
"""
# Abbreviations that clerks wrote in registers and tills still print.
_ABBREVIATIONS = """
alexander: alexr; benjamin: benj; charles: chas; daniel: danl; edward: edw;
elizabeth: eliz elizth; frederick: fredk; george: geo; james: jas; john: jno jn; joseph: jos;
margaret: margt; nathaniel: nathl; nicholas: nichs; richard: richd; robert: robt; samuel: saml;
stephen: stephn; thomas: thos; timothy: timy; william: wm willm; wilhelm: wilh; johann: joh;
francisco: fco;
"""


def _roots() -> dict[str, frozenset[str]]:
    roots: dict[str, set[str]] = {}
    for entry in (_FORMS + _ABBREVIATIONS).strip(";\n").split(";"):
        name, _, forms = entry.partition(":")
        for form in (name, *forms.split()):
            roots.setdefault(fold(form), set()).add(fold(name))
    return {form: frozenset(names | {form}) for form, names in roots.items()}


_ROOTS = _roots()


@lru_cache(maxsize=_CACHED)
def canonical_given(name: str) -> frozenset[str]:
    """Give the names that a given name may stand for, itself among them, folded.

    Two given names may be one when the sets meet: Bill and Will meet in William. An unknown name
    stands for itself alone; nothing stands for nothing.
    """
    folded = fold(name)
    if not folded:
        return frozenset()
    return _ROOTS.get(folded) or frozenset((folded,))


def is_known_given(name: str) -> bool:
    """Tell whether a folded word is a given name, or a form of one, that this module knows."""
    return name in _ROOTS
