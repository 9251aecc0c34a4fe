"""The server over HTTP: tokens, ranges, and every refusal as an error of the player."""

import asyncio
import ssl

import httpx
import msgspec
import pytest
import respx

from player.adapters.http_line import HttpLine, server_address
from player.adapters.server_http import HttpServer
from player.adapters.session_http import HttpDoor, inspect, seal_of
from player.engine.ports import Pending
from player.errors import (
    BadAnswerError,
    GoneError,
    NotAllowedError,
    OfflineError,
    ServerBusyError,
    ServerFailedError,
    SignedOutError,
    UntrustedServerError,
    UsageError,
)
from player.settings import NetworkSettings
from sync.wire.sessions import DeviceRegistration

URL = "https://music.example"
ME = {"user_id": "u", "name": "ann", "tier": "free", "region": "DE", "licence_key": "a2V5"}
PROBLEM = {
    "type": "urn:segue:problem:tier",
    "title": "Not in your plan",
    "status": 403,
    "code": "tier",
    "detail": "320 kbps needs premium",
    "remedy": "change the plan",
}


class Tokens:
    """Gives `old`, then `new`."""

    def __init__(self):
        self.renewed = []
        self.ended = False

    async def access(self):
        return "old"

    async def renew(self, refused):
        self.renewed.append(refused)
        return "new"

    def end(self):
        self.ended = True


class World:
    def __init__(self):
        self.contacts = []
        line = HttpLine(
            URL,
            ssl.create_default_context(),
            NetworkSettings(),
            lambda ok, detail: self.contacts.append(ok),
        )
        self.tokens = Tokens()
        self.server = HttpServer(line, self.tokens, "device")
        self.door = HttpDoor(line)


@pytest.fixture
async def world():
    world = World()
    yield world
    await world.server.close()


@pytest.fixture
def web():
    with respx.mock(base_url=URL) as web:
        yield web


async def test_a_request_carries_the_token(world, web):
    route = web.get("/v1/me").respond(json=ME)
    assert (await world.server.me()).name == "ann"
    assert route.calls[0].request.headers["authorization"] == "Bearer old"
    assert world.contacts == [True]


async def test_a_refused_token_is_renewed_once(world, web):
    web.get("/v1/me").mock(side_effect=[httpx.Response(401), httpx.Response(200, json=ME)])
    assert (await world.server.me()).name == "ann"
    assert world.tokens.renewed == ["old"]
    assert not world.tokens.ended


async def test_refused_twice_is_signed_out(world, web):
    web.get("/v1/me").respond(401)
    with pytest.raises(SignedOutError):
        await world.server.me()
    assert world.tokens.ended


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (403, NotAllowedError),
        (404, GoneError),
        (410, GoneError),
        (412, GoneError),
        (416, GoneError),
        (429, ServerBusyError),
        (503, ServerBusyError),
        (502, OfflineError),
        (504, OfflineError),
        (400, BadAnswerError),
        (500, ServerFailedError),
    ],
)
async def test_refusals(world, web, status, error):
    web.get("/v1/me").respond(status)
    with pytest.raises(error) as caught:
        await world.server.me()
    assert type(caught.value) is error


async def test_what_the_server_says_reaches_the_person(world, web):
    web.get("/v1/me").respond(403, json=PROBLEM)
    with pytest.raises(NotAllowedError) as caught:
        await world.server.me()
    assert caught.value.message == "320 kbps needs premium"
    assert caught.value.remedy == "change the plan"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("Mon, 01 Jan 2029", 2.0), ("Mon, 01 Jan 2029 00:00:40 GMT", 40.0)],
)
async def test_how_long_to_wait(world, web, header, seconds):
    date = "Mon, 01 Jan 2029 00:00:00 GMT"
    web.get("/v1/me").respond(503, headers={"Retry-After": header, "Date": date})
    with pytest.raises(ServerBusyError) as caught:
        await world.server.me()
    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (httpx.ConnectError("refused"), OfflineError),
        (httpx.ReadTimeout("slow"), OfflineError),
        (httpx.RemoteProtocolError("cut"), OfflineError),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]"), UntrustedServerError),
        (httpx.DecodingError("gzip"), BadAnswerError),
    ],
)
async def test_failures_of_the_link(world, web, failure, error):
    web.get("/v1/me").mock(side_effect=failure)
    with pytest.raises(error):
        await world.server.me()


async def test_the_session_hears_of_a_link_that_is_down(world, web):
    web.get("/v1/me").mock(side_effect=httpx.ConnectError("refused"))
    with pytest.raises(OfflineError):
        await world.server.me()
    assert world.contacts == [False]


async def test_an_answer_that_makes_no_sense(world, web):
    web.get("/v1/me").respond(json={"name": 3})
    with pytest.raises(BadAnswerError):
        await world.server.me()


async def collect(stream):
    return b"".join([data async for data in stream])


async def test_a_range(world, web):
    route = web.get("/media/r.m4a").respond(
        206, content=b"cdef", headers={"Content-Range": "bytes 2-5/10"}
    )
    assert await collect(world.server.read("/media/r.m4a?e=1", 2, 6)) == b"cdef"
    assert route.calls[0].request.headers["range"] == "bytes=2-5"
    assert "authorization" not in route.calls[0].request.headers


async def test_up_to_the_end(world, web):
    route = web.get("/media/r.m4a").respond(
        206, content=b"cdef", headers={"Content-Range": "bytes 2-5/6"}
    )
    assert await collect(world.server.read("/media/r.m4a", 2, None)) == b"cdef"
    assert route.calls[0].request.headers["range"] == "bytes=2-"


