"""Editors and a server with a bad line between them, played out step by step from a seed."""

import random
from dataclasses import dataclass, field

import msgspec

from sync.ot import edits
from sync.ot.applying import apply
from sync.ot.errors import HistoryTrimmedError, MissingRevisionsError
from sync.ot.history import History, Revision, Snapshot, Submission
from sync.ot.model import Entry, Insert, Move, Operation, Playlist, Remove
from sync.ot.session import Kept, Session
from tests.sync.ot.generating import Author


class Server:
    """A history whose store is text; whatever is not stored dies with it."""

    def __init__(self, playlist: Playlist) -> None:
        self.start = Snapshot(0, playlist, {})
        self.stored: list[bytes] = []
        self.history = History(self.start)

    def take(self, message: bytes, *, dies: bool = False) -> None:
        """Apply and store; or die between the two."""
        submission = msgspec.json.decode(message, type=Submission)
        revision = self.history.submit(submission, author="user", at=1)
        if dies:
            self.restart()
        elif revision is not None:
            self.stored.append(msgspec.json.encode(revision))

    def restart(self) -> None:
        self.history = History(self.start, self.log())

    def log(self) -> list[Revision]:
        return [msgspec.json.decode(line, type=Revision) for line in self.stored]


@dataclass
class Editor:
    """A user with a session, what it has stored, and what is under way in both directions."""

    session: Session
    author: Author
    online: bool = True
    stored: bytes = b""
    up: list[bytes] = field(default_factory=list)
    down: list[tuple[Revision, ...]] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    inserted: list[str] = field(default_factory=list)

    def keep(self) -> None:
        self.stored = msgspec.json.encode(self.session.keep())

    def restart(self) -> None:
        self.up.clear()
        self.down.clear()
        self.session = Session(msgspec.json.decode(self.stored, type=Kept))

    def note(self, operation: Operation, before: Playlist) -> None:
        """Remember what was put in and what was taken out, for the reckoning at the end."""
        ids = [entry.id for entry in before.items]
        for component in operation:
            if isinstance(component, Insert):
                self.inserted.append(component.entry)
                ids.insert(component.gap, component.entry)
            elif isinstance(component, Remove):
                self.removed.add(ids.pop(component.index))
            elif isinstance(component, Move):
                ids.insert(component.landing, ids.pop(component.index))


