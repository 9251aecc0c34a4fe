"""Playlists and their revisions survive the trip."""

import msgspec
import pytest

from sync.ot.history import Revision, Submission
from sync.ot.model import Entry, Insert, Move, Playlist, Remove, Rename
from sync.wire import playlists as wire

ME = wire.Person("u1", "Ada")
PLAYLIST = Playlist("Road", (Entry("e1", "t1"), Entry("e2", "t1")), visibility="link")
REVISION = Revision(
    number=4,
    client="c1",
    sequence=2,
    operation=(Insert(0, "e3", "t2"), Move(0, 2), Remove(1), Rename("Sea")),
    author="u1",
    at=1_800_000_000_000,
)


@pytest.mark.parametrize(
    "thing",
    [
        wire.Collaborator(person=ME, role="editor", added_at=1),
        wire.PlaylistSummary(
            id="p1", owner=ME, name="Road", role="owner", entry_count=2, revision=3, updated_at=1
        ),
        wire.PlaylistAt(id="p1", revision=3, playlist=PLAYLIST, sequence=1),
        wire.RevisionPage(id="p1", revisions=(REVISION,), newest=4),
        wire.NewPlaylist(id="p1", playlist=PLAYLIST),
        Submission("c1", 2, 3, REVISION.operation),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_it_comes_back_as_it_was(thing):
    assert msgspec.json.decode(msgspec.json.encode(thing), type=type(thing)) == thing


@pytest.mark.parametrize(
    "component",
    [
        b'{"t":"swap","p":1}',
        b'{"t":"del"}',
        b'{"t":"del","p":"1"}',
        b'{"t":"ins","p":1.5,"e":"x","v":"y"}',
        b'{"t":"visibility","v":"everybody"}',
    ],
)
def test_anything_else_is_no_operation(component):
    text = b'{"client":"c1","sequence":1,"base":0,"operation":[%s]}' % component
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Submission)
