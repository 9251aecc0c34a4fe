"""Devices and grants over HTTP."""

import base64
import hashlib
import json

import pytest
from stage import DEVICE, FREE_TOKEN, RENDITIONS, TOKEN, TRACK, USER

from sync.wire.ids import encode


async def test_account_and_devices(stage):
    async with stage.client() as client:
        me = (await client.get("/v1/me")).json()
        body = {"name": "laptop", "public_key": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="}
        made = await client.post("/v1/devices", json=body)
        listed = (await client.get("/v1/devices")).json()
        gone = await client.delete(f"/v1/devices/{DEVICE}")
    assert (me["name"], me["tier"]) == ("ada", "premium")
    assert made.status_code == 201
    assert [device["id"] for device in listed] == [DEVICE]
    assert gone.status_code == 204
    assert stage.licensing.removed == [(USER, DEVICE)]
    assert stage.accounts.ended == [encode(3)]


async def ask_grant(stage, token=TOKEN, **changed):
    body = {"device_id": DEVICE, "track_ids": [TRACK]} | changed
    async with stage.client(token=token) as client:
        return await client.post("/v1/grants", json=body)


async def test_a_grant_is_one_round_trip(stage):
    grant = (await ask_grant(stage)).json()
    data = base64.b64decode(grant["manifests"][TRACK])
    (issued,) = stage.licensing.issued
    digest, keys = issued["rights"][TRACK]
    assert digest == hashlib.sha256(data).digest()
    assert data.startswith(b" "), "the prepared bytes travel as they are"
    assert set(keys) == set(grant["media"]) == set(RENDITIONS.values())
    assert grant["media_expires_at"] == int(stage.clock.now()) + 900
    assert "&n=3&" in grant["media"][RENDITIONS[160]]["index"]
    assert "&n=" not in grant["media"][RENDITIONS[96]]["index"]
    async with stage.client(token=None) as client:
        for address in grant["media"].values():
            assert (await client.get(address["data"])).status_code == 200
            assert (await client.get(address["index"])).status_code == 200


async def test_a_tier_gets_its_rungs_and_the_digest_of_what_it_gets(stage):
    grant = (await ask_grant(stage, token=FREE_TOKEN)).json()
    data = base64.b64decode(grant["manifests"][TRACK])
    (issued,) = stage.licensing.issued
    digest, keys = issued["rights"][TRACK]
    rungs = {rendition["kbps"] for rendition in json.loads(data)["renditions"]}
    assert rungs == {96, 160}
    assert digest == hashlib.sha256(data).digest()
    assert RENDITIONS[320] not in keys | grant["media"]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"track_ids": []}, 400),
        ({"track_ids": [TRACK] * 21}, 400),
        ({"track_ids": ["nothing"]}, 404),
        ({"track_ids": [encode(77)]}, 404),
        ({"device_id": "nothing"}, 404),
        ({"kind": "forever"}, 400),
        ({"codec": "mp3"}, 400),
    ],
)
async def test_grants_that_are_refused(stage, changed, status):
    answer = await ask_grant(stage, **changed)
    assert answer.status_code == status
    assert answer.json()["code"]


async def test_a_grant_leaves_out_what_it_cannot_grant(stage):
    grant = (await ask_grant(stage, track_ids=[encode(77), TRACK, TRACK])).json()
    assert list(grant["manifests"]) == [TRACK]
