"""Signing in: the token routes, and the page where a person approves."""

import pytest
from stage import Stage

from server_stub.settings import NetworkSettings, Settings

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


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
