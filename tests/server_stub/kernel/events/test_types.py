"""Envelopes, versions and seals."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_stub.kernel.events.consuming import Reading
from server_stub.kernel.events.envelope import Event, from_cloud_event, time_text, to_cloud_event
from server_stub.kernel.events.errors import EventDamagedError, EventTooNewError
from server_stub.kernel.events.ports import Stored
from server_stub.kernel.events.sealing import new_key, opened, seal
from server_stub.kernel.events.types import EventType, Occasion, Vocabulary

ADA = Occasion("ada", 1_700_000_000_123, "one")


class First(msgspec.Struct, frozen=True):
    seconds: int


class Third(msgspec.Struct, frozen=True):
    heard_ms: int
    offline: bool
    note: str = ""


def to_milliseconds(data):
    return {"heard_ms": data["seconds"] * 1000}


def with_offline(data):
    return {**data, "offline": False}


OLD = EventType("tests.heard", First)
NOW = EventType("tests.heard", Third, upcasts=(to_milliseconds, with_offline))


def test_a_new_event_names_the_newest_version():
    event = NOW.event(ADA, Third(5, offline=True))
    assert (event.type, event.source, event.id) == ("segue.tests.heard.v3", "/tests", "one")


def test_an_old_event_is_read_as_todays():
    event = OLD.event(ADA, First(7))
    assert Vocabulary([NOW]).read(event) == Third(7000, offline=False)


def test_a_field_with_a_default_needs_no_version():
    event = msgspec.structs.replace(
        NOW.event(ADA, Third(1, offline=False)), data=b'{"heard_ms":1,"offline":true,"more":9}'
    )
    assert Vocabulary([NOW]).read(event) == Third(1, offline=True)


def test_what_nobody_knows_is_nothing():
    assert Vocabulary([]).read(NOW.event(ADA, Third(1, offline=False))) is None
    foreign = Event(id="1", source="/x", type="com.example.x", subject="s", time_ms=0, data=b"{}")
    assert Vocabulary([NOW]).read(foreign) is None


def test_a_newer_event_must_not_be_passed_over():
    event = NOW.event(ADA, Third(1, offline=False))
    with pytest.raises(EventTooNewError):
        Vocabulary([OLD]).read(event)


@pytest.mark.parametrize("data", [b"", b"{}", b'{"seconds":"x"}', b'{"seconds":null}', b"[]"])
def test_damaged_events_are_told(data):
    for version in ("v1", "v3"):
        event = msgspec.structs.replace(
            OLD.event(ADA, First(7)), data=data, type=f"segue.tests.heard.{version}"
        )
        with pytest.raises(EventDamagedError):
            Vocabulary([NOW]).read(event)


@given(st.text(min_size=1, max_size=30), st.integers(0, 10**14), st.integers(0, 2**53))
def test_an_event_survives_as_a_cloud_event(subject, time_ms, seconds):
    event = OLD.event(Occasion(subject, time_ms), First(seconds))
    document = to_cloud_event(event)
    assert document["specversion"] == "1.0"
    clear = msgspec.structs.replace(event, personal=False)
    assert from_cloud_event(msgspec.json.encode(document)) == clear


def test_a_sealed_event_survives_as_a_cloud_event():
    event = seal(OLD.event(ADA, First(7)), new_key())
    document = to_cloud_event(event)
    assert "data" not in document
    assert from_cloud_event(msgspec.json.encode(document)) == event


@pytest.mark.parametrize("text", [b"", b"[]", b'{"id": 1}', b'{"id":"1","source":"/x"}'])
def test_what_is_no_cloud_event_is_refused(text):
    with pytest.raises(EventDamagedError):
        from_cloud_event(text)


def test_times_are_written_to_the_millisecond():
    assert time_text(1_700_000_000_007) == "2023-11-14T22:13:20.007Z"


def test_a_seal_opens_only_with_its_key_and_its_envelope():
    key = new_key()
    event = OLD.event(ADA, First(7))
    sealed = seal(event, key)
    assert opened(sealed, key) == event
    moved = msgspec.structs.replace(sealed, subject="bob")
    for wrong, by in ((moved, key), (sealed, new_key())):
        with pytest.raises(EventDamagedError):
            opened(wrong, by)
    with pytest.raises(EventDamagedError):
        opened(msgspec.structs.replace(sealed, data=b"short"), key)


class Keys:
    async def find(self, subjects):
        return {}


async def test_a_reader_passes_over_what_is_damaged():
    good = EventType("tests.heard", First, personal=False).event(ADA, First(1))
    bad = msgspec.structs.replace(good, data=b"?")
    reading = Reading(Keys(), Vocabulary([OLD]))
    found = await reading.read([Stored(0, 1, bad), Stored(0, 2, good)])
    assert [one.payload for one in found] == [First(1)]
