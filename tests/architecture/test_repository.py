"""What must never stand in the repository: paths of a machine, package registries, secrets."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORBIDDEN = {
    "an address of a package registry": re.compile(
        r"https?://[\w.-]*(?:pypi|pythonhosted|registry|/simple/|maven2)", re.IGNORECASE
    ),
    "a path of somebody's machine": re.compile(r"(?<![\w.])/(?:work|root)/"),
    "a private key": re.compile("-----BEGIN [A-Z ]*PRIVATE" + " KEY"),
}
TOO_LARGE_BYTES = 1_500_000


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [ROOT / name for name in listing.stdout.split("\0") if name]


def test_tracked_files_hold_nothing_of_one_machine():
    found = []
    for path in tracked():
        if path.suffix in {".svg", ".png"} or path == Path(__file__) or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.name}: {what}" for what, p in FORBIDDEN.items() if p.search(text)]
    assert found == []


def test_tracked_files_are_small():
    assert [p.name for p in tracked() if p.is_file() and p.stat().st_size > TOO_LARGE_BYTES] == []


def test_the_lock_files_pin_every_package_by_hash():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        entries = re.findall(r"^[a-z0-9][^\s]*==", text, re.MULTILINE)
        hashed = re.findall(r"^[a-z0-9].*==.*(?:\\\n    --hash=sha256:[0-9a-f]{64}.*)+", text, re.M)
        assert len(entries) > 50
        assert len(hashed) == len(entries)
        assert "index-url" not in text
