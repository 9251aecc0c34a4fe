"""A bundle of diagnostics: what a developer needs to replay an hour of playback, and no secrets.

`link.json` is a trace of the bitrate-adaptation bench (`--split all` takes it from its folder of
traces); `trace.jsonl` is the playback trace. Addresses lose host and signature, text that
looks like a key or a token is taken out, and the names of folders of this machine do not appear.
"""

import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s\"']*", re.IGNORECASE)
_QUERY = re.compile(r"\?[^\s\"']*=[^\s\"']*")
_FOLDER = re.compile(r"(?<![\w:])/(?:[^\s\"'/:]+/)+[^\s\"':]*")
_SECRET = re.compile(r"[A-Za-z0-9_\-+/=.]{40,}")
_EPOCH = (2020, 1, 1, 0, 0, 0)
"""Members carry no time: a bundle tells when something happened by the trace's own clock."""

READ_ME = """What is here
  link.json         the link, second by second, as a trace of the bench: duration_ms,
                    bandwidth_kbps, latency_ms. A second in which nothing was asked for holds the
                    rate before it.
  trace.jsonl       playback events; t is the engine's monotonic clock.
  diagnostics.json  the sums and histories at the moment of the export.
  settings.json     the settings in force.   about.json  versions.

Replay
  Put link.json into a folder of its own below the bench's traces/, then
  python abrbench.py --split all --sets THAT_FOLDER
  or in front of a real server: python shaper.py --listen P --upstream HOST:PORT --trace link.json
"""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What goes in."""

    link: Sequence[Mapping[str, Any]]
    lines: Sequence[str]
    diagnostics: Mapping[str, Any]
    settings: Mapping[str, Any]
    about: Mapping[str, Any]


def write(path: Path, bundle: Bundle) -> None:
    """Write the bundle as a ZIP file, readable by this user only. Blocks; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    members = {
        "README.txt": READ_ME,
        "link.json": json.dumps(list(bundle.link), separators=(",", ":")),
        "trace.jsonl": "".join(f"{scrubbed(line)}\n" for line in bundle.lines),
        "diagnostics.json": scrubbed(json.dumps(bundle.diagnostics, indent=1)),
        "settings.json": scrubbed(json.dumps(bundle.settings, indent=1)),
        "about.json": scrubbed(json.dumps(bundle.about, indent=1)),
    }
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), text, zipfile.ZIP_DEFLATED)


def scrubbed(text: str) -> str:
    """The text without addresses, folders, keys and tokens."""
    text = _ADDRESS.sub("(address)", text)
    text = _QUERY.sub("", text)
    text = _FOLDER.sub("(folder)", text)
    return _SECRET.sub("(secret)", text)
