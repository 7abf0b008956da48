"""Hours of a week in which a camera is recorded: read from a person's words, asked for a moment. Pure.

"mon-fri 07:00-18:00, sat 08:00-12:00"; Indonesian days too ("sen-jum"): kept with the English ones, shown with those
of the language in force, and either may be typed. A stretch that ends before it begins goes on
into the next day; one without days is meant for each day. Minutes count from Monday 00:00 of the camera's zone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from app.model.errors import OperatorError
from app.runtime.language import current_language
from app.runtime.language import gettext as _

DAY = 1440                  # minutes
WEEK = 7 * DAY
MOST = 50                   # stretches; a person's week has a handful
_DAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
         "sen": 0, "sel": 1, "rab": 2, "kam": 3, "jum": 4, "sab": 5, "min": 6}
_NAMES = tuple(_DAYS)[:7]
_SHOWN = {"id": dict(zip(_NAMES, tuple(_DAYS)[7:], strict=True))}      # English days -> those of another language
_ONE = re.compile(r"(?:([a-z]+)(?:-([a-z]+))? )?(\d{1,2})[:.](\d{2})-(\d{1,2})[:.](\d{2})")


@dataclass(frozen=True, slots=True)
class Hours:
    """``spans``: (first minute of the week, first minute after it), the second may lie beyond the week's end."""

    spans: tuple[tuple[int, int], ...] = ()
    text: str = ""

    def within(self, at: int, zone: tzinfo) -> bool:
        """Whether a moment (UTC, microseconds) lies in them, by the clock on the wall of that zone."""
        local = datetime.fromtimestamp(at / 1e6, UTC).astimezone(zone)
        minute = local.weekday() * DAY + local.hour * 60 + local.minute
        return any(begin <= minute < end or begin <= minute + WEEK < end for begin, end in self.spans)


def hours_of(text: str) -> Hours:
    """What the words mean. Raises OperatorError with a sentence that names the word that makes no sense."""
    spans: list[tuple[int, int]] = []
    words: list[str] = []
    for part in re.split(r"[,;]", text.casefold()):
        plain = re.sub(r"\s*[-–]\s*", "-", " ".join(part.split()))
        if not plain:
            continue
        match = _ONE.fullmatch(plain)
        if match is None or not _known(match):
            raise OperatorError(_("“{part}” are no hours. Write them as: mon-fri 07:00-18:00, sat 08:00-12:00").format(
                part=part.strip()))
        first = _DAYS[match[1]] if match[1] else 0
        last = _DAYS[match[2]] if match[2] else first if match[1] else 6
        begin, end = int(match[3]) * 60 + int(match[4]), int(match[5]) * 60 + int(match[6])
        end += DAY if end <= begin else 0
        day = first
        for _day in range((last - first) % 7 + 1):
            spans.append((day * DAY + begin, day * DAY + end))
            day = (day + 1) % 7
        days = "" if not match[1] else _NAMES[first] + (f"-{_NAMES[last]}" if last != first else "") + " "
        words.append(f"{days}{begin // 60:02d}:{begin % 60:02d}-{int(match[5]):02d}:{int(match[6]):02d}")
    if not words:
        raise OperatorError(_("A schedule needs hours, such as mon-fri 07:00-18:00."))
    if len(words) > MOST:
        raise OperatorError(_("A schedule has at most {most} stretches.").format(most=MOST))
    return Hours(tuple(sorted(spans)), ", ".join(words))


def in_words(text: str) -> str:
    """Hours as they are kept, with the days of the language in force; ``hours_of`` reads both."""
    names = _SHOWN.get(current_language(), {})
    return re.sub(r"[a-z]+", lambda day: names.get(day[0], day[0]), text)


def _known(match: re.Match[str]) -> bool:
    begin, end = (int(match[3]), int(match[4])), (int(match[5]), int(match[6]))
    return (match[1] is None or match[1] in _DAYS) and (match[2] is None or match[2] in _DAYS) and all(
        (hour < 24 and minute < 60) or (hour, minute) == (24, 0) for hour, minute in (begin, end)) and begin < (24, 0)
