"""Growing files: an encoder process writes them, the server reads them and moves them away."""

import os
from pathlib import Path

from server_stub.streaming.errors import BlobMissingError


class WorkFolder:
    """One file a rendition. A file that was read once stays readable until it is forgotten."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._open: dict[str, int] = {}

    def path_of(self, rendition_id: str) -> Path:
        """Where a rendition grows."""
        return self._folder / f"{rendition_id}.part"

    def read(self, rendition_id: str, start: int, end: int) -> bytes:
        """Bytes [start, end). Raises BlobMissingError if they are not all there."""
        descriptor = self._open.get(rendition_id)
        if descriptor is None:
            try:
                descriptor = os.open(self.path_of(rendition_id), os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError as error:
                raise BlobMissingError("no such growing file") from error
            self._open[rendition_id] = descriptor
        data = os.pread(descriptor, end - start, start)
        if len(data) != end - start:
            raise BlobMissingError("these bytes are not written yet")
        return data

    def forget(self, rendition_id: str) -> None:
        """Let go of the file, and remove it if it is still there."""
        descriptor = self._open.pop(rendition_id, None)
        if descriptor is not None:
            os.close(descriptor)
        self.path_of(rendition_id).unlink(missing_ok=True)
