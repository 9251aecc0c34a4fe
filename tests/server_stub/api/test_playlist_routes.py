"""Playlists over HTTP: the whole life of one, and what is refused."""

import msgspec
import pytest

from sync.ot.history import Submission
from sync.ot.model import Entry, Insert, Playlist, Rename
from sync.wire.ids import encode
from sync.wire.playlists import NewPlaylist, PlaylistAt, RevisionPage
from tests.server_stub.api.stage import Stage

ID, COPY = encode(700), encode(701)
HERE = f"/v1/playlists/{ID}"


@pytest.fixture
async def client():
    async with Stage().client() as client:
        body = msgspec.json.encode(
            NewPlaylist(id=ID, playlist=Playlist("Rain", (Entry(encode(1), encode(2)),)))
        )
        response = await client.post("/v1/playlists", content=body)
        assert response.status_code == 201, response.text
        yield client


async def edit(client, *operation, base=0, sequence=1):
    body = msgspec.json.encode(Submission("laptop", sequence, base, operation))
    response = await client.post(f"{HERE}/operations", content=body)
    assert response.status_code == 200, response.text
    return msgspec.json.decode(response.content, type=RevisionPage)


async def test_a_playlist_is_read_edited_and_followed_by_revisions(client):
    page = await edit(client, Insert(1, encode(3), encode(4)), Rename("Sun"))
    assert (page.newest, len(page.revisions)) == (1, 1)
    assert await edit(client, Insert(1, encode(3), encode(4)), Rename("Sun")) == page
    response = await client.get(HERE, params={"client": "laptop"})
    whole = msgspec.json.decode(response.content, type=PlaylistAt)
    assert (whole.revision, whole.sequence, whole.playlist.name) == (1, 1, "Sun")
    after = await client.get(f"{HERE}/revisions", params={"after": 0})
    assert msgspec.json.decode(after.content, type=RevisionPage) == page
    (listed,) = (await client.get("/v1/playlists")).json()
    assert (listed["name"], listed["entry_count"], listed["role"]) == ("Sun", 2, "owner")
    assert (await client.get(f"{HERE}/summary")).json() == listed


async def test_history_and_an_old_version(client):
    await edit(client, Rename("Sun"))
    (entry,) = (await client.get(f"{HERE}/history")).json()
    assert (entry["revision"], entry["author"]["name"], entry["renamed"]) == (1, "ada", True)
    back = await client.post(f"{HERE}/restore", json={"revision": 0})
    assert back.json()["newest"] == 2
    assert (await client.get(HERE)).json()["playlist"]["name"] == "Rain"


async def test_people_come_and_go(client):
    assert (await client.put(f"{HERE}/members/bob", json={"role": "editor"})).status_code == 204
    members = (await client.get(f"{HERE}/members")).json()
    assert [(m["person"]["name"], m["role"]) for m in members] == [
        ("ada", "owner"),
        ("bob", "editor"),
    ]
    assert (await client.delete(f"{HERE}/members/bob")).status_code == 204
    assert len((await client.get(f"{HERE}/members")).json()) == 1
    assert (await client.put(f"{HERE}/follow")).status_code == 204
    assert (await client.delete(f"{HERE}/follow")).status_code == 204
    assert (await client.get("/v1/users/ada/playlists")).json() == []


async def test_a_copy_and_the_end(client):
    made = await client.post(f"{HERE}/copy", json={"id": COPY, "name": "Mine"})
    assert (made.status_code, made.json()["name"]) == (201, "Mine")
    assert (await client.delete(HERE)).status_code == 204
    assert (await client.get(HERE)).status_code == 404
    assert [one["id"] for one in (await client.get("/v1/playlists")).json()] == [COPY]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", f"/v1/playlists/{encode(9)}", None, 404),
        ("GET", "/v1/playlists/nonsense", None, 404),
        ("GET", f"{HERE}/revisions?after=7", None, 409),
        ("GET", f"{HERE}/revisions?after=-1", None, 400),
        ("POST", f"{HERE}/restore", {"revision": 9}, 409),
        ("POST", f"{HERE}/operations", {"client": "c"}, 400),
        ("POST", f"{HERE}/operations",
         {"client": "c", "sequence": 1, "base": 0, "operation": [{"t": "del", "p": 8}]}, 400),
        ("POST", f"{HERE}/operations",
         {"client": "c", "sequence": 1, "base": 0, "operation": [{"t": "sing"}]}, 400),
        ("PUT", f"{HERE}/members/nobody", {"role": "editor"}, 404),
        ("PUT", f"{HERE}/members/bob", {"role": "owner"}, 400),
        ("POST", "/v1/playlists", {"id": "1", "playlist": {"name": "x"}}, 400),
        ("GET", "/v1/users/nobody/playlists", None, 404),
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_a_problem(client, method, path, body, status):
    response = await client.request(method, path, json=body)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
