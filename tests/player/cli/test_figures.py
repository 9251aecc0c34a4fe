"""Diagnostics and limits as people read them."""

import msgspec
import pytest

from player.cli.figures import figure_lines, limit_lines, spark
from player.playback.diagnostics.report import Report
from player.screens.fake_figures import figures
from player.widgets.model import PlayerState, Quality

STATE = PlayerState(
    sink="null", buffer_s=48.0, quality=Quality("aac", 320, reason="no reason to change")
)


@pytest.mark.parametrize(
    ("quality", "metered", "plan", "line"),
    [
        ("auto", False, 0, "quality: follows the link"),
        ("auto", True, 320, "quality: metered · your plan allows 320 kbps"),
        ("160", False, 0, "quality: always 160 kbps"),
        ("saver", True, 160, "quality: data saver · metered · your plan allows 160 kbps"),
    ],
)
def test_limits(quality, metered, plan, line):
    assert limit_lines({"quality": quality, "metered": metered, "plan_kbps": plan}) == [line]


def test_figures_of_an_evening():
    text = "\n".join(figure_lines(figures(STATE)))
    for said in (
        "48 s of 120", "1 stalls, 0.8 s", "1,940 kb/s, within a factor of 1.20", "latency 42 ms",
        "aac 96 160 [320]", "96 to 320", "1:14", "214, 1 given up", "9.4 MB came",
        "0.3 MB never heard (3 %)", "71 % of 100", "decoding a piece 3.1 ms", "1.1 % of a core",
        "64.0 MB", "1:02:05",
    ):  # fmt: skip
        assert said in text, said


def test_an_engine_that_has_done_nothing_yet():
    text = "\n".join(figure_lines(msgspec.to_builtins(Report())))
    assert "nothing measured yet" in text
    assert "not asked" in text


def test_bars():
    assert spark([0, 60, 120, 500], 120) == "▁▅██"
    assert spark([1.0], 0) == ""
