"""Hot routes pass the door and nothing else, and fail as all others do."""

from collections.abc import Callable

import httpx
import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chassis.api import StrictModel, create_app, principal_of
from chassis.database import Database
from chassis.errors import Conflict
from chassis.principal import Principal, PrincipalSigner
from chassis.problems import told_as
from chassis.settings import ProcessSettings


class TooHot(Conflict):
    slug = "too-hot"
    title = "It is too hot"


class Body(StrictModel):
    what: str


async def answer(request: Request) -> Response:
    caller = principal_of(request, "things:write")
    body = told_as(Body.model_validate_json, await request.body())
    if body.what == "refuse":
        raise TooHot
    if body.what == "fail":
        raise ZeroDivisionError
    if body.what == "cut":
        raise ConnectionResetError
    return Response(f"{caller.client_id} {body.what}", 201)


Make = Callable[..., httpx.AsyncClient]


@pytest.fixture
def make(principal_keys: tuple[str, str]) -> Make:
    settings = ProcessSettings(
        database_url=SecretStr("postgresql://nobody@127.0.0.1:1/none"),
        bus_url=SecretStr("unused"),
        principal_public_key=principal_keys[1],
        port=0,
        worker_port=0,
    )
    app = create_app(
        title="things",
        settings=settings,
        database=Database.connect(settings.database_url.get_secret_value()),
        routers=[],
        hot_routes=[Route("/v1/things", answer, methods=["POST"])],
    )
    signer = PrincipalSigner(principal_keys[0])
    token = signer.sign(Principal("till", frozenset({"things:write"})))

    def make_client(*, raises: bool = False) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app, raise_app_exceptions=raises)
        headers = {"Carnet-Principal": token}
        return httpx.AsyncClient(transport=transport, base_url="http://things", headers=headers)

    return make_client


@pytest.fixture
def client(make: Make) -> httpx.AsyncClient:
    return make()


@pytest.mark.parametrize(
    ("what", "status", "slug"),
    [
        ("refuse", 409, "too-hot"),
        ("fail", 500, "internal-error"),
        ("cut", 503, "unavailable"),
        (7, 422, "invalid"),
    ],
)
async def test_what_a_hot_route_raises_is_a_problem_document(
    client: httpx.AsyncClient, what: object, status: int, slug: str
) -> None:
    failed = await client.post("/v1/things", json={"what": what})
    assert failed.status_code == status
    assert failed.headers["content-type"] == "application/problem+json"
    assert failed.json()["type"].endswith(slug)


async def test_a_hot_route_is_behind_the_door(client: httpx.AsyncClient) -> None:
    good = await client.post("/v1/things", json={"what": "x"})
    assert (good.status_code, good.text) == (201, "till x")
    unknown = await client.post("/v1/things", json={"what": "x"}, headers={"Carnet-Principal": "?"})
    assert unknown.status_code == 401
    text = await client.post("/v1/things", content="what", headers={"Content-Type": "text/plain"})
    assert text.status_code == 415
    assert (await client.get("/v1/things")).status_code == 405


async def test_a_failure_that_nobody_expected_is_raised_for_the_log(make: Make) -> None:
    with pytest.raises(ZeroDivisionError):
        await make(raises=True).post("/v1/things", json={"what": "fail"})