@pytest.mark.parametrize(
    ("status", "headers", "body", "error"),
    [
        (200, {}, b"abcdef", BadAnswerError),
        (206, {}, b"cdef", BadAnswerError),
        (206, {"Content-Range": "bytes 0-3/10"}, b"abcd", BadAnswerError),
        (206, {"Content-Range": "bytes 2-9/10"}, b"cdefghij", BadAnswerError),
        (206, {"Content-Range": "lines 2-5/10"}, b"cdef", BadAnswerError),
        (206, {"Content-Range": "bytes two"}, b"cdef", BadAnswerError),
        (206, {"Content-Range": "bytes 2-3/4"}, b"cd", OfflineError),
        (206, {"Content-Range": "bytes 2-5/10", "Content-Length": "3"}, b"cde", OfflineError),
        (416, {}, b"", GoneError),
    ],
)
async def test_ranges_that_are_not_what_was_asked_for(world, web, status, headers, body, error):
    web.get("/media/r.m4a").respond(status, content=body, headers=headers)
    with pytest.raises(error):
        await collect(world.server.read("/media/r.m4a", 2, 6))


async def test_lyrics_and_covers_may_be_missing(world, web):
    web.get("/v1/tracks/t/lyrics").respond(404)
    web.get("/v1/art/c").respond(404)
    assert await world.server.lyrics("t") is None
    assert await world.server.picture("c", "320") is None


async def test_the_device_is_used_once_it_is_registered(world, web):
    web.post("/v1/devices").respond(json={"id": "d9", "name": "laptop", "created_at": 1})
    await world.server.register_device(DeviceRegistration(name="laptop", public_key=b"k"))
    assert world.server.device_id == "d9"


async def test_the_device_flow(world, web):
    web.post("/v1/oauth/device_authorization").respond(
        json={
            "device_code": "dc",
            "user_code": "AB",
            "verification_uri": "/device",
            "verification_uri_complete": f"{URL}/device?code=AB",
            "expires_in": 60,
            "interval": 5,
        }
    )
    code = await world.door.begin("laptop")
    assert code.address == f"{URL}/device"
    tokens = {"access_token": "a", "expires_in": 60, "refresh_token": "r", "token_type": "Bearer"}
    web.post("/v1/oauth/token").mock(
        side_effect=[
            httpx.Response(400, json={"error": "authorization_pending"}),
            httpx.Response(400, json={"error": "slow_down"}),
            httpx.Response(200, json=tokens),
            httpx.Response(400, json={"error": "access_denied"}),
        ]
    )
    assert await world.door.exchange("dc") == Pending(slower=False)
    assert await world.door.exchange("dc") == Pending(slower=True)
    assert (await world.door.exchange("dc")).access_token == "a"
    with pytest.raises(NotAllowedError):
        await world.door.exchange("dc")


@pytest.mark.parametrize(
    ("said", "error"),
    [("invalid_grant", SignedOutError), ("server_error", BadAnswerError)],
)
async def test_refreshing_may_be_refused(world, web, said, error):
    web.post("/v1/oauth/token").respond(400, json={"error": said})
    with pytest.raises(error):
        await world.door.refresh("r")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("music.example", URL),
        (f"{URL}/", URL),
        ("https://h:8040/x", "https://h:8040"),
        ("http://127.0.0.1:8040", "http://127.0.0.1:8040"),
        ("http://localhost:1", "http://localhost:1"),
        ("http://[::1]:1", "http://[::1]:1"),
    ],
)
def test_addresses(text, address):
    assert server_address(text) == address


@pytest.mark.parametrize("text", ["http://music.example", "ftp://x", "https://"])
def test_addresses_that_are_refused(text):
    with pytest.raises(UsageError):
        server_address(text)


async def test_a_server_that_the_system_trusts_is_not_pinned(web):
    web.get("/health/live").respond(200)
    seal = await inspect(URL, NetworkSettings())
    assert (seal.authority, seal.fingerprint) == (None, "")


async def test_a_server_with_its_own_authority_must_show_it(web):
    web.get("/health/live").mock(side_effect=httpx.ConnectError("CERTIFICATE_VERIFY_FAILED"))
    web.get("/v1/authority").respond(content=b"no certificate")
    with pytest.raises(BadAnswerError):
        await inspect(URL, NetworkSettings())


def test_a_certificate_must_be_one():
    with pytest.raises(BadAnswerError):
        seal_of(b"\xff")


async def test_requests_share_connections(world, web):
    web.get("/v1/changes").respond(json={"items": [], "next": 4, "more": False})
    pages = await asyncio.gather(*(world.server.changes(0) for _ in range(4)))
    assert {page.next for page in pages} == {4}
    assert msgspec.json.encode(pages[0])


async def test_after_a_failed_connection_the_next_request_goes_over_a_new_one(world, web):
    line = world.server._line
    before = line._wire.client
    web.get("/v1/me").mock(side_effect=[httpx.ReadError("reset"), httpx.Response(200, json=ME)])
    with pytest.raises(OfflineError):
        await world.server.me()
    assert (await world.server.me()).name == "ann"
    assert line._wire.client is not before
    assert before.is_closed


async def test_a_refusal_keeps_the_connection(world, web):
    before = world.server._line._wire.client
    web.get("/v1/me").respond(503)
    with pytest.raises(ServerBusyError):
        await world.server.me()
    assert world.server._line._wire.client is before


async def test_a_refused_address_says_nothing_about_the_session(world, web):
    web.get("/media/x").respond(401)
    with pytest.raises(NotAllowedError) as caught:
        await anext(world.server.read("/media/x", 0, 5))
    assert not isinstance(caught.value, SignedOutError)
    assert not world.tokens.ended
