"""`/media` over HTTP: ranges, conditions, addresses, and what goes wrong below."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stage import DEVICE, GROWING, MODIFIED, RENDITIONS, Stage

DATE = "Tue, 14 Nov 2023 22:13:20 GMT"
OLDER = "Tue, 14 Nov 2023 22:13:19 GMT"
TAG = '"tag-96"'
N = 5000


@pytest.fixture
def data(stage):
    return stage.streaming.files[RENDITIONS[96]].data


async def fetch(stage, headers=None, method="GET", path=None):
    async with stage.client(token=None) as client:
        return await client.request(method, path or stage.address().data, headers=headers or {})


async def test_the_whole_file(stage, data):
    answer = await fetch(stage)
    assert answer.status_code == 200
    assert answer.content == data
    assert answer.headers["etag"] == TAG
    assert answer.headers["last-modified"] == DATE
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "audio/mp4"
    assert "content-range" not in answer.headers


@pytest.mark.parametrize(
    ("field", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=4990-9999", 4990, N),
        ("bytes=4999-", 4999, N),
        ("bytes=-7", N - 7, N),
        ("bytes=-9999", 0, N),
        ("bytes=0-9,5-20", 0, 21),
        ("bytes=9000-,10-19", 10, 20),
    ],
)
async def test_one_part(stage, data, field, start, end):
    answer = await fetch(stage, {"range": field})
    assert answer.status_code == 206
    assert answer.content == data[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{N}"
    assert answer.headers["content-length"] == str(end - start)
    assert "content-encoding" not in answer.headers
    assert answer.headers["etag"] == TAG


@pytest.mark.parametrize("field", ["bytes=5-2", "bytes=a-b", "items=0-1", "bytes=1-2-3"])
async def test_a_malformed_range_is_ignored(stage, data, field):
    answer = await fetch(stage, {"range": field})
    assert (answer.status_code, answer.content) == (200, data)


@pytest.mark.parametrize("field", ["bytes=5000-", "bytes=-0", "bytes=7000-8000,9000-"])
async def test_an_unsatisfiable_range(stage, field):
    answer = await fetch(stage, {"range": field})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{N}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "range-not-satisfiable"


def multipart(answer):
    boundary = re.fullmatch(
        r"multipart/byteranges; boundary=(\w+)", answer.headers["content-type"]
    )[1].encode()
    head, *parts, tail = answer.content.split(b"\r\n--" + boundary)
    assert (head, tail) == (b"", b"--\r\n")
    for part in parts:
        fields, _, body = part.partition(b"\r\n\r\n")
        yield re.search(rb"Content-Range: (\S+ \S+)", fields)[1].decode(), body
        assert b"Content-Type: audio/mp4" in fields


async def test_several_parts(stage, data):
    answer = await fetch(stage, {"range": "bytes=100-109,-5,9000-,0-0"})
    assert answer.status_code == 206
    assert "content-range" not in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert list(multipart(answer)) == [
        ("bytes 100-109/5000", data[100:110]),
        ("bytes 4995-4999/5000", data[-5:]),
        ("bytes 0-0/5000", data[:1]),
    ]


@pytest.mark.parametrize(
    "field",
    [
        "bytes=" + ",".join(["0-"] * 90),
        "bytes=" + ",".join(f"{i}-{i}" for i in range(0, 180, 2)),
        "bytes=" + ",".join(f"{i}-" for i in range(500)),
        "bytes=" + ",".join(["0-4998"] * 50 + ["-1"]),
    ],
)
async def test_a_range_bomb_costs_no_more_than_the_file(stage, field):
    answer = await fetch(stage, {"range": field})
    assert answer.status_code in {200, 206}
    assert len(answer.content) < N + 3000


@pytest.mark.parametrize(
    ("headers", "status", "whole"),
    [
        ({"if-range": TAG}, 206, False),
        ({"if-range": '"other"'}, 200, True),
        ({"if-range": f"W/{TAG}"}, 200, True),
        ({"if-range": DATE}, 206, False),
        ({"if-range": OLDER}, 200, True),
        ({"if-none-match": TAG}, 304, None),
        ({"if-none-match": '"other"'}, 206, False),
        ({"if-match": TAG}, 206, False),
        ({"if-match": '"other"'}, 412, None),
        ({"if-match": '"other"', "if-none-match": TAG}, 412, None),
        ({"if-modified-since": DATE}, 304, None),
        ({"if-modified-since": OLDER}, 206, False),
        ({"if-unmodified-since": OLDER}, 412, None),
        ({"if-unmodified-since": DATE}, 206, False),
    ],
)
async def test_conditions_with_a_range(stage, data, headers, status, whole):
    answer = await fetch(stage, {"range": "bytes=5-9"} | headers)
    assert answer.status_code == status
    assert answer.headers["etag"] == TAG
    if whole is not None:
        assert answer.content == (data if whole else data[5:10])
    if status == 304:
        assert answer.content == b""


async def test_a_stale_if_range_hides_an_unsatisfiable_range(stage, data):
    answer = await fetch(stage, {"range": "bytes=9000-", "if-range": '"other"'})
    assert (answer.status_code, answer.content) == (200, data)


@pytest.mark.parametrize("headers", [{}, {"range": "bytes=0-9"}])
async def test_head_tells_the_same_without_a_body(stage, headers):
    whole, answer = await fetch(stage), await fetch(stage, headers, "HEAD")
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers == whole.headers


async def test_head_of_nothing(stage):
    answer = await fetch(stage, {}, "HEAD", "/media/nothing.m4a")
    assert (answer.status_code, answer.content) == (403, b"")


async def test_media_can_only_be_read(stage):
    answer = await fetch(stage, {}, "DELETE")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


async def test_large_files_leave_in_blocks(stage):
    stage.streaming.files[RENDITIONS[96]].data = data = bytes(range(256)) * 10_000
    assert (await fetch(stage)).content == data
    assert (await fetch(stage, {"range": "bytes=1-2559998"})).content == data[1:-1]


async def test_an_address_ends(stage):
    path = stage.address(ttl_s=60).data
    stage.clock.advance(59)
    assert (await fetch(stage, path=path)).status_code == 200
    stage.clock.advance(1)
    answer = await fetch(stage, path=path)
    assert answer.status_code == 410
    assert answer.json()["code"] == "address-expired"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"d={DEVICE}", "d=other"),
        ("e=1", "e=2"),
        (".m4a", ".ogg"),
        (RENDITIONS[96], RENDITIONS[320]),
        ("&s=", "&s=A"),
        ("&s=", "&x="),
        ("&s=", "&n=2&s="),
        ("?", "?s=ä&"),
    ],
)
async def test_a_changed_address_is_refused(stage, old, new):
    path = stage.address().data
    assert old in path
    answer = await fetch(stage, path=path.replace(old, new, 1))
    assert answer.status_code == (200 if new.startswith("?s=") else 403)


@given(st.binary(max_size=80))
def test_no_query_passes_or_breaks_the_check(query):
    stage = Stage()
    from server_stub.api.errors import AddressForgedError

    with pytest.raises(AddressForgedError):
        stage.signer.check(f"/media/{RENDITIONS[96]}.m4a", query)


async def test_a_growing_file_is_not_to_be_kept(stage):
    path = stage.address(rendition=GROWING).data
    answer = await fetch(stage, {"range": "bytes=10-19"}, path=path)
    assert answer.headers["content-range"] == "bytes 10-19/*"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content == bytes(range(10, 20))
    beyond = await fetch(stage, {"range": "bytes=100-"}, path=path)
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */100")


async def test_an_index_is_named_by_its_pieces_while_it_grows(stage):
    address = stage.address(rendition=GROWING, growing_pieces=4)
    answer = await fetch(stage, path=address.index)
    assert answer.text == f"index of {GROWING} 4"
    assert "immutable" in answer.headers["cache-control"]
    whole = await fetch(stage, path=stage.address().index)
    assert whole.text == f"index of {RENDITIONS[96]} None"
    assert whole.headers["etag"] != answer.headers["etag"]


async def test_an_unknown_rendition(stage):
    from sync.wire.ids import encode

    answer = await fetch(stage, path=stage.address(rendition=encode(9999)).data)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("broken", ["raise", "short"])
async def test_a_fault_below_is_told_before_anything_is_promised(stage, broken):
    stage.streaming.broken = broken
    answer = await fetch(stage, {"range": "bytes=0-9"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "disk" not in answer.text


async def test_a_fault_in_the_middle_cuts_the_answer(stage):
    stored = stage.streaming.files[RENDITIONS[96]]
    stored.data = bytes(3_000_000)
    path = stage.address().data.split("?")
    scope = {
        "type": "http", "method": "GET", "path": path[0], "query_string": path[1].encode(),
        "headers": [],
    }  # fmt: skip
    sent = []

    async def send(message):
        sent.append(message)
        stage.streaming.broken = "short"

    from server_stub.api.errors import TruncatedError

    with pytest.raises(TruncatedError):
        await stage.site(scope, None, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert MODIFIED
