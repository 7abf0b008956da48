"""Every setting, declared once: key, type, default, bounds, title. Where they are kept is the registry's business.

Runs on: any thread; nothing here changes after import. Titles are translated when shown.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from app.model.errors import OperatorError
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_

type Value = bool | int | float | str


_LOOK = N_("Language and look")
_PANES = N_("Panes")
_TRUTH = N_("When a picture counts as live")
_STREAMS = N_("Streams and decoding")
_TOURS = N_("Tours and shifts")
_RECORDING = N_("Recording")
_STEERING = N_("Steering")
_EVENTS = N_("Events of cameras")
_KIOSK = N_("Kiosk")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. ``kind`` is bool, int, float or str; ``least``/``most`` bound numbers, ``choices`` bounds texts.

    ``group`` and ``help`` are texts of the settings page, ``words`` what each of ``choices`` is called there, ``unit``
    stands behind a number's field. ``live``: takes effect at once, else at the next start. ``above``: key of a
    setting that this one may not fall below. A setting without group is kept, not shown: another part of the program
    changes it. ``secret``: its value is sealed and stays out of the change log. ``raw``: what the file holds
    reaches its reader also when it makes no sense, who would take the default for somebody's choice.
    """

    key: str
    kind: type
    default: Value
    title: str
    least: float = -math.inf
    most: float = math.inf
    choices: tuple[str, ...] = ()
    group: str = ""
    help: str = ""
    unit: str = ""
    words: tuple[str, ...] = ()
    live: bool = True
    above: str = ""
    secret: bool = False
    raw: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("window.language", str, "system", N_("Language"), choices=("system", "id", "en"), group=_LOOK,
            words=(N_("as the system speaks"), N_("Bahasa Indonesia"), N_("English")),
            help=N_("The words of every window, menu and message.")),
    Setting("window.theme", str, "dark", N_("Theme"), choices=("dark", "light"), group=_LOOK,
            words=(N_("dark, for control rooms"), N_("light, for daylight rooms")),
            help=N_("Wall windows stay dark in both.")),
    Setting("window.zone", str, "system", N_("Time zone"), choices=("system", "WIB", "WITA", "WIT"), group=_LOOK,
            words=(N_("as the machine stands"), N_("WIB, western Indonesia"), N_("WITA, central Indonesia"),
                   N_("WIT, eastern Indonesia")),
            help=N_("The zone in which times of day are shown; they are kept in UTC.")),
    Setting("window.awake", bool, True, N_("Keep the screens on while a wall fills one"), group=_LOOK,
            help=N_("Holds off the desktop's screen saver. Locking by hand still works.")),
    Setting("pane.header", str, "always", N_("Pane header"), choices=("always", "hover", "wrong"), group=_PANES,
            words=(N_("always"), N_("under the pointer, or when something is wrong"), N_("when something is wrong")),
            help=N_("When number and name of a camera stand over its picture.")),
    Setting("pane.fit", str, "fit", N_("Picture in its pane"), choices=("fit", "fill", "stretch"), group=_PANES,
            words=(N_("whole, with bars"), N_("cut to fill the pane"), N_("stretched to the pane")),
            help=N_("For all windows now and for new ones; a window can be changed by itself from the palette.")),
    Setting("pane.wheel", str, "digital", N_("Mouse wheel on a PTZ pane"), choices=("digital", "optical"), group=_PANES,
            words=(N_("enlarges the picture"), N_("zooms the camera")),
            help=N_("Panes of cameras that cannot be steered always enlarge the picture.")),
    # The defaults of app.video.freshness.Limits.
    Setting("freshness.live_seconds", float, 1.5, N_("A picture counts as live for"), 0.5, 10.0, group=_TRUTH,
            unit=N_("s"), help=N_("So long after the last new picture a pane still counts as live.")),
    Setting("freshness.late_seconds", float, 1.5, N_("A picture is late when behind by"), 0.3, 10.0, group=_TRUTH,
            unit=N_("s"), help=N_("From this delay on the pane shows how far behind it is.")),
    Setting("freshness.frozen_seconds", float, 3.0, N_("A picture is frozen without news for"), 1.0, 60.0, group=_TRUTH,
            unit=N_("s"), above="freshness.live_seconds",
            help=N_("After so long without a new picture the pane is dimmed and framed in red.")),
    # Pane heights in device pixels: up to the low one the sub stream is enough, from the high one on main is taken
    # again; between them the stream stays. Nx Witness: 240 lines / 1.4, and 1.34 times that (app.video.choice).
    Setting("stream.low_pixels", int, 171, N_("Small stream up to a pane height of"), 64, 4320, group=_STREAMS,
            unit=N_("px"), help=N_("Panes up to this height are content with the camera's small stream.")),
    Setting("stream.high_pixels", int, 229, N_("Large stream from a pane height of"), 64, 4320, group=_STREAMS,
            unit=N_("px"), above="stream.low_pixels",
            help=N_("From this height on the large stream is taken; between the two a pane keeps what it has.")),
    # What libVLC holds back against jitter (file-caching); each millisecond is delay on the screen. Measured good from
    # 20 on when the feed marks the end of each picture.
    Setting("decoder.caching_ms", int, 30, N_("Picture buffer"), 20, 2000, group=_STREAMS, unit=N_("ms"), live=False,
            help=N_("Held back against uneven networks; every millisecond is delay on the screen.")),
    Setting("decoder.hardware", bool, True, N_("Decode on the graphics card"), group=_STREAMS, live=False,
            help=N_("Large pictures only, and only where there is a card that can.")),
    Setting("tour.idle_seconds", int, 60, N_("A touched tour goes on after"), 0, 3600, group=_TOURS, unit=N_("s"),
            help=N_("A hand on a window pauses its tour; after so long without one it goes on. 0: only by T.")),
    Setting("tour.grace_seconds", int, 5, N_("A page waits for its cameras up to"), 0, 60, group=_TOURS, unit=N_("s"),
            help=N_("The next page is opened beforehand; when a camera is not live in time, the page waits so long.")),
    Setting("tour.weight_red", int, 3, N_("Least seen first: red alleys count"), 1, 20, group=_TOURS, unit=N_("times"),
            help=N_("A camera in a red-class area comes up so many times as often as one without a class.")),
    Setting("tour.weight_yellow", int, 2, N_("Least seen first: yellow alleys count"), 1, 20, group=_TOURS,
            unit=N_("times"), help=N_("The same for a yellow-class area.")),
    Setting("tour.shifts", str, "07-15-23", N_("Shifts begin at"), group=_TOURS,
            help=N_("Hours of the room's zone, as 07-15-23; the list of cameras not seen counts by them.")),
    Setting("recording.on", bool, True, N_("Record every camera on a wall"), group=_RECORDING,
            help=N_("From the stream that is shown anyway: cameras have no second connection. Without sound.")),
    Setting("recording.minutes", int, 5, N_("Of every camera on a wall keep the last"), 1, 1440, group=_RECORDING,
            unit=N_("min"), help=N_("What is older goes, unless a bookmark holds it.")),
    Setting("recording.tags", str, "", N_("Record always, shown or not, the tags"), group=_RECORDING,
            help=N_("Tags with commas between, as gate, river.")),
    Setting("recording.days", int, 7, N_("Of these keep the last"), 1, 1826, group=_RECORDING, unit=N_("days"),
            help=N_("Five years are 1826 days; main.py storage plan tells what they take.")),
    Setting("recording.folder", str, "", N_("Folder for recordings"), group=_RECORDING,
            help=N_("Empty: in this user's data folder. A place that is not mounted is never written over.")),
    Setting("recording.quota_gb", float, 2.0, N_("Recordings may take"), 0.1, 1_000_000.0, group=_RECORDING,
            unit=N_("GB"), help=N_("Beyond it the oldest that nothing holds goes first.")),
    Setting("recording.free_gb", float, 1.0, N_("Leave free on that disk"), 0.05, 100_000.0, group=_RECORDING,
            unit=N_("GB"), help=N_("The same when the disk itself gets full.")),
    Setting("recording.seconds", int, 60, N_("One file lasts"), 10, 300, group=_RECORDING, unit=N_("s"),
            help=N_("Files are cut at key pictures.")),
    Setting("bookmark.before", int, 60, N_("A bookmark holds before its moment"), 5, 3600, group=_RECORDING,
            unit=N_("s"), help=N_("So much is kept until the bookmark is deleted, if it was recorded.")),
    Setting("bookmark.after", int, 60, N_("A bookmark holds after its moment"), 5, 3600, group=_RECORDING,
            unit=N_("s"), help=N_("The same for what comes after it.")),
    Setting("bookmark.categories", str, "flood, crime, traffic, rubbish, fire, medical, unrest, other",
            N_("Categories of bookmarks"), group=_RECORDING, help=N_("Words with commas between.")),
    Setting("replay.seconds", int, 10, N_("Replay goes back"), 2, 300, group=_RECORDING, unit=N_("s"),
            help=N_("What the space bar shows of the selected pane; less than a few seconds is not on disk yet.")),
    Setting("evidence.authority", str, "", N_("Time stamp authority"), group=_RECORDING,
            help=N_("Address (RFC 3161) that stamps the signature of each package; empty: none is asked.")),
    # Of viewing copies, as app.evidence.zones writes them: main.py station blur.
    Setting("evidence.zones", str, "", N_("Privacy zones")),
    Setting("recording.event_before", int, 15, N_("An event keeps before it"), 5, 300, group=_RECORDING, unit=N_("s"),
            help=N_("Of cameras that are recorded around events.")),
    Setting("recording.event_after", int, 60, N_("An event keeps after it"), 5, 3600, group=_RECORDING, unit=N_("s"),
            help=N_("The same for what comes after it.")),
    # Who is recorded when, as app.recording.rules writes it: main.py record rules, and the form of a camera.
    Setting("recording.rules", str, "", N_("Rules of recording"), raw=True),
    Setting("replay.beside", bool, False, N_("In replay, show the live picture in the corner"), group=_RECORDING,
            help=N_("Of the selected pane; it costs one more picture to decode.")),
    Setting("timeline.always", bool, False, N_("Timeline always below the wall"), group=_RECORDING,
            help=N_("Otherwise it is there while a pane shows the past.")),
    # Further places for recordings, as app.recording.roots writes them: main.py storage add, and the page of settings.
    Setting("recording.roots", str, "", N_("Further places for recordings")),
    # The mark of the disk that recordings lie on, as JSON by folder: kept by the recording itself.
    Setting("recording.marks", str, "", N_("Marks of recording places")),
    # Whose recordings are these: made once, goes with the register, stands in the mark of its place.
    Setting("recording.register", str, "", N_("Mark of this register")),
    Setting("ptz.release_seconds", int, 5, N_("A camera is free again after"), 5, 120, group=_STEERING, unit=N_("s"),
            help=N_("So long after the last input; 15 where several rooms share cameras.")),
    Setting("ptz.home_seconds", int, 0, N_("A camera left away goes home after"), 0, 86400, group=_STEERING,
            unit=N_("s"), help=N_("When nobody moved it for so long. 0: it stays where it was left.")),
    Setting("ptz.resume_seconds", int, 60, N_("A patrol goes on after"), 0, 3600, group=_STEERING, unit=N_("s"),
            help=N_("A hand on the camera suspends its patrol for so long. 0: it ends.")),
    Setting("ptz.priority", int, 100, N_("Priority of this station when steering"), 1, 254, group=_STEERING,
            help=N_("1 is the highest. A camera is taken over only from somebody with a larger number.")),
    # The defaults of app.stick.shaping.
    Setting("stick.on", bool, True, N_("Steer with a joystick or gamepad"), group=_STEERING,
            help=N_("Seen as soon as it is plugged in. Twisting zooms; on a gamepad the right stick does.")),
    Setting("stick.dead_percent", int, 5, N_("A stick rests within"), 0, 50, group=_STEERING, unit=N_("%"),
            help=N_("So far from its centre it counts as let go; more for worn sticks.")),
    Setting("stick.curve", float, 1.7, N_("Bend of a stick's speed"), 1.0, 4.0, group=_STEERING,
            help=N_("1 is even; more makes it finer near the centre.")),
    Setting("stick.swapped", bool, False, N_("A stick pushed away looks down"), group=_STEERING,
            help=N_("As a pilot's stick does; else it looks up.")),
    Setting("stick.buttons", str, "1=ptz.stop, 2=ptz.home, 3=ptz.autofocus, 4=ptz.wiper, 5=ptz.slower, 6=ptz.faster",
            N_("Buttons of a stick"), group=_STEERING,
            help=N_("Number and command with commas between, as 1=ptz.stop, 2=ptz.preset_1.")),
    Setting("events.hear", str, "wall", N_("Listen to cameras"), choices=("wall", "off"), group=_EVENTS,
            words=(N_("that are on a wall"), N_("not at all")),
            help=N_("Motion, tampering and digital inputs, as the cameras notice them by themselves (ONVIF).")),
    Setting("events.tags", str, "", N_("Listen always, shown or not, to the tags"), group=_EVENTS,
            help=N_("Tags with commas between, as gate, river.")),
    Setting("events.most", int, 64, N_("Listen to at most"), 1, 128, group=_EVENTS, unit=N_("cameras"),
            help=N_("Those on walls come first. Each takes one of the four to eight places that a camera has.")),
    Setting("events.seconds", int, 30, N_("Motion and inputs count for"), 5, 3600, group=_EVENTS, unit=N_("s"),
            help=N_("So long a pane bears its mark after the last word of it; tampering stays until acknowledged.")),
    # Kept by the tours themselves: which ran on which window, so that a restart goes on with them.
    Setting("tour.running", str, "", N_("Running tours")),
    # Kept by app.kiosk and the docks; they have controls of their own.
    Setting("kiosk.on", bool, False, N_("Kiosk is on")),
    Setting("kiosk.password", str, "", N_("Kiosk password"), secret=True),
    Setting("docks.kept", str, "", N_("Docks")),
    Setting("cameras.list", str, "", N_("Camera list")),
    Setting("import.mapping", str, "", N_("Columns of imported lists")),
)