class Group:
    """Some editors of one playlist."""

    def __init__(self, seed: int, editors: int | None = None) -> None:
        self.rng = random.Random(seed)
        count = self.rng.choice((0, 1, 5, 20))
        self.base = Playlist("list", tuple(Entry(f"e{i}", f"t{i % 3}") for i in range(count)))
        self.server = Server(self.base)
        self.quality = self.rng.choice((0.0, 0.2, 0.8))
        self.trimmed = self.rng.random() < 0.2
        self.editors = [
            Editor(Session.start(f"c{i}", self.server.start), Author(self.rng, f"c{i}-"))
            for i in range(editors or self.rng.randint(2, 5))
        ]
        for editor in self.editors:
            editor.keep()

    def step(self) -> None:
        """One thing happens to one editor, or to the server."""
        editor = self.rng.choice(self.editors)
        dice = self.rng.random()
        if dice < 0.30:
            self.edit(editor)
            if editor.online and self.rng.random() < self.quality:
                self._exchange(editor)
        elif dice < 0.45:
            self._send(editor)
        elif dice < 0.60:
            self._deliver_up(editor)
        elif dice < 0.70:
            self._ask(editor)
        elif dice < 0.85:
            self._deliver_down(editor)
        elif dice < 0.92:
            editor.online = self.rng.random() < 0.6
        elif dice < 0.95:
            editor.restart()
        elif dice < 0.97 and self.trimmed:
            self.server.history.trim(self.rng.randint(0, 3))
        else:
            self.server.restart()

    def edit(self, editor: Editor) -> None:
        """The user does something, or takes something back; it is stored before it shows."""
        before, session = editor.session.playlist, editor.session
        dice = self.rng.random()
        if dice < 0.12:
            operation = session.undo()
        elif dice < 0.18:
            operation = session.redo()
        else:
            operation = self._some_edit(editor)
            session.edit(operation)
        editor.note(operation, before)
        editor.keep()

    def _some_edit(self, editor: Editor) -> Operation:
        playlist, rng = editor.session.playlist, self.rng
        ids = [entry.id for entry in playlist.items]
        chosen = rng.sample(ids, min(len(ids), rng.randint(1, 4)))
        gap = rng.randint(0, len(ids))
        dice = rng.random()
        if dice < 0.15 and ids:
            return edits.move(playlist, chosen, gap)
        if dice < 0.25 and ids:
            return edits.remove(playlist, chosen)
        plain = {"name": "", "items": [[e, "t"] for e in ids]}
        return msgspec.convert(editor.author.operation(plain, 3), Operation)

    def _send(self, editor: Editor) -> None:
        submission = editor.session.outgoing()
        editor.keep()
        if submission is not None and editor.online and self.rng.random() < 0.8:
            editor.up += [msgspec.json.encode(submission)] * self.rng.choice((1, 1, 2))

    def _deliver_up(self, editor: Editor) -> None:
        if editor.up and editor.online:
            message = editor.up.pop(self.rng.randrange(len(editor.up)))
            del editor.up[:-3]  # the rest is lost
            try:
                self.server.take(message, dies=self.rng.random() < 0.05)
            except HistoryTrimmedError:
                editor.session.resume(self.server.history.snapshot())
                editor.keep()
            except MissingRevisionsError as error:
                raise AssertionError("the server knows less than it has told") from error

    def _ask(self, editor: Editor) -> None:
        if not editor.online:
            return
        try:
            editor.down.append(self.server.history.since(editor.session.revision))
        except HistoryTrimmedError:
            editor.session.resume(self.server.history.snapshot())
            editor.keep()

    def _deliver_down(self, editor: Editor) -> None:
        if not editor.down or not editor.online:
            return
        revisions = editor.down.pop(self.rng.randrange(len(editor.down)))
        del editor.down[:-2]  # the rest is lost
        if self.rng.random() < 0.2:
            revisions = revisions[self.rng.randint(0, len(revisions)) :]
        before = editor.session.playlist
        try:
            change = editor.session.receive(revisions)
        except MissingRevisionsError as error:
            assert error.after == editor.session.revision
            assert editor.session.playlist is before
        else:
            self._check_change(editor, before, change)
        editor.keep()

    def _check_change(self, editor: Editor, before: Playlist, change: Operation) -> None:
        assert apply(before, change) == editor.session.playlist, "the view is told something else"

    def settle(self) -> None:
        """Everybody comes back, and everything that waits goes through."""
        for _ in range(3):
            for editor in self.editors:
                editor.online = True
                editor.restart()
                while not editor.session.settled:
                    self._exchange(editor)
        for editor in self.editors:
            self._exchange(editor)

    def _exchange(self, editor: Editor) -> None:
        submission = editor.session.outgoing()
        try:
            if submission is not None:
                self.server.take(msgspec.json.encode(submission))
            editor.session.receive(self.server.history.since(editor.session.revision))
        except HistoryTrimmedError:
            editor.session.resume(self.server.history.snapshot())
        editor.keep()

    def check(self) -> None:
        """All see the same, each operation is in the log once, nothing is lost or doubled."""
        final = self.server.history.playlist
        for editor in self.editors:
            assert editor.session.playlist == final, "two see different playlists"
        log = self.server.log()
        names = [(revision.client, revision.sequence) for revision in log]
        assert len(names) == len(set(names)), "an operation was applied twice"
        assert History(self.server.start, log).playlist == final, "the log says something else"
        ids = [entry.id for entry in final.items]
        assert len(ids) == len(set(ids)), "an entry is doubled"
        self._check_entries(set(ids))

    def _check_entries(self, present: set[str]) -> None:
        base = {entry.id for entry in self.base.items}
        inserted = [entry for editor in self.editors for entry in editor.inserted]
        removed = {entry for editor in self.editors for entry in editor.removed}
        assert (base | set(inserted)) - removed <= present <= base | set(inserted), "lost"
        back = {entry for entry in inserted if inserted.count(entry) > 1} | (base & set(inserted))
        assert not (removed - back) & present, "a removed entry has come back"


def play(seed: int, steps: int = 60) -> Group:
    """One group's whole life, checked."""
    group = Group(seed)
    for _ in range(steps):
        group.step()
    group.settle()
    group.check()
    return group
