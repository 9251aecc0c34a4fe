"""Cover pictures in sizes: read from the music, made smaller with Pillow, kept under `art/`."""

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from PIL import Image, ImageOps

from server_stub.catalog.errors import UnreadableFileError
from server_stub.catalog.ports import Picture, PictureFile
from server_stub.engines.embedded.artwork_files import SIZE_LIMIT, media_type, picture_id
from server_stub.engines.embedded.tags_reader import embedded_picture
from sync.wire.ids import is_id, new_id

PIXEL_LIMIT = 64_000_000
"""Pictures of more pixels are not opened: decoding them would fill the memory."""
QUALITY = 85


class LocalPictures:
    """The catalog's pictures. Small sizes are made once and kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, art_id: str, files: Sequence[PictureFile], size: int | None) -> Picture | None:
        """The picture, at most `size` pixels on each side; None if no file holds it any more."""
        if size is None:
            return _original(art_id, files)
        kept = self._folder / str(size) / f"{art_id}.jpg"
        if is_id(art_id):
            with suppress(OSError):
                return Picture(kept.read_bytes(), "image/jpeg")
        original = _original(art_id, files)
        if original is None:
            return None
        smaller = _smaller(original.data, size)
        if smaller is None:
            return None
        _keep(kept, smaller)
        return Picture(smaller, "image/jpeg")


def _original(art_id: str, files: Sequence[PictureFile]) -> Picture | None:
    for data in _candidates(files):
        kind = media_type(data)
        if kind is not None and picture_id(data) == art_id:
            return Picture(data, kind)
    return None


def _candidates(files: Sequence[PictureFile]) -> Iterator[bytes]:
    for file in files:
        with suppress(OSError, UnreadableFileError):
            if file.embedded:
                data = embedded_picture(file.path)
            else:
                path = Path(file.path)
                data = path.read_bytes() if path.stat().st_size <= SIZE_LIMIT else None
            if data:
                yield data


def _smaller(data: bytes, size: int) -> bytes | None:
    """A JPEG no larger than `size` on each side; None if the picture cannot be decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                if image.width * image.height > PIXEL_LIMIT:
                    return None
                image.draft("RGB", (size, size))
                upright = ImageOps.exif_transpose(image)
                upright.thumbnail((size, size), Image.Resampling.LANCZOS)
                out = io.BytesIO()
                _flat(upright).save(out, "JPEG", quality=QUALITY, optimize=True)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return out.getvalue()


def _flat(image: Image.Image) -> Image.Image:
    """Without transparency, which JPEG has not: over black, as covers are shown."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        ground = Image.new("RGBA", layered.size, (0, 0, 0, 255))
        return Image.alpha_composite(ground, layered).convert("RGB")
    return image.convert("RGB")


def _keep(path: Path, data: bytes) -> None:
    """Write under another name first, so that nobody reads half a picture."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{new_id()}.part")
        part.write_bytes(data)
        part.replace(path)
