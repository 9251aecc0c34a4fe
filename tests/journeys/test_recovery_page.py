"""The page for people says what the table of faults says."""

from pathlib import Path

from player.playback import download, recovery, sound_care
from tests.journeys.fault_table import ROWS

PAGE = (Path(__file__).parents[2] / "docs" / "recovery.md").read_text(encoding="utf-8")


def test_the_page_has_every_row_of_the_table_and_no_other():
    lines = [line for line in PAGE.splitlines() if line.startswith("| ")]
    told = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]
    assert told == [[row.name, row.heard, row.seen or "—", row.remedy or "—"] for row in ROWS]


def test_names_of_rows_are_different():
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_the_numbers_of_the_page_are_those_of_the_code():
    numbers = recovery.BackoffNumbers()
    assert (numbers.first_s, numbers.most_s, numbers.long_s) == (0.5, 20, 60)
    assert (numbers.quiet_s, numbers.patience_s) == (2, 600)
    assert (download.SILENCE_S, download.SILENCE_MOST_S, download.LONELY_TRIES) == (3, 12, 12)
    assert (sound_care.FIRST_TRY_S, sound_care.TRY_MOST_S, sound_care.GIVE_UP_S) == (1, 30, 600)
    assert recovery.OWN_TRIES == 4
