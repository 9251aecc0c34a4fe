"""Routes: who may use them, how they answer, what they refuse."""

import gzip
import hashlib
import json

import pytest
from stage import (
    ALBUM,
    ARTIST,
    DEVICE,
    FREE_TOKEN,
    RENDITIONS,
    TOKEN,
    TRACK,
    USER,
    Stage,
    ill,
    well,
)

from server_stub.api.policy import OPTION, Policy
from server_stub.settings import LinkSettings, NetworkSettings, Settings
from sync.wire.ids import encode

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
PUBLIC = {
    "/.well-known/oauth-authorization-server",
    "/album/{album_id:str}",
    "/artist/{artist_id:str}",
    "/device",
    "/health/live",
    "/health/ready",
    "/openapi.json",
    "/track/{track_id:str}",
    "/v1/authority",
    "/v1/oauth/device_authorization",
    "/v1/oauth/revoke",
    "/v1/oauth/token",
}


def declared(stage):
    """(path, method, policy) of every handler that somebody wrote."""
    for route in stage.site.router.routes:
        for method, (handler, _) in route.route_handler_map.items():
            if method != "OPTIONS" and route.path.split("/")[1] != "openapi":
                yield route.path, method, handler.opt.get(OPTION)


def test_every_route_declares_its_policy(stage):
    routes = list(declared(stage))
    assert len(routes) > 25
    assert all(isinstance(policy, Policy) for _, _, policy in routes), routes
    assert {path for path, _, policy in routes if policy is Policy.PUBLIC} == PUBLIC
    assert {path for path, _, policy in routes if policy is Policy.OPERATOR} == {"/metrics"}


@pytest.mark.parametrize("token", [None, "wrong"])
async def test_nobody_comes_in_without_a_token(stage, token):
    routes = [(p, m) for p, m, policy in declared(stage) if policy is Policy.SIGNED_IN]
    async with stage.client(token=token) as client:
        for path, method in routes:
            answer = await client.request(method, path.replace("{", "").split(":")[0])
            assert answer.status_code == 401, path
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.headers["content-type"] == "application/problem+json"
        assert (await client.get("/metrics")).status_code == 401
        assert (await client.options("/v1/tracks")).status_code in {204, 403}


async def test_metrics_are_open_on_the_machine_itself(stage):
    async with stage.client(token=None, peer="127.0.0.1") as client:
        await client.get("/health/live")
        await client.get(f"/track/{TRACK}")
        text = (await client.get("/metrics")).text
    assert 'route="/track/{track_id}",status="200"' in text
    assert 'segue_preparation{state="ready"} 2.0' in text
    assert TRACK not in text


@pytest.mark.parametrize(
    "path",
    [
        "/v1/tracks?limit=2",
        f"/v1/tracks/{TRACK}",
        f"/v1/tracks/{TRACK}/lyrics",
        "/v1/albums",
        f"/v1/albums/{ALBUM}",
        "/v1/artists",
        f"/v1/artists/{ARTIST}",
        "/v1/genres",
        "/v1/changes?after=3",
        "/v1/search?q=song",
    ],
)
async def test_the_catalog_is_revalidated_by_revision(stage, path):
    async with stage.client() as client:
        first = await client.get(path)
        assert first.status_code == 200
        assert first.headers["cache-control"] == "private, no-cache"
        known = {"if-none-match": first.headers["etag"]}
        again = await client.get(path, headers=known)
        assert (again.status_code, again.content) == (304, b"")
        stage.catalog.revision_number += 1
        assert (await client.get(path, headers=known)).status_code == 200


async def test_a_query_reaches_the_catalog(stage):
    async with stage.client() as client:
        await client.get(f"/v1/tracks?limit=7&after=place&artist={ARTIST}&genre=folk")
        await client.get("/v1/albums?genre=folk")
    (query, page), (albums, _) = stage.catalog.queries
    assert (page.limit, page.after, query.artist, query.genre) == (7, "place", ARTIST, "folk")
    assert albums.genre == "folk"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/tracks?limit=0",
        "/v1/tracks?limit=501",
        "/v1/tracks?limit=ten",
        f"/v1/tracks?after={'x' * 600}",
        "/v1/changes?after=-1",
        "/v1/search",
        "/v1/search?q=",
        f"/v1/search?q={'x' * 201}",
        f"/v1/art/{encode(5)}?size=99999",
    ],
)
async def test_limits_hold_for_every_number(stage, path):
    async with stage.client() as client:
        answer = await client.get(path)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid-request"