BY_KEY: Mapping[str, Setting] = {setting.key: setting for setting in SETTINGS}


def groups() -> dict[str, tuple[Setting, ...]]:
    """The settings that are shown, by their group's English text, in order."""
    found: dict[str, list[Setting]] = {}
    for setting in SETTINGS:
        if setting.group:
            found.setdefault(setting.group, []).append(setting)
    return {group: tuple(rows) for group, rows in found.items()}


def declared(key: str) -> Setting:
    """The setting of that key. Raises OperatorError when there is none."""
    if key not in BY_KEY:
        raise OperatorError(_("There is no setting {key}.").format(key=key))
    return BY_KEY[key]


def checked(key: str, value: object) -> Value:
    """The value in the setting's own type. Raises OperatorError with a sentence when it is of no use."""
    setting = declared(key)
    if setting.kind is bool or setting.kind is str:
        if not isinstance(value, setting.kind):
            raise OperatorError(_wrong_type(setting))
        if setting.choices and value not in setting.choices:
            raise OperatorError(_("{title}: choose one of {choices}.").format(
                title=_(setting.title), choices=", ".join(setting.choices)))
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise OperatorError(_wrong_type(setting))
    if setting.kind is int and value != int(value):
        raise OperatorError(_wrong_type(setting))
    if not setting.least <= value <= setting.most:
        raise OperatorError(_("{title}: from {least:g} to {most:g}.").format(
            title=_(setting.title), least=setting.least, most=setting.most))
    return int(value) if setting.kind is int else float(value)


def checked_among(key: str, value: object, others: Mapping[str, Value]) -> Value:
    """Like ``checked``, and in its place among the values that belong to it: a low mark stays below its high one.

    Raises OperatorError with a sentence.
    """
    kept = checked(key, value)
    for setting in SETTINGS:
        if not setting.above or key not in (setting.key, setting.above):
            continue
        low, high = ({**others, key: kept}[name] for name in (setting.above, setting.key))
        if float(low) > float(high):
            raise OperatorError(_("“{high}” may not be below “{low}”.").format(
                high=_(setting.title), low=_(BY_KEY[setting.above].title)))
    return kept


def from_json(key: str, text: str) -> Value | None:
    """What was kept, or None when it no longer makes sense (edited by hand, or written by another version)."""
    try:
        return checked(key, json.loads(text))
    except (OperatorError, ValueError, RecursionError):
        return None


def _wrong_type(setting: Setting) -> str:
    if setting.kind is bool:
        return _("{title}: yes or no.").format(title=_(setting.title))
    if setting.kind is str:
        return _("{title}: a text is needed.").format(title=_(setting.title))
    if setting.kind is int:
        return _("{title}: a whole number is needed.").format(title=_(setting.title))
    return _("{title}: a number is needed.").format(title=_(setting.title))
