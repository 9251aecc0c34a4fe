"""Reports in, history and counts out, lag for operators."""

from stage import DEVICE, TRACK

from sync.wire.ids import encode

START = 1_700_000_000_000


def play(number: int, **changed) -> dict:
    report = {"kind": "played", "id": encode(number), "at": START + number, "track_id": TRACK}
    return report | {"heard_ms": 200_000, "duration_ms": 240_000} | changed


async def test_plays_are_reported_and_come_back_as_history(stage):
    async with stage.client() as client:
        sent = {"reports": [play(1), play(2, heard_ms=100)]}
        receipt = (await client.post("/v1/events", json=sent)).raise_for_status().json()
        assert receipt == {"accepted": [encode(1), encode(2)], "refused": []}
        await client.post("/v1/events", json=sent)
        await stage.worker.drain()
        page = (await client.get("/v1/me/history?limit=1")).json()
        assert [item["id"] for item in page["items"]] == [encode(2)]
        rest = (await client.get("/v1/me/history", params={"cursor": page["next"]})).json()
        assert rest["items"] == [
            {
                "id": encode(1),
                "at": START + 1,
                "track_id": TRACK,
                "heard_ms": 200_000,
                "counted": True,
            }
        ]
        counts = (await client.get("/v1/me/plays")).json()["items"]
        assert [(count["track_id"], count["plays"]) for count in counts] == [(TRACK, 1)]


async def test_every_kind_of_report_is_taken(stage):
    reports = [
        play(1, kind="skipped", position_ms=9_000, heard_ms=9_000, offline=True),
        {
            "kind": "sought",
            "id": encode(2),
            "at": START,
            "track_id": TRACK,
            "from_ms": 1,
            "to_ms": 5,
        },
        {"kind": "downloaded", "id": encode(3), "at": START, "track_id": TRACK},
        {"kind": "searched", "id": encode(4), "at": START, "text": "dell", "chosen": ""},
    ]
    async with stage.client() as client:
        receipt = (await client.post("/v1/events", json={"reports": reports})).json()
    assert len(receipt["accepted"]) == 4
    assert await stage.worker.drain() == 4


async def test_what_cannot_be_is_refused_one_by_one(stage):
    reports = [
        play(1, id="short"),
        play(2, track_id="none"),
        play(3, heard_ms=-1),
        play(4, at=5),
        {"kind": "searched", "id": encode(5), "at": START, "text": "x" * 201},
        play(6),
    ]
    async with stage.client() as client:
        receipt = (await client.post("/v1/events", json={"reports": reports})).json()
    assert receipt["accepted"] == [encode(6)]
    assert len(receipt["refused"]) == 5
    assert all(refusal["reason"] for refusal in receipt["refused"])


async def test_a_clock_that_is_ahead_counts_as_now(stage):
    async with stage.client() as client:
        ahead = round(stage.clock.now() * 1000) + 10**9
        await client.post("/v1/events", json={"reports": [play(1, at=ahead)]})
        await stage.worker.drain()
        page = (await client.get("/v1/me/history")).json()
    assert page["items"][0]["at"] == round(stage.clock.now() * 1000)


async def test_a_batch_has_a_limit_and_a_cursor_a_form(stage):
    async with stage.client() as client:
        many = {"reports": [play(number) for number in range(201)]}
        answer = await client.post("/v1/events", json=many)
        assert (answer.status_code, answer.json()["code"]) == (400, "too-many-reports")
        for cursor in ("", "x.y", f"²2.{DEVICE}", f"12.{DEVICE[:-1]}"):
            answer = await client.get("/v1/me/history", params={"cursor": cursor})
            assert answer.json()["code"] == "cursor-invalid"


async def test_intents_carry_the_same_reports(stage):
    body = {"track_id": TRACK, "heard_ms": 200_000, "duration_ms": 240_000}
    good = {
        "kind": "played",
        "key": f"track:{TRACK}",
        "at_ms": START,
        "id": encode(1),
        "body": body,
    }
    bad = {**good, "id": encode(2), "body": {"track_id": TRACK}}
    odd = {**good, "id": encode(3), "body": {**body, "track_id": "none"}}
    async with stage.client() as client:
        verdicts = (await client.post("/v1/intents", json={"intents": [good, bad]})).json()
        later = (await client.post("/v1/intents", json={"intents": [odd]})).json()
    assert verdicts["applied"] == [encode(1)]
    assert "heard_ms" in verdicts["refused"][encode(2)]
    assert encode(3) in later["refused"]


async def test_operators_see_how_far_consumers_are(stage):
    async with stage.client(peer="127.0.0.1") as client:
        await client.post("/v1/events", json={"reports": [play(1), play(2)]})
        text = (await client.get("/metrics")).text
        assert 'segue_consumer_lag{consumer="listening"} 2.0' in text
        await stage.worker.drain()
        text = (await client.get("/metrics")).text
        assert 'segue_consumer_lag{consumer="listening"} 0.0' in text
        assert 'segue_consumer_events{consumer="listening"} 2.0' in text
        assert 'segue_consumer_failures{consumer="listening"} 0.0' in text


async def test_nobody_reports_without_a_token(stage):
    async with stage.client(token=None) as client:
        assert (await client.post("/v1/events", json={"reports": []})).status_code == 401
        assert (await client.get("/v1/me/history")).status_code == 401
