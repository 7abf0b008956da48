"""What the timeline says: causes of gaps, lengths, moments. Texts are looked up when shown."""

from __future__ import annotations

from datetime import UTC, datetime

from app.model.clip import Gap, GapCause
from app.playback.scale import DAY, HOUR, MINUTE
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_
from app.runtime.language import ngettext
from app.runtime.zone import Zone

_CAUSES = {
    GapCause.CAMERA_LOST: N_("camera lost"),
    GapCause.NOT_WANTED: N_("not to be recorded"),
    GapCause.DISK_FULL: N_("disk full"),
    GapCause.DISK_SLOW: N_("disk too slow"),
    GapCause.DISK_GONE: N_("disk gone"),
    GapCause.STORAGE_AWAY: N_("storage away"),
    GapCause.STOPPED: N_("program ended"),
    GapCause.CRASHED: N_("program fell"),
    GapCause.CLOCK_STEP: N_("clock was set"),
    GapCause.NO_KEY_PICTURE: N_("no key picture"),
    GapCause.DELETED: N_("deleted to make room"),
    GapCause.DAMAGED: N_("damaged"),
    GapCause.UNKNOWN: N_("cause unknown"),
}


def cause_text(gap: Gap) -> str:
    """"Gap 00:12 · camera lost"."""
    return _("Gap {length} · {cause}").format(length=length_text(gap.t1 - gap.t0), cause=_(_CAUSES[gap.cause]))


def length_text(us: int) -> str:
    """mm:ss, from an hour on h:mm:ss."""
    minutes, seconds = divmod(us // 1_000_000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"


def width_text(us: int) -> str:
    """How long a stretch the timeline shows: "10 minutes", "3 hours", "30 days"."""
    if us < HOUR:
        return ngettext("{count} minute", "{count} minutes", us // MINUTE).format(count=us // MINUTE)
    if us < DAY:
        return ngettext("{count} hour", "{count} hours", us // HOUR).format(count=us // HOUR)
    return ngettext("{count} day", "{count} days", us // DAY).format(count=us // DAY)


def speed_text(eighths: int) -> str:
    """"¼×", "1×", "−2×"."""
    sign, speed = ("−" if eighths < 0 else ""), abs(eighths)
    return f"{sign}{ {1: '⅛', 2: '¼', 4: '½'}.get(speed, str(speed // 8)) }×".replace(" ", "")


def date_text(at: int, zone: Zone) -> str:
    """"Sat 21 Nov 21:01:12 WITA", as the title bar writes dates."""
    moment = datetime.fromtimestamp(at / 1e6, UTC).astimezone(zone.zoneinfo)
    days = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return f"{days[moment.weekday()]} {moment.day} {months()[moment.month - 1]} {moment:%H:%M:%S} {zone.value}"


def months() -> tuple[str, ...]:
    """The months as they are written beside a day."""
    return (_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun"), _("Jul"), _("Aug"), _("Sep"), _("Oct"),
            _("Nov"), _("Dec"))


def clock_text(at: int, zone: Zone) -> str:
    """"21:01:10" of the room's zone."""
    return f"{datetime.fromtimestamp(at / 1e6, UTC).astimezone(zone.zoneinfo):%H:%M:%S}"
