"""Cover pictures in sizes."""

import io

import pytest
from PIL import Image

from server_stub.catalog.errors import PictureNotFoundError
from server_stub.catalog.ports import PictureFile
from server_stub.engines.embedded.artwork import LocalPictures
from server_stub.engines.embedded.artwork_files import picture_id
from server_stub.kernel.errors import InvalidError
from tests.server_stub.catalog.conftest import library  # noqa: F401 - a fixture
from tests.server_stub.catalog.music import write


def picture(size, mode="RGB", form="PNG"):
    out = io.BytesIO()
    Image.new(mode, size, 128 if mode == "L" else None).save(out, form)
    return out.getvalue()


@pytest.fixture
def stored(tmp_path):
    def store(data, name="cover.png"):
        (tmp_path / name).write_bytes(data)
        return picture_id(data), [PictureFile(str(tmp_path / name), embedded=False)]

    return store


@pytest.mark.parametrize(
    ("mode", "form"),
    [("RGB", "JPEG"), ("RGBA", "PNG"), ("L", "PNG"), ("P", "GIF"), ("RGB", "WEBP")],
)
def test_pictures_are_made_smaller_and_kept(tmp_path, stored, mode, form):
    key, files = stored(picture((900, 300), mode, form))
    pictures = LocalPictures(tmp_path / "art")
    small = pictures.load(key, files, 320)
    with Image.open(io.BytesIO(small.data)) as image:
        assert (image.size, image.format) == ((320, 107), "JPEG")
    assert small.media_type == "image/jpeg"
    assert pictures.load(key, [], 320) == small
    assert pictures.load(key, files, None).media_type == f"image/{form.lower()}"


def test_small_pictures_stay_small(tmp_path, stored):
    key, files = stored(picture((50, 50)))
    small = LocalPictures(tmp_path / "art").load(key, files, 640)
    with Image.open(io.BytesIO(small.data)) as image:
        assert image.size == (50, 50)


def test_a_picture_that_changed_is_not_served_under_the_old_id(tmp_path, stored):
    key, files = stored(picture((50, 50)))
    stored(picture((60, 60)))
    pictures = LocalPictures(tmp_path / "art")
    assert pictures.load(key, files, None) is None
    assert pictures.load(key, files, 64) is None
    assert pictures.load(key, [PictureFile(str(tmp_path / "gone"), embedded=True)], 64) is None


def test_bombs_and_broken_pictures_are_not_opened(tmp_path, stored):
    pictures = LocalPictures(tmp_path / "art")
    for data in (picture((9000, 9000), "1"), b"\xff\xd8\xff\xe0" + bytes(50)):
        key, files = stored(data)
        assert pictures.load(key, files, 64) is None


async def test_covers_of_imported_albums(library):  # noqa: F811 - a fixture
    cover = picture((700, 700))
    write(library.root / "Album" / "CD 1" / "a.ogg", title="Song", album="Album")
    (library.root / "Album" / "Front.PNG").write_bytes(cover)
    await library.scan()
    (album,) = await library.albums()
    assert album.cover == picture_id(cover)
    assert (await library.catalog.art(album.cover)).data == cover
    assert (await library.catalog.art(album.cover, 160)).media_type == "image/jpeg"
    with pytest.raises(InvalidError):
        await library.catalog.art(album.cover, 161)
    with pytest.raises(PictureNotFoundError):
        await library.catalog.art("x" * 22, 160)
