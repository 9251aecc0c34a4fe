"""Marks and intents over HTTP."""

import msgspec
import pytest

from sync.wire.collection import Mark, MarkPage
from sync.wire.ids import encode
from sync.wire.intents import Intent, IntentBatch, Verdicts
from tests.server_stub.api.stage import ALBUM, TRACK, Stage


@pytest.fixture
def stage():
    return Stage()


def marked(target=TRACK, kind="liked", *, key="", intent_id="", value=1):
    body = {"kind": kind, "target": target, "value": value}
    named = {"id": intent_id} if intent_id else {}
    return Intent(kind="marked", key=key or f"{kind}:{target}", at_ms=5, body=body, **named)


async def send(client, *intents):
    response = await client.post("/v1/intents", content=msgspec.json.encode(IntentBatch(intents)))
    assert response.status_code == 200, response.text
    return msgspec.json.decode(response.content, type=Verdicts)


async def test_a_mark_is_put_listed_and_followed(stage):
    async with stage.client() as client:
        intent = marked()
        assert await send(client, intent) == Verdicts(applied=frozenset({intent.id}))
        assert await send(client, intent) == Verdicts(applied=frozenset({intent.id})), "again"
        listed = msgspec.json.decode((await client.get("/v1/marks/liked")).content, type=list[Mark])
        assert listed == [Mark(kind="liked", target=TRACK, value=1, at_ms=5)]
        page = msgspec.json.decode((await client.get("/v1/marks/changes")).content, type=MarkPage)
        assert (page.items, page.more) == (tuple(listed), False)
        after = await client.get("/v1/marks/changes", params={"after": page.next})
        assert msgspec.json.decode(after.content, type=MarkPage).items == ()


async def test_a_refusal_holds_what_follows_on_its_key(stage):
    gone, after, elsewhere = marked(encode(99), key="k"), marked(key="k"), marked(ALBUM, "saved")
    unknown = Intent(kind="yodelled", key="k2", at_ms=5)
    async with stage.client() as client:
        verdicts = await send(client, gone, unknown, after, elsewhere)
    assert set(verdicts.refused) == {gone.id, unknown.id}
    assert "may be older than the player" in verdicts.refused[unknown.id]
    assert verdicts.applied == {elsewhere.id}


async def test_a_malformed_id_is_refused(stage):
    async with stage.client() as client:
        verdicts = await send(client, marked(intent_id="1; DROP TABLE marks"))
    assert verdicts.refused == {"1; DROP TABLE marks": "its id is malformed"}


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"intents":[{"kind":"marked"}]}', b"[]", b'{"intents":7}']
)
async def test_a_body_of_another_form_is_a_problem(stage, body):
    async with stage.client() as client:
        response = await client.post("/v1/intents", content=body)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"


async def test_too_many_at_once_are_refused_as_a_whole(stage):
    async with stage.client() as client:
        body = msgspec.json.encode(IntentBatch(tuple(marked() for _ in range(501))))
        response = await client.post("/v1/intents", content=body)
    assert response.status_code == 400
    assert response.json()["remedy"] == "Send them in parts."


@pytest.mark.parametrize("path", ["/v1/marks/changes?after=-1", "/v1/marks/adored"])
async def test_questions_that_make_no_sense_are_refused(stage, path):
    async with stage.client() as client:
        assert (await client.get(path)).status_code == 400


async def test_nobody_sees_what_somebody_else_marked(stage):
    async with stage.client(token="") as client:
        assert (await client.get("/v1/marks/liked")).status_code == 401
