"""Explaining how a customer came to be, in order of time, with who and when."""

from typing import Any

from tests.customer.conftest import House
from tests.customer.test_unmerge import merge, unmerge


async def how(house: House, customer_id: str, **params: Any) -> dict[str, Any]:
    answer = await house.http.get(f"/v1/customers/{customer_id}/how", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def story(house: House) -> tuple[str, str]:
    """A customer that was joined, merged by machine, unmerged and merged by a person."""
    older = await house.put("1", emails=["a@example.com"])
    younger = await house.put("2", phones=["+33612345678"])
    await house.put("3", emails=["a@example.com"], phones=["+33612345678"])
    await unmerge(house, older["customer_id"], younger["customer_id"])
    await merge(house, older["customer_id"], younger["customer_id"])
    return older["customer_id"], younger["customer_id"]


async def test_the_whole_story_is_told_in_order_of_time(house: House) -> None:
    older, younger = await story(house)

    told = await how(house, younger)

    assert told["customer_id"] == older
    moments = told["moments"]
    assert [moment["at"] for moment in moments] == sorted(moment["at"] for moment in moments)
    merges = [moment for moment in moments if moment["what"] == "merged"]
    assert [(one["undone"], one["by"] is None) for one in merges] == [(True, True), (False, False)]
    assert merges[1]["reason"] == "same passport"
    whats = [moment["what"] for moment in moments]
    assert whats.count("record-came") == 3
    assert whats.count("judged") == 2
    assert whats.index("unmerged") < len(whats) - 1 - whats[::-1].index("merged")


async def test_after_an_unmerge_both_tell_of_it(house: House) -> None:
    older = await house.put("1", cards=["CARD-1"])
    younger = await house.put("2", cards=["CARD-2"])
    await merge(house, older["customer_id"], younger["customer_id"])
    await unmerge(house, older["customer_id"], younger["customer_id"])

    for customer_id in (older["customer_id"], younger["customer_id"]):
        told = await how(house, customer_id)
        assert [moment["what"] for moment in told["moments"]] == [
            "record-came",
            "merged",
            "unmerged",
        ]


async def test_pages_together_tell_the_same_story(house: House) -> None:
    older, _ = await story(house)
    whole = (await how(house, older))["moments"]

    pages: list[dict[str, Any]] = []
    cursor = None
    while cursor is not None or not pages:
        page = await how(house, older, limit=2, **({"cursor": cursor} if cursor else {}))
        pages += page["moments"]
        cursor = page["next_cursor"]

    assert pages == whole


async def test_people_read_a_line_for_each_moment(house: House) -> None:
    older, younger = await story(house)

    answer = await house.http.get(f"/v1/customers/{older}/how?format=text")

    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert lines[0] == f"How {older} came to be:"
    assert any(line.endswith("till/1 came through shop") for line in lines)
    assert any(f"{younger} with 1 source record was unmerged from {older}" in x for x in lines)
    assert any(f"{older} by till: same passport" in line for line in lines)
    assert "a@example.com" not in answer.text


async def test_an_unknown_id_a_bad_cursor_and_another_format_are_refused(house: House) -> None:
    one = await house.put("1")
    path = f"/v1/customers/{one['customer_id']}/how"

    unknown = await house.http.get("/v1/customers/0000-0000-0000/how")
    cursor = await house.http.get(path, params={"cursor": "x"})
    form = await house.http.get(path, params={"format": "xml"})

    assert [answer.status_code for answer in (unknown, cursor, form)] == [404, 422, 422]
