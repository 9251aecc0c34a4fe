"""The server as people start it: a process, TLS, files on disk and a plain HTTP client."""

import asyncio
import base64
import hashlib
import json
import math
import re
import signal
import ssl
import struct
import sys
import wave
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from drm.format import envelope, licence
from sync.wire.index import decode_index, digest
from sync.wire.playback import manifest_from_bytes
from tests.engines_postgres import RELATIONAL

RATE = 44_100


def write_tone(path: Path, seconds: float, pitch: float):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        samples = (
            int(9000 * math.sin(2 * math.pi * pitch * at / RATE))
            for at in range(int(seconds * RATE))
        )
        file.writeframes(b"".join(struct.pack("<hh", value, -value) for value in samples))


@dataclass
class Program:
    """`segue-server` on one data folder, with its own database or another."""

    data: Path
    database: str = ""

    def arguments(self, *given):
        also = ("--database", self.database) if self.database else ()
        return ("-m", "server_stub", *given, "--data", str(self.data), "--json", *also)

    async def run(self, *arguments, code=0, stdin=b""):
        process = await asyncio.create_subprocess_exec(
            sys.executable, *self.arguments(*arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate(stdin)
        assert process.returncode == code, err.decode()
        return json.loads(out.splitlines()[-1])

    @asynccontextmanager
    async def serving(self, *arguments):
        process = await asyncio.create_subprocess_exec(
            sys.executable, *self.arguments("serve", "--port", "0", *arguments),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            yield process, json.loads(await process.stdout.readline())
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            _, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        assert b'"level": "error"' not in err, err.decode()


@pytest.fixture(params=RELATIONAL)
def program(request, tmp_path):
    if request.param == "sqlite":
        yield Program(tmp_path / "data")
        return
    with request.getfixturevalue("cluster").database("template1") as url:
        yield Program(tmp_path / "data", url)


@pytest.fixture
def music(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    write_tone(folder / "One.wav", 4.0, 440)
    write_tone(folder / "Two.wav", 3.0, 330)
    return folder


def pinned(authority: bytes, fingerprint: str) -> ssl.SSLContext:
    assert hashlib.sha256(ssl.PEM_cert_to_DER_cert(authority.decode())).hexdigest() == fingerprint
    return ssl.create_default_context(cadata=authority.decode())


@asynccontextmanager
async def client_of(ready, token=None):
    async with httpx.AsyncClient(verify=False, base_url=ready["ready"]) as first:
        authority = (await first.get("/v1/authority")).content
    context = pinned(authority, ready["authority_sha256"])
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(
        verify=context, base_url=ready["ready"], headers=headers, timeout=30
    ) as client:
        yield client


async def play_whole(client, device, key):
    """Grant, index and every piece of each track; returns how many pieces were checked."""
    checked = 0
    me = (await client.get("/v1/me")).json()
    for track in (await client.get("/v1/tracks")).json()["items"]:
        body = {"device_id": device, "track_ids": [track["id"]]}
        grant = (await client.post("/v1/grants", json=body)).raise_for_status().json()
        data = base64.b64decode(grant["manifests"][track["id"]])
        bought = licence.read(
            base64.b64decode(grant["licence"]), base64.b64decode(me["licence_key"])
        )
        assert bought.tracks[track["id"]].manifest_sha256 == sha256(data)
        keys = bought.unseal(key)
        rendition = manifest_from_bytes(data).renditions[0]
        media = grant["media"][rendition.id]
        index_bytes = (await client.get(media["index"])).raise_for_status().content
        assert sha256(index_bytes).hex() == rendition.index_sha256
        index = decode_index(index_bytes)
        init = await part(client, media["data"], 0, index.init_bytes)
        assert digest(init) == index.init_digest
        assert b"ftyp" in envelope.apply(keys[rendition.id], 0, init)[:16]
        for piece in index.pieces:
            body = await part(client, media["data"], piece.start, piece.end)
            assert digest(body) == piece.digest
            checked += 1
    return checked


async def part(client, path, start, end):
    answer = await client.get(path, headers={"range": f"bytes={start}-{end - 1}"})
    assert answer.status_code == 206
    return answer.content


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


async def register(client):
    key = X25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    made = await client.post("/v1/devices", json={"name": "laptop", "public_key": public})
    return made.raise_for_status().json()["id"], key


async def test_from_a_folder_to_verified_pieces(program, music):
    added = await program.run("user", "add", "ada", "--tier", "premium", "--region", "DE")
    token = (await program.run("token", "ada"))["token"]
    assert added["password"]
    assert (await program.run("user", "add", "ada", code=1))["error"]["code"] == "name-taken"
    async with program.serving() as (_, ready), client_of(ready, token) as client:
        summary = await program.run("import", str(music))
        assert (summary["added"], summary["failed"]) == (2, [])
        device, key = await register(client)
        assert await play_whole(client, device, key) >= 2
        assert (await client.get("/health/ready")).json()["status"] == "ok"
        second = await program.run("serve", "--port", "0", code=1)
        assert second["error"]["code"] == "start-failed"
    assert (await program.run("doctor"))["ok"] is True


async def test_signing_in_through_the_device_page(program):
    password = b"correct horse\n"
    await program.run("user", "add", "bea", "--tier", "free", "--password-stdin", stdin=password)
    async with program.serving() as (_, ready), client_of(ready) as client:
        started = (await client.post("/v1/oauth/device_authorization")).json()
        form = {"device_code": started["device_code"]}
        form["grant_type"] = "urn:ietf:params:oauth:grant-type:device_code"
        waiting = await client.post("/v1/oauth/token", data=form)
        assert waiting.json()["error"] == "authorization_pending"
        page = (await client.get(started["verification_uri_complete"])).text
        fields = {"form": re.search(r'name="form" value="([^"]+)"', page)[1]}
        fields |= {"user_code": started["user_code"], "name": "bea", "password": "correct horse"}
        done = await client.post("/device", data=fields | {"action": "approve"})
        assert "is signed in" in done.text
        await asyncio.sleep(started["interval"])  # the protocol's own pause between polls
        tokens = (await client.post("/v1/oauth/token", data=form)).raise_for_status().json()
        headers = {"authorization": f"Bearer {tokens['access_token']}"}
        assert (await client.get("/v1/me", headers=headers)).json()["tier"] == "free"


async def test_folders_are_imported_while_serving(program, music):
    await program.run("user", "add", "ada")
    token = (await program.run("token", "ada"))["token"]
    async with (
        program.serving("--import", str(music)) as (_, ready),
        client_of(ready, token) as client,
    ):
        async with asyncio.timeout(30):
            after, seen = 0, set()
            while len(seen) < 2:
                changes = (await client.get(f"/v1/changes?after={after}")).json()
                seen |= {item["id"] for item in changes["items"] if item["kind"] == "track"}
                after = changes["next"]


@pytest.mark.parametrize(
    ("url", "code", "named"),
    [
        ("postgresql://segue@/none?host=/no/such/folder", 1, "cannot be used"),
        ("mysql://segue@localhost/segue", 2, "mysql"),
        ("segue", 2, "address"),
    ],
)
async def test_a_database_that_cannot_be_used_is_explained(tmp_path, url, code, named):
    answer = await Program(tmp_path / "data", url).run("token", "ada", code=code)
    assert named in answer["error"]["message"]
    assert answer["error"]["remedy"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("serve", "--insecure-http", "--host", "0.0.0.0"), "loopback"),
        (("import", "/no/such/folder"), "does not exist"),
        (("serve", "--port", "99999"), "network.port"),
    ],
)
async def test_usage_errors_name_what_is_wrong(program, arguments, named):
    answer = await program.run(*arguments, code=2)
    assert named in answer["error"]["message"]
    assert answer["error"]["remedy"]


async def test_doctor_without_data_says_what_to_do(tmp_path):
    answer = await Program(tmp_path / "data").run("doctor", code=1)
    assert "serve" in answer["error"]["remedy"]


async def test_plain_http_on_loopback(program):
    async with program.serving("--insecure-http") as (_, ready):
        assert ready["ready"].startswith("http://127.0.0.1:")
        assert ready["authority_sha256"] == ""
        async with httpx.AsyncClient(base_url=ready["ready"]) as client:
            assert (await client.get("/v1/authority")).status_code == 404