@pytest.mark.parametrize(
    "path", ["/nix", "/v1/tracks/nothing", f"/v1/tracks/{encode(77)}", "/v1/art/..%2f..", "/media"]
)
async def test_what_is_not_there_is_a_problem(stage, path):
    async with stage.client() as client:
        answer = await client.get(path)
    assert (answer.status_code, answer.json()["status"]) == (404, 404)
    assert answer.json()["type"].startswith("urn:segue:problem:")


async def test_methods_bodies_and_faults_are_problems(stage):
    stage.catalog.genres = None
    async with stage.client() as client:
        wrong = await client.post("/v1/tracks")
        big = await client.post("/v1/devices", json={"name": "x" * 100_000, "public_key": ""})
        broken = await client.post("/v1/devices", content=b"{")
        fault = await client.get("/v1/genres")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, OPTIONS")
    assert big.status_code == 413
    assert broken.status_code == 400
    assert (fault.status_code, fault.json()["code"]) == (500, "internal-error")
    assert "NoneType" not in fault.text
    for answer in (wrong, big, broken, fault):
        assert answer.headers["content-type"] == "application/problem+json"


async def test_head_is_get_without_a_body(stage):
    async with stage.client() as client:
        whole, head = await client.get("/v1/genres"), await client.head("/v1/genres")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == whole.headers


@pytest.mark.parametrize(("accepted", "coded"), [("gzip", True), ("gzip;q=0", False), ("*", True)])
async def test_long_answers_are_compressed(stage, accepted, coded):
    async with stage.client() as client:
        headers = {"accept-encoding": accepted}
        request = client.build_request("GET", "/v1/tracks?limit=100", headers=headers)
        answer = await client.send(request, stream=True)
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
        short = await client.get("/v1/genres", headers=headers)
    assert (answer.headers.get("content-encoding") == "gzip") is coded
    assert len(json.loads(gzip.decompress(raw) if coded else raw)["items"]) == 100
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in short.headers


async def test_pictures_never_change(stage):
    cover = encode(5)
    async with stage.client() as client:
        scaled = await client.get(f"/v1/art/{cover}?size=64")
        original = await client.get(f"/v1/art/{cover}?size=original")
        again = await client.get(
            f"/v1/art/{cover}?size=64", headers={"if-none-match": scaled.headers["etag"]}
        )
    assert scaled.text == f"{cover}@64"
    assert original.text == f"{cover}@None"
    assert "immutable" in scaled.headers["cache-control"]
    assert again.status_code == 304


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
    import base64

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
    import base64

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


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": DEVICE_CODE, "device_code": "device-code"}, 200, None),
        ({"grant_type": DEVICE_CODE, "device_code": "pending"}, 400, "authorization_pending"),
        ({"grant_type": DEVICE_CODE, "device_code": "other"}, 400, "invalid_grant"),
        ({"grant_type": DEVICE_CODE}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "r"}, 200, None),
        ({"grant_type": "refresh_token"}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({}, 400, "invalid_request"),
    ],
)
async def test_the_token_route_speaks_oauth(stage, form, status, error):
    async with stage.client(token=None) as client:
        answer = await client.post("/v1/oauth/token", data=form)
    assert answer.status_code == status
    assert answer.json().get("error") == error
    assert answer.headers["cache-control"] == "no-store"


async def test_the_device_flow_begins(stage):
    async with stage.client(token=None) as client:
        started = await client.post("/v1/oauth/device_authorization", data={"client_name": "tui"})
        metadata = (await client.get("/.well-known/oauth-authorization-server")).json()
        await client.post("/v1/oauth/revoke", data={"token": "t"})
    assert started.json()["verification_uri"] == "https://segue.test/device"
    assert metadata["token_endpoint"] == "https://segue.test/v1/oauth/token"
    assert (stage.accounts.clients, stage.accounts.revoked) == (["tui"], ["t"])


