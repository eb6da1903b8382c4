import pytest

from arxiv_watch.config.cron import check_cron


@pytest.mark.parametrize(
    "text",
    [
        "17 5 * * mon-fri",
        "*/15 0-6,20 1 jan-mar *",
        "0 0 * * MON,Wed",
        "59 23 31 12 sun",
        "10-12/2 5 * 2/10 */6",
        "0 5 29 2 *",
        "0 5 30,31 feb,mar *",
    ],
)
def test_a_schedule_is_accepted(text: str) -> None:
    assert check_cron(f"  {text} ") == text.lower()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("17 5 * *", "has 4 fields"),
        ("@daily", "has 1 fields"),
        ("60 5 * * *", "'60' is not a valid minute; use 0 to 59"),
        ("17 24 * * *", "is not a valid hour"),
        ("17 5 0 * *", "is not a valid day of the month"),
        ("17 5 * foo *", "is not a valid month"),
        ("17 5 * * 1-5", "'1' is not a valid weekday; use mon, tue"),
        ("17 5 * * fri-mon", "runs backwards"),
        ("17 5 * * mon/", "is not a valid weekday"),
        ("17 5 * * mon-fri/2", "takes no step between names; list the weekdays"),
        ("17 5 1 jan-dec/6 *", "takes no step between names; list the months"),
        ("17 5 1 1-jan *", "takes no range from a name to a number"),
        ("17 5 1 jan-5 *", "takes no range from a name to a number"),
        ("*/90 5 * * *", "from 0 to 59 a minute's step is at most 59"),
        ("10-12/5 5 * * *", "from 10 to 12 a minute's step is at most 2"),
        ("58/5 5 * * *", "from 58 to 59 a minute's step is at most 1"),
        ("17 5 31/2 * *", "from 31 to 31 a day of the month's step is at most 0"),
        ("17,,18 5 * * *", "is not a valid minute"),
        ("0 5 31 2 *", "'0 5 31 2 \\*' is never due: no month of it has a day 31"),
        ("0 5 30-31 feb *", "no month of it has a day 30"),
        ("0 5 31 4,6,sep,nov *", "no month of it has a day 31"),
    ],
)
def test_an_invalid_schedule_is_refused_with_the_field(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        check_cron(text)
