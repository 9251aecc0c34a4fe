"""What people did, as events: told, shown, rebuilt while serving, exported and erased."""

import asyncio
import json
import os

import pytest

from sync.wire.ids import encode, new_id
from tests.journeys.test_server_journey import Program, client_of, program, register  # noqa: F401

START = 1_700_000_000_000


def plays(numbers) -> dict:
    return {
        "reports": [
            {
                "kind": "played",
                "id": encode(number),
                "at": START + number * 60_000,
                "track_id": encode(1000 + number % 5),
                "heard_ms": number * 1000 % 240_000,
                "duration_ms": 240_000,
            }
            for number in numbers
        ]
    }


async def until_counted(client, count: int) -> list:
    """The history, once it has so many entries: its worker follows the log."""
    async with asyncio.timeout(60):
        while True:
            items = (await client.get("/v1/me/history?limit=200")).json()["items"]
            if len(items) >= count:
                return items


async def started(program, name="ada"):  # noqa: F811
    await program.run("user", "add", name)
    return (await program.run("token", name))["token"]


async def shown(program, *arguments) -> list[dict]:  # noqa: F811
    process = await asyncio.create_subprocess_exec(
        os.sys.executable, *program.arguments("events", *arguments), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return [json.loads(line) for line in out.splitlines()]


async def test_plays_become_history_and_a_replay_while_serving_changes_nothing(program):  # noqa: F811
    token = await started(program)
    async with program.serving() as (_, ready), client_of(ready, token) as client:
        await register(client)
        for start in range(0, 100, 10):
            await client.post("/v1/events", json=plays(range(start, start + 10)))
        before = await until_counted(client, 100)
        rebuilt = (await program.run("replay", "listening"))["rebuilt"]
        assert [one["identical"] for one in rebuilt] == [True]
        assert await until_counted(client, 100) == before
        await client.post("/v1/events", json=plays([100, 5]))
        assert len(await until_counted(client, 101)) == 101
        again = (await program.run("replay"))["rebuilt"][0]
        assert again["identical"]
        assert again["digest"] != rebuilt[0]["digest"]
    names = [one["event"]["type"] for one in await shown(program, "--user", "ada")]
    assert names[:3] == [
        "segue.accounts.user-added.v1",
        "segue.accounts.logged-in.v1",
        "segue.licensing.device-added.v1",
    ]
    assert names[3:] == ["segue.listening.track-played.v1"] * 101


async def test_events_are_shown_with_what_they_did_as_they_happen(program):  # noqa: F811
    token = await started(program)
    process = await asyncio.create_subprocess_exec(
        os.sys.executable, *program.arguments("events", "--user", "ada", "--follow"),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with program.serving() as (_, ready), client_of(ready, token) as client:
            await client.post("/v1/events", json=plays([60]))
            async with asyncio.timeout(60):
                while True:
                    told = json.loads(await process.stdout.readline())
                    if told["event"]["type"] == "segue.listening.track-played.v1":
                        break
            assert told["event"]["specversion"] == "1.0"
            assert told["event"]["data"]["heard_ms"] == 60_000
            assert "listening" in told["did"]
    finally:
        process.terminate()
        await process.communicate()


async def test_a_killed_server_loses_no_play_and_counts_none_twice(program):  # noqa: F811
    token = await started(program)
    sent = 0
    for _ in range(2):
        serving = program.serving()
        process, ready = await serving.__aenter__()
        async with client_of(ready, token) as client:
            for _ in range(5):
                batch = plays(range(max(0, sent - 3), sent + 10))  # the last ones once more
                assert (await client.post("/v1/events", json=batch)).status_code == 200
                sent += 10
            process.kill()
            await process.wait()
        with pytest.raises(AssertionError):
            await serving.__aexit__(None, None, None)
    async with program.serving() as (_, ready), client_of(ready, token) as client:
        items = await until_counted(client, sent)
        assert sorted(item["id"] for item in items) == sorted(encode(n) for n in range(sent))
        counts = (await client.get("/v1/me/plays")).json()["items"]
        assert sum(count["heard_ms"] for count in counts) == sum(n * 1000 for n in range(sent))


async def test_a_user_is_exported_and_erased(program):  # noqa: F811
    token = await started(program)
    other = await started(program, "bea")
    async with program.serving() as (_, ready), client_of(ready, token) as client:
        await register(client)
        await client.post("/v1/events", json=plays([40, 41]))
        await until_counted(client, 2)
        async with client_of(ready, other) as bea:
            await bea.post("/v1/events", json=plays([50]))
            await until_counted(bea, 1)
            found = await program.run("user", "export", "ada")
            assert found["user"]["name"] == "ada"
            assert (len(found["devices"]), len(found["plays"]), len(found["events"])) == (1, 2, 5)
            assert (await program.run("user", "erase", "ada", code=2))["error"]["remedy"]
            erased = await program.run("user", "erase", "ada", "--yes")
            assert erased["erased"] == found["user"]["id"]
            assert len(await until_counted(bea, 1)) == 1
    assert (await program.run("user", "export", "ada", code=1))["error"]["code"]
    rebuilt = (await program.run("replay"))["rebuilt"][0]
    assert rebuilt["identical"]
    assert rebuilt["events"] >= 8


async def test_a_projection_that_is_none_is_named(program):  # noqa: F811
    answer = await program.run("replay", "nothing", code=2)
    assert "listening" in answer["error"]["remedy"]


@pytest.mark.engines
@pytest.mark.parametrize(
    "journey",
    [
        test_plays_become_history_and_a_replay_while_serving_changes_nothing,
        test_a_killed_server_loses_no_play_and_counts_none_twice,
    ],
)
async def test_kafka_carries_the_log(request, tmp_path, monkeypatch, journey):
    monkeypatch.setenv("SEGUE_SERVER_EVENTS_KAFKA", request.getfixturevalue("broker"))
    monkeypatch.setenv("SEGUE_SERVER_EVENTS_TOPIC", f"events-{new_id()}")
    await journey(Program(tmp_path / "data"))


async def test_a_kafka_that_is_away_stops_nobody(tmp_path, monkeypatch):
    monkeypatch.setenv("SEGUE_SERVER_EVENTS_KAFKA", "127.0.0.1:9")
    program = Program(tmp_path / "data")  # noqa: F811
    token = await started(program)
    async with program.serving() as (_, ready), client_of(ready, token) as client:
        told = await client.post("/v1/events", json=plays([40]))
        assert told.json()["accepted"] == [encode(40)]
        assert (await client.get("/health/ready")).status_code == 200
    monkeypatch.delenv("SEGUE_SERVER_EVENTS_KAFKA")
    async with program.serving() as (_, ready), client_of(ready, token) as client:
        assert len(await until_counted(client, 1)) == 1
