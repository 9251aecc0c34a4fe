"""Gates that no linter holds: length of files, and names that say nothing."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("player", "sync", "drm", "cache", "server_stub")
MODULES = sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py"))
EMPTY_NAMES = {"utils", "util", "common", "helpers", "misc", "base", "manager"}


@pytest.mark.parametrize("module", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_stays_readable(module):
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 400
    assert module.stem not in EMPTY_NAMES


def test_no_installed_distribution_claims_our_package_names():
    from importlib.metadata import packages_distributions

    owners = packages_distributions()
    for package in PACKAGES:
        assert set(owners.get(package, ["segue"])) <= {"segue"}
