"""Routes: who may use them, how they answer, what they refuse."""

import gzip
import json
import re

import pytest

from server_stub.api.policy import OPTION, Policy
from sync.wire.ids import encode

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
            answer = await client.request(method, re.sub(r"{(\w+):\w+}", r"\1", path))
            assert answer.status_code == 401, path
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.headers["content-type"] == "application/problem+json"
        assert (await client.get("/metrics")).status_code == 401
        assert (await client.options("/v1/tracks")).status_code in {204, 403}


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
