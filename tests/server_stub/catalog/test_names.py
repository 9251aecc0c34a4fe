"""Text from tags and paths, and the rules that read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_stub.catalog.model import tags
from server_stub.catalog.model.paths import PathNames, disc_folder, names_from
from server_stub.catalog.model.text import clean, fold, identity, sort_key, words


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("  two\tspaces \n", "two spaces"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07song", "song"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jclear", "clear"),
        ("a\u202eb\u2066c\u200fd", "abcd"),
        ("nul\x00s", "nuls"),
        ("half\udcffbyte", "halfbyte"),
        ("e\u0301", "é"),
        ("x" * 900, "x" * 500),
    ],
)
def test_names_are_safe_to_show(raw, shown):
    assert clean(raw) == shown


@given(st.text())
def test_nothing_that_moves_a_cursor_is_left(text):
    shown = clean(text)
    assert not set(shown) & {*map(chr, range(32)), "\x7f", "\x9b", "\u202e", "\u2066"}
    shown.encode()


def test_folding():
    assert fold("Sigur RÓS Øß Łódź Đà Æon Œuvre") == "sigur ros oss lodz da aeon oeuvre"
    assert sort_key("...Baby One More Time") == "baby one more time"
    assert sort_key("!!!") == "!!!"
    assert identity("  Mø ") == "mø" != identity("Mo")
    assert words("Don't AC/DC 東京x") == ("dont", "ac", "dc", "東", "京", "x")


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["Ada; Bob"], ("Ada", "Bob")),
        (["Ada / Bob"], ("Ada", "Bob")),
        (["AC/DC"], ("AC/DC",)),
        (["Earth, Wind & Fire"], ("Earth, Wind & Fire",)),
        (["Ada feat. Bob"], ("Ada", "Bob")),
        (["Ada; X", "Bob"], ("Ada; X", "Bob")),
        (["", "  "], ()),
        (["Ada", "Ada"], ("Ada",)),
    ],
)
def test_artists_are_split_with_care(values, names):
    assert tags.artist_names(values) == names


def test_other_tags():
    assert tags.genre_names(["Rock/Pop; rock", "Jazz"]) == ("Rock", "Pop", "Jazz")
    years = [tags.year([v]) for v in ("2007-03-01", "20070301", "1/3/1999", "99")]
    assert years == [2007, 2007, 1999, None]
    assert [tags.ordinal([v]) for v in ("3/12", "03", "A4", "x", "99999")] == [3, 3, 4, 0, 0]
    assert tags.isrc(["x", "de-abc-24-00001"]) == "DEABC2400001"
    mbid = "0f0f0f0f-1111-2222-3333-444444444444"
    assert tags.mbid(["no", mbid.upper()]) == mbid
    assert tags.flag(["TRUE"])
    assert not tags.flag(["0"])


def test_gains():
    assert tags.decibels(["-6.48 dB"]) == -6.48
    assert tags.decibels(["+1,5 dB"]) == 1.5
    assert tags.decibels(["400 dB", "loud"]) is None
    assert tags.peak(["0.988"]) == 0.988
    assert tags.r128(["-256"]) == 4.0
    assert tags.r128(["1.5", "99999"]) is None


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("Ada/Album/01 - Song.ogg", PathNames("Song", "Ada", "Album", "Ada", number=1)),
        ("Ada/Album/CD 2/2-03 Song.ogg", PathNames("Song", "Ada", "Album", "Ada", 2, 3)),
        ("Ada - Album (1997)/4. Song.ogg", PathNames("Song", "Ada", "Album", "Ada", 0, 4, 1997)),
        ("1997 - Album/Bob - Song.ogg", PathNames("Song", "Bob", "Album", year=1997)),
        ("song_title.ogg", PathNames("song title", "", "music")),
        ("Ada/Album/99.ogg", PathNames("99", "Ada", "Album", "Ada")),
    ],
)
def test_paths_tell_what_tags_do_not(path, names):
    assert names_from(f"/home/music/{path}", "/home/music") == names


def test_disc_folders():
    names = ("CD1", "Disc 2 - Live", "disk_3", "Discography", "CDs")
    assert [disc_folder(name) for name in names] == [1, 2, 3, 0, 0]
