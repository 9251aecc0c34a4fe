"""Importing real files: first time, again, moved, changed, gone, damaged."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from server_stub.catalog.errors import TrackNotFoundError
from server_stub.catalog.service.importer import outermost
from tests.server_stub.catalog.music import sound, write

TAGS = {"title": "Song", "artist": "Ada", "album": "First", "tracknumber": "3/12"}


def tags(**changed):
    return {**TAGS, **changed}


@pytest.mark.parametrize("ending", [".ogg", ".opus", ".flac", ".mp3", ".m4a"])
async def test_every_tagged_format(library, ending):
    write(library.root / f"x{ending}", **tags(date="1997-05-21", genre="Trip Hop"))
    done = await library.scan()
    assert (done.added, done.failed) == (1, ())
    track = (await library.tracks())["Song"]
    assert [artist.name for artist in track.artists] == ["Ada"]
    assert (track.album.title, track.number, track.year) == ("First", 3, 1997)
    assert track.genres == ("Trip Hop",)
    assert 450 <= track.duration_ms <= 700


async def test_a_file_without_tags_is_named_by_its_path(library):
    write(library.root / "Ada/Second (1999)/CD 2/04 - Quiet Song.wav")
    await library.scan()
    track = (await library.tracks())["Quiet Song"]
    assert (track.album.title, track.year, track.disc, track.number) == ("Second", 1999, 2, 4)
    assert [artist.name for artist in track.artists] == ["Ada"]


async def test_an_unchanged_tree_is_left_alone(library):
    write(library.root / "a.ogg", **TAGS)
    await library.scan()
    revision = await library.catalog.revision()
    assert await library.scan() == type(await library.scan())()
    assert await library.catalog.revision() == revision


async def test_changed_tags_keep_the_id(library):
    path = write(library.root / "a.ogg", **TAGS)
    await library.scan()
    before = (await library.tracks())["Song"]
    write(path, **tags(title="Other", album="Second"))
    done = await library.scan()
    assert (done.added, done.updated, done.removed) == (0, 1, 0)
    assert (await library.tracks())["Other"].id == before.id
    assert [album.title for album in await library.albums()] == ["Second"]


async def test_a_moved_file_keeps_its_id(library):
    path = write(library.root / "a.ogg", **TAGS)
    await library.scan()
    before = (await library.tracks())["Song"]
    (library.root / "deep").mkdir()
    path.rename(library.root / "deep" / "b.ogg")
    done = await library.scan()
    assert (done.added, done.updated, done.removed) == (0, 1, 0)
    assert (await library.tracks())["Song"].id == before.id


async def test_a_file_copied_elsewhere_and_deleted_keeps_its_id(library):
    path = write(library.root / "a.flac", **TAGS)
    write(library.root / "other.flac", 523, **tags(title="Other"))
    await library.scan()
    before = (await library.tracks())["Song"]
    shutil.copyfile(path, library.root / "copy.flac")
    os.utime(library.root / "copy.flac", (1, 1))
    path.unlink()
    done = await library.scan()
    assert (done.added, done.updated, done.removed) == (0, 1, 0)
    assert (await library.tracks())["Song"].id == before.id


async def test_renumbered_files_do_not_change_places(library):
    for number in (1, 2):
        write(library.root / f"{number}.wav", 400 + 50 * number)
    await library.scan()
    before = await library.tracks()
    (library.root / "2.wav").rename(library.root / "3.wav")
    (library.root / "1.wav").rename(library.root / "2.wav")
    await library.scan()
    after = await library.tracks()
    assert {title: track.id for title, track in after.items()} == {
        "2": before["1"].id,
        "3": before["2"].id,
    }


async def test_what_is_gone_is_forgotten(library):
    write(library.root / "a.ogg", **TAGS)
    write(library.root / "b.ogg", **tags(title="Other", album="Second"))
    await library.scan()
    (library.root / "b.ogg").unlink()
    assert (await library.scan()).removed == 1
    assert list(await library.tracks()) == ["Song"]
    assert len(await library.albums()) == 1


async def test_a_folder_that_is_suddenly_empty_is_not_believed(library):
    path = write(library.root / "a.ogg", **TAGS)
    await library.scan()
    path.unlink()
    done = await library.scan()
    assert done.removed == 0
    assert "empty" in done.failed[0].reason
    assert list(await library.tracks()) == ["Song"]
    assert (await library.scan(emptied=True)).removed == 1


async def test_a_folder_that_does_not_exist_is_reported(library, tmp_path):
    write(library.root / "a.ogg", **TAGS)
    await library.scan()
    shutil.rmtree(library.root)
    done = await library.scan(library.root, tmp_path / "nowhere")
    assert done.removed == 0
    assert {file.reason for file in done.failed} == {"No such file or directory"}
    assert list(await library.tracks()) == ["Song"]


async def test_only_the_scanned_folder_is_cleaned(library, tmp_path):
    other = write(tmp_path / "other" / "b.ogg", **tags(title="Other")).parent
    write(library.root / "a.ogg", **TAGS)
    await library.scan(library.root, other)
    shutil.rmtree(other)
    await library.scan()
    assert set(await library.tracks()) == {"Song", "Other"}


HOSTILE = {
    "empty.ogg": b"",
    "noise.ogg": os.urandom(4000),
    "noise.mp3": b"\0" * 4000,
    "cut.flac": sound(".flac")[:60],
    "cut.m4a": sound(".m4a")[:100],
    "head.opus": sound(".opus")[:80],
    "short.wav": sound(".wav")[:30],
    "lies.wav": b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0" + b"\xff" * 16 + b"data\0\0\0\0",
    "tag.mp3": b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + b"\xff" * 500,
}


async def test_damaged_files_are_reported_and_stop_nothing(library):
    for name, data in HOSTILE.items():
        (library.root / name).write_bytes(data)
    write(library.root / "good.ogg", **TAGS)
    done = await library.scan()
    assert done.added == 1
    assert {file.path for file in done.failed} == {str(library.root / name) for name in HOSTILE}
    assert all(file.reason for file in done.failed)
    listed = await library.catalog.damaged()
    assert {(file.path, file.reason) for file in listed} == {
        (file.path, file.reason) for file in done.failed
    }
    again = await library.scan()
    assert (again.added, again.updated) == (0, 0)
    assert sorted(f.path for f in again.failed) == sorted(f.path for f in done.failed)
    write(library.root / "noise.ogg", **tags(title="Whole again"))
    assert (await library.scan()).added == 1


@pytest.mark.parametrize("ending", [".ogg", ".opus", ".wav", ".flac"])
async def test_a_file_that_breaks_off_is_imported_and_says_so(library, ending):
    path = library.root / f"a{ending}"
    path.write_bytes(sound(ending, 3.0)[:-5000])
    done = await library.scan()
    assert done.added == 1
    assert "breaks off" in done.failed[0].reason
    assert "breaks off" in (await library.tracks())["a"].damage
    assert len((await library.scan()).failed) == 1
    path.write_bytes(sound(ending))
    await library.scan()
    assert (await library.tracks())["a"].damage is None


async def test_damage_found_by_a_decoder_is_kept_over_a_rescan(library):
    write(library.root / "a.ogg", **TAGS)
    await library.scan()
    track = (await library.tracks())["Song"]
    await library.catalog.report_damage(track.id, "breaks off at 1:20")
    assert (await library.scan()).failed[0].reason == "breaks off at 1:20"
    assert (await library.tracks())["Song"].damage == "breaks off at 1:20"
    with pytest.raises(TrackNotFoundError):
        await library.catalog.report_damage("x" * 22, "gone")


async def test_damage_is_known_of_the_sound_not_of_its_place(library):
    path = write(library.root / "a.ogg", **TAGS)
    await library.scan()
    track = (await library.tracks())["Song"]
    await library.catalog.report_damage(track.id, "breaks off at 1:20")
    (library.root / "a.lrc").write_text("[00:01.00]La", encoding="utf-8")
    assert (await library.scan()).failed[0].reason == "breaks off at 1:20"
    path.rename(library.root / "b.ogg")
    assert (await library.scan()).failed[0].reason == "breaks off at 1:20"
    assert (await library.tracks())["Song"].damage == "breaks off at 1:20"
    write(library.root / "b.ogg", 523, **TAGS)
    assert (await library.scan()).failed == ()
    assert (await library.tracks())["Song"].damage is None
    assert await library.catalog.damaged() == ()


async def test_a_changed_lyrics_file_is_noticed(library):
    write(library.root / "a.ogg", **TAGS)
    await library.scan()
    track = (await library.tracks())["Song"]
    assert track.lyrics == "none"
    (library.root / "a.lrc").write_bytes("[00:01.00]Grüße".encode("utf-16"))
    assert (await library.scan()).updated == 1
    lyrics = await library.catalog.lyrics(track.id)
    assert (lyrics.kind, lyrics.lines[0].text) == ("line", "Grüße")


async def test_progress_is_told(library):
    for number in range(3):
        write(library.root / f"{number}.ogg", 300 + number)
    await library.scan()
    assert library.reported == [(3, 3, str(library.root / "2.ogg"))]


async def test_what_a_slow_disk_gives_is_stored_soon(library, monkeypatch):
    for number in range(3):
        write(library.root / f"{number}.ogg", 300 + number)
    read = library.importer._reader.read

    def slowly(file):
        library.importer._clock.advance(0.6)
        return read(file)

    monkeypatch.setattr(library.importer._reader, "read", slowly)
    assert (await library.scan()).added == 3
    assert [step[:2] for step in library.reported] == [(2, 3), (3, 3)]


async def test_an_import_that_was_killed_is_finished_by_the_next(library, monkeypatch):
    monkeypatch.setattr("server_stub.catalog.service.importer.BATCH", 2)
    for number in range(5):
        write(library.root / f"{number}.ogg", 300 + 10 * number)
    put = library.importer._store.put
    calls = []

    async def dying(batch, now_ms):
        calls.append(batch)
        if len(calls) == 2:
            raise KeyboardInterrupt
        await put(batch, now_ms)

    library.importer._store.put = dying
    with pytest.raises(BaseException):  # noqa: B017 - whatever asyncio makes of it
        await library.scan()
    library.importer._store.put = put
    assert len(await library.tracks()) == 2
    done = await library.scan()
    assert (done.added, done.updated, done.removed) == (3, 0, 0)
    assert len(await library.tracks()) == 5


async def test_hidden_and_system_folders_are_left_out_and_links_followed_once(library, tmp_path):
    write(library.root / ".trash" / "a.ogg", 301)
    write(library.root / "@eaDir" / "b.ogg", 302)
    write(library.root / "real" / "c.ogg", 303)
    write(tmp_path / "elsewhere" / "d.ogg", 304)
    (library.root / "real" / "loop").symlink_to(library.root)
    (library.root / "link").symlink_to(tmp_path / "elsewhere")
    (library.root / "again").symlink_to(tmp_path / "elsewhere")
    (library.root / "broken.ogg").symlink_to(tmp_path / "nothing")
    done = await library.scan()
    assert set(await library.tracks()) == {"c", "d"}
    assert [Path(file.path).name for file in done.failed] == ["broken.ogg"]


async def test_following_a_folder(library):
    write(library.root / "a.ogg", **TAGS)
    passes = library.importer.follow([library.root])
    assert (await anext(passes)).added == 1
    following = asyncio.ensure_future(anext(passes))
    while not following.done():
        # The watcher starts at some moment after it is asked for: touch until it has seen it.
        write(library.root / "new" / "b.ogg", **tags(title="New"))
        await asyncio.wait([following], timeout=0.5)
    assert "New" in await library.tracks()
    await passes.aclose()


def test_folders_inside_others_are_scanned_once(tmp_path):
    paths = [tmp_path / "b" / "c", tmp_path / "b", tmp_path / "bc", tmp_path / "b" / ".." / "b"]
    assert outermost(paths) == [str(tmp_path / "b"), str(tmp_path / "bc")]
