"""Preconditions and their precedence, as tables."""

import pytest

from server_stub.api.conditions import (
    Validators,
    Verdict,
    evaluate,
    matches,
    parse_date,
    quoted,
    range_applies,
)

DATE = "Tue, 14 Nov 2023 22:13:20 GMT"
OLDER = "Tue, 14 Nov 2023 22:13:19 GMT"
NEWER = "Tue, 14 Nov 2023 22:13:21 GMT"
NOW = Validators('"a"', 1_700_000_000.7)
GO, SAME, FAILED = Verdict.PROCEED, Verdict.NOT_MODIFIED, Verdict.FAILED


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({}, GO),
        ({"if-match": '"a"'}, GO),
        ({"if-match": '"b", "a"'}, GO),
        ({"if-match": "*"}, GO),
        ({"if-match": '"b"'}, FAILED),
        ({"if-match": 'W/"a"'}, FAILED),
        ({"if-match": "a"}, FAILED),
        ({"if-match": ""}, FAILED),
        ({"if-match": '"a"', "if-unmodified-since": OLDER}, GO),
        ({"if-unmodified-since": DATE}, GO),
        ({"if-unmodified-since": NEWER}, GO),
        ({"if-unmodified-since": OLDER}, FAILED),
        ({"if-unmodified-since": "yesterday"}, GO),
        ({"if-none-match": '"a"'}, SAME),
        ({"if-none-match": 'W/"a"'}, SAME),
        ({"if-none-match": '"x", "a"'}, SAME),
        ({"if-none-match": "*"}, SAME),
        ({"if-none-match": '"b"'}, GO),
        ({"if-none-match": '"b"', "if-modified-since": DATE}, GO),
        ({"if-modified-since": DATE}, SAME),
        ({"if-modified-since": NEWER}, SAME),
        ({"if-modified-since": OLDER}, GO),
        ({"if-modified-since": "14.11.2023"}, GO),
        ({"if-match": '"b"', "if-none-match": '"a"'}, FAILED),
        ({"if-match": '"a"', "if-none-match": '"a"'}, SAME),
        ({"if-unmodified-since": OLDER, "if-none-match": '"a"'}, FAILED),
    ],
)
def test_precedence(fields, verdict):
    assert evaluate(fields, NOW) is verdict


@pytest.mark.parametrize(
    ("field", "applies"),
    [
        (None, True),
        ('"a"', True),
        ('"b"', False),
        ('W/"a"', False),
        (DATE, True),
        (OLDER, False),
        (NEWER, False),
        ("nonsense", False),
    ],
)
def test_if_range(field, applies):
    assert range_applies(field, NOW) is applies


def test_a_weak_tag_never_allows_a_range():
    assert not range_applies('W/"a"', Validators('W/"a"'))
    assert not matches('W/"a"', 'W/"a"', weak=False)


def test_without_a_date_dates_say_nothing():
    undated = Validators('"a"')
    assert evaluate({"if-modified-since": DATE}, undated) is GO
    assert not range_applies(DATE, undated)
    assert undated.last_modified_field is None
    assert NOW.last_modified_field == DATE


@pytest.mark.parametrize(
    "text", [DATE, "Tuesday, 14-Nov-23 22:13:20 GMT", "Tue Nov 14 22:13:20 2023"]
)
def test_all_three_forms_of_a_date(text):
    assert parse_date(text) == 1_700_000_000


def test_a_tag_list_breaks_off_at_what_is_no_tag():
    assert matches('"a", x', '"a"', weak=True)
    assert not matches('x, "a"', '"a"', weak=True)
    assert matches('"a,b"', '"a,b"', weak=True)


def test_quotes_are_added_once():
    assert quoted("a") == '"a"' == quoted('"a"')
    assert quoted('W/"a"') == 'W/"a"'
