"""The stage, on the path of every test of the edge."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pytest
from stage import Stage


@pytest.fixture
def stage():
    return Stage()
