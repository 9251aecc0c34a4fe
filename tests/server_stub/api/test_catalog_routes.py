"""The catalog over HTTP: validators, limits, pictures."""

import pytest
from stage import ALBUM, ARTIST, TRACK

from sync.wire.ids import encode


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
