"""The suite's OpenAPI document, and a reference page made from it that needs no other host."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import APIRouter
from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.responses import HTMLResponse, RedirectResponse, Response

from chassis.errors import Unavailable
from gateway.openapi import operations, read_document

router = APIRouter(include_in_schema=False)

_PLACES = (
    Path(__file__).parents[1] / "openapi.json",  # packaged with the distribution
    Path(__file__).parents[4] / "contracts" / "openapi.json",  # in the checkout
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


class ReferenceNotMade(Unavailable):
    """The suite's document has not been generated."""

    slug = "reference-not-made"
    title = "The API's document is missing"


@router.get("/")
async def front() -> Response:
    """Lead people to the reference."""
    return RedirectResponse("/docs")


@router.get("/openapi.json")
async def openapi() -> Response:
    """Give the one OpenAPI document of the whole suite."""
    return Response(_file().read_bytes(), media_type="application/json")


@router.get("/docs")
async def docs() -> Response:
    """Show the reference."""
    return HTMLResponse(_page(_file()), headers={"Content-Security-Policy": _POLICY})


def _file() -> Path:
    for place in _PLACES:
        if place.is_file():
            return place
    raise ReferenceNotMade("Run `make contracts`, which writes contracts/openapi.json.")


@cache
def _page(file: Path) -> str:
    environment = Environment(
        loader=PackageLoader("gateway", "api"), autoescape=select_autoescape(("html",))
    )
    document = read_document(file)
    return environment.get_template("reference.html").render(
        document=document, groups=operations(document)
    )
