"""What a pane says in words: causes (app.runtime.reasons), ages, counts and times of day.

Texts are looked up in the operator's language whenever they are shown, so a switch of language needs no restart.
"""

from __future__ import annotations

from collections.abc import Callable

from app.model.pane import PaneReport, PaneState, Saving
from app.runtime.language import current_language
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_
from app.runtime.reasons import REASONS as REASONS
from app.runtime.reasons import reason_for

type LocalTime = Callable[[float], tuple[str, str]]
"""Epoch seconds -> ("21:14:08", "WITA"): the time in the room's zone and the zone's name."""


def what_happened(cause: str, number: str) -> str:
    """"No route to the camera", in the operator's language."""
    return _(reason_for(cause).what).format(number=number)


def how_to_mend(cause: str, number: str) -> str:
    """"Update it in Camera ▸ Edit", or "" when there is nothing to do but wait."""
    mend = reason_for(cause).mend
    return _(mend).format(number=number) if mend else ""


def span(seconds: float) -> str:
    """mm:ss counting up; from one hour on h:mm:ss, from four days on whole days would not be read from afar either."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"


def decimal(value: float) -> str:
    """One decimal, with the comma of Indonesian or the point of English."""
    text = f"{value:.1f}"
    return text.replace(".", ",") if current_language() == "id" else text


def in_words(value: float) -> str:
    """A number as short as it is, with the comma of Indonesian or the point of English: 2,5 or 40."""
    text = f"{value:g}"
    return text.replace(".", ",") if current_language() == "id" else text


SAVINGS: dict[Saving, tuple[str, str]] = {
    Saving.SUB: (N_("Small stream · saving"), N_("Saving")),
    Saving.FEWER: (N_("Fewer pictures · saving"), N_("Saving")),
    Saving.KEYS: (N_("Key frames only · saving"), N_("Key frames")),
}


def state_texts(report: PaneReport) -> tuple[str, str, str]:
    """The words of a state for its tag, from long to short; all empty when there is nothing to say."""
    match report.state:
        case PaneState.LIVE if report.saving:
            long, short = SAVINGS[report.saving]
            return _(long), _(short), ""
        case PaneState.LATE:
            number = decimal(report.age)
            return _("Late {seconds} s").format(seconds=number), _("{seconds} s").format(seconds=number), number
        case PaneState.FROZEN:
            age = span(report.age)
            return _("Frozen {age}").format(age=age), _("Frozen {age}").format(age=age), age
        case PaneState.LOST if report.cause == "no-recording":
            return "", "", ""           # a gap of the past is no loss of now
        case PaneState.LOST:
            age = span(report.age)
            return _("Lost {age}").format(age=age), _("Lost {age}").format(age=age), age
        case PaneState.REFUSED:
            return _("Refused"), _("Refused"), ""
    return "", "", ""


def retry_text(report: PaneReport) -> str:
    """"trying again in 4 s", "trying again" at the very moment, "" when nothing is scheduled."""
    if report.retry_in is None:
        return ""
    seconds = int(report.retry_in + 0.999)
    return _("trying again in {seconds} s").format(seconds=seconds) if seconds > 0 else _("trying again")


def live_count(live: int, total: int) -> str:
    """"47 of 49 live"."""
    return _("{live} of {total} live").format(live=live, total=total)


def worst_delay(seconds: float) -> str:
    """"worst 3 s"; whole seconds, it is read from afar."""
    return _("worst {seconds} s").format(seconds=round(seconds))