async def test_too_many_starts_slow_down():
    stage = Stage(settings=Settings(network=NetworkSettings(public_url="https://music.example/")))
    async with stage.client(token=None) as client:
        answers = [await client.post("/v1/oauth/device_authorization") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].json()["verification_uri"] == "https://music.example/device"
    assert answers[3].json()["error"] == "slow_down"
    assert int(answers[3].headers["retry-after"]) > 0


class Form:
    """The device page as a browser sees it."""

    def __init__(self, client):
        self.client = client
        self.value = ""

    async def open(self):
        page = await self.client.get("/device?user_code=BCDF-GHJK%22%3E")
        self.value = page.text.split('name="form" value="')[1].split('"')[0]
        return page

    async def send(self, headers=None, **changed):
        form = {"user_code": "BCDF-GHJK", "name": "ada", "password": "secret-word"}
        form |= {"form": self.value, "action": "approve"} | changed
        return await self.client.post("/device", data=form, headers=headers or {})


async def test_a_person_approves(stage):
    async with stage.client(token=None) as client:
        form = Form(client)
        page = await form.open()
        done = await form.send()
    assert 'value="BCDF-GHJK&quot;&gt;"' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert {"HttpOnly", "Secure", "SameSite=strict"} <= set(page.headers["set-cookie"].split("; "))
    assert (done.status_code, "is signed in" in done.text) == (200, True)
    assert stage.accounts.decisions == [("approve", "BCDF-GHJK", "ada")]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"password": "guess"}, 401),
        ({"user_code": "XXXX-XXXX"}, 404),
        ({"form": "forged"}, 403),
        ({"headers": {"origin": "https://evil.example"}}, 403),
    ],
)
async def test_a_decision_that_does_not_hold(stage, changed, status):
    async with stage.client(token=None) as client:
        form = Form(client)
        await form.open()
        answer = await form.send(**changed)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert not stage.accounts.decisions


async def test_guessing_is_slowed_down(stage):
    async with stage.client(token=None) as client:
        form = Form(client)
        for expected in (401, 401, 401, 429):
            await form.open()
            assert (await form.send(password="guess")).status_code == expected
        stage.clock.advance(301)
        await form.open()
        assert (await form.send(action="deny")).status_code == 200
    assert stage.accounts.decisions[0][0] == "deny"


async def test_links_show_what_they_lead_to_escaped(stage):
    async with stage.client(token=None) as client:
        track = await client.get(f"/track/{TRACK}")
        album = await client.get(f"/album/{ALBUM}")
        artist = await client.get(f"/artist/{ARTIST}")
        missing = await client.get(f"/track/{encode(9)}")
    assert "Song &lt;0&gt; &amp; more" in track.text
    assert '<meta property="og:title" content="Song &lt;0&gt; &amp; more">' in track.text
    assert f"segue play segue:track:{TRACK}" in track.text
    assert "1999" in album.text and "Band" in artist.text
    assert missing.status_code == 404


async def test_links_can_be_kept_private():
    stage = Stage(settings=Settings(links=LinkSettings(preview=False)))
    async with stage.client(token=None) as client:
        assert (await client.get(f"/track/{TRACK}")).status_code == 404


async def test_health_names_what_is_wrong():
    async def broken():
        raise OSError("gone")

    stage = Stage(checks={"database": well, "blobs": ill, "workers": broken})
    async with stage.client(token=None) as client:
        live, ready = await client.get("/health/live"), await client.get("/health/ready")
    assert live.status_code == 200
    assert ready.status_code == 503
    assert ready.json()["checks"] == {
        "database": "ok",
        "blobs": "the disk is full",
        "workers": "OSError: gone",
    }


async def test_authority_and_preparation(stage):
    async with stage.client() as client:
        assert (await client.get("/v1/authority")).content.startswith(b"-----BEGIN")
        assert (await client.get("/v1/preparation")).json() == {"tracks": 3, "ready": 2}


async def test_the_interface_is_described(stage):
    async with stage.client(token=None) as client:
        document = (await client.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    track = document["components"]["schemas"]["Track"]
    assert track["description"] == "One recording on one album."
    assert "Unix time" in track["properties"]["added_at"]["description"]
    assert document["paths"]["/v1/tracks"]["get"]["security"] == [{"bearer": []}]
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
