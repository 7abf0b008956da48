"""``main.py cameras test NUMBER``: one camera tried step by step, each with its time, and what to do where it fails."""

from __future__ import annotations

import argparse
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.cli.options import add_common
from app.cli.rekey import unlock_in_terminal
from app.devices.asker import SHOWN, TRUSTED
from app.model.camera import Camera, StreamRole
from app.model.device import DeviceFacts
from app.model.errors import CameraError, OperatorError
from app.registry.registry import Registry, vault_of_this_user
from app.runtime import paths
from app.runtime.certificates import CHANGED, UNKNOWN, pin_in, shown_by
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from app.runtime.reasons import reason_for
from app.video.trying import Attempt, Trying

REACH_S = 3.0               # a host on the same continent answers within 0.3 s
WRONG_CLOCK_S = 60.0        # beyond it recordings and events bear wrong times; logins are made in the camera's time
_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}
_CODECS = {"h264": "H.264", "hevc": "H.265", "jpeg": "JPEG"}
_AFTER = {"": "clock", "clock": "login", "login": "profiles", "profiles": "ptz"}
_LOGIN = ("unauthorised", "forbidden")


def add(verbs: Any) -> None:
    """The verb, below ``cameras``."""
    parser = verbs.add_parser("test", help=_("try one camera step by step"), description=_(
        "Reaches the camera, compares its clock, logs in, reads its profiles, opens its streams and asks whether it "
        "can be steered. A refused password is not tried again."))
    parser.add_argument("number", metavar="NUMBER", help=_("the camera's call-up number"))
    parser.add_argument("--trust", metavar="FINGERPRINT", default="", help=_(
        "trust the certificate of an https device, if it is the one with this SHA-256 fingerprint"))
    add_common(parser, below=True)
    parser.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    trusted = pin_in(given.trust) if given.trust else ""
    camera, pin = _camera(given)

    def keep(shown: str) -> None:
        with Registry.open(given.registry or paths.registry_path()) as registry:
            registry.device_facts.put(camera.id, TRUSTED, {"sha256": shown})
            registry.device_facts.forget(camera.id, SHOWN)
    return try_camera(camera, pin, trusted, keep)


def try_camera(camera: Camera, pin: str = "", trusted: str = "", keep: Callable[[str], None] = lambda _pin: None
               ) -> int:
    """Prints each step as it ends; 0 when all that the camera should do was done, else 1.

    ``pin``: its certificate as it was trusted before; ``trusted``: the one that is trusted now, which ``keep`` keeps
    when it is really shown.
    """
    trial = Trial(camera, lambda text: print(text, flush=True), pin, trusted, keep)
    print(f"{camera.label}  {camera.name}", flush=True)
    return 0 if trial.run() else 1


class Trial:
    """The steps in their order; ``say`` gets each line."""

    def __init__(self, camera: Camera, say: Callable[[str], None], pin: str = "", trusted: str = "",
                 keep: Callable[[str], None] = lambda _pin: None) -> None:
        self._camera, self._say = camera, say
        self._pin, self._trusted, self._keep = pin, trusted, keep
        self._good, self._refused = True, False
        self._began = 0.0

    def run(self) -> bool:
        """False when a step failed."""
        service = self._camera.device.service
        streams = [stream for role in StreamRole if (stream := self._camera.stream(role)) is not None]
        if not service and not streams:
            self._fail(_("Reach"), _("This camera has no address"), _("Give its stream address in Camera ▸ Edit"))
            return False
        if not self._reach(service or streams[0].url):
            return False
        if service and not (service.startswith("https:") and not self._certificate(service)):
            self._learn(service)
        elif service:
            self._pass(_("ONVIF"), _("not asked: its certificate is not trusted"))
        else:
            self._pass(_("ONVIF"), _("no address: clock, profiles and steering are not known"))
        for stream in streams:
            if self._refused:
                self._pass(self._picture(stream.role), _("not tried: the password was refused"))
                continue
            credentials = self._camera.credentials
            self._tell_picture(stream.role, Trying(stream.url, credentials, stream.transport.value).run())
        return self._good

    # --- steps ---

    def _reach(self, address: str) -> bool:
        from app.video.causes import cause_of  # libav is slow to load, and the other verbs need none
        parts = urlsplit(address)
        began = time.monotonic()
        try:
            port = parts.port or _PORTS.get(parts.scheme, 80)
            socket.create_connection((parts.hostname or "", port), REACH_S).close()
        except (OSError, ValueError) as error:
            self._cause(_("Reach"), cause_of(error).cause if isinstance(error, OSError) else "bad-address", began)
            return False
        self._done(_("Reach"), f"{parts.hostname}:{port}", began)
        return True

    def _certificate(self, service: str) -> bool:
        """Whether the device shows the certificate that is trusted; nothing else is said to it before."""
        parts, began = urlsplit(service), time.monotonic()
        try:
            shown = shown_by(parts.hostname or "", parts.port or _PORTS["https"], REACH_S)
        except (CameraError, ValueError) as error:
            self._cause(_("Certificate"), error.cause if isinstance(error, CameraError) else "bad-address", began)
            return False
        if self._trusted and self._trusted == shown != self._pin:
            self._pin = shown
            self._keep(shown)
        if shown == self._pin:
            self._done(_("Certificate"), shown, began)
            return True
        reason = reason_for(CHANGED if self._pin else UNKNOWN)
        self._fail(_("Certificate"), f"{_(reason.what)}: {shown}", _(
            "Compare it, then trust it with: cameras test {number} --trust {pin}").format(
                number=self._camera.number, pin=shown), time.monotonic() - began)
        return False

    def _learn(self, service: str) -> None:
        from app.devices.learning import learn  # as is zeep
        reached = ""
        self._began = time.monotonic()

        def step(name: str, facts: DeviceFacts) -> None:
            nonlocal reached
            reached = name
            self._done(self._title(name), self._words(name, facts), self._began)
            self._began = time.monotonic()
        try:
            learn(service, self._camera.credentials, step, pin=self._pin,
                  streams=tuple(stream.url for stream in self._camera.streams))
        except CameraError as error:
            self._refused = error.cause in _LOGIN
            self._cause(self._title(_AFTER[reached]), error.cause, self._began, error.detail)

    def _tell_picture(self, role: StreamRole, attempt: Attempt) -> None:
        if attempt.cause:
            self._refused = attempt.cause in _LOGIN
            self._cause(self._picture(role), attempt.cause, None)
            return
        kind = _CODECS.get(attempt.codec, attempt.codec)
        self._say(self._line("✓", self._picture(role), f"{attempt.width}×{attempt.height} {kind}",
                             attempt.picture_s))

    # --- words ---

    @staticmethod
    def _title(step: str) -> str:
        return {"clock": _("Clock"), "login": _("Login"), "profiles": _("Profiles"), "ptz": _("Steering")}[step]

    @staticmethod
    def _picture(role: StreamRole) -> str:
        return _("First picture") if role is StreamRole.MAIN else _("Small picture")

    @staticmethod
    def _words(step: str, facts: DeviceFacts) -> str:
        if step == "clock":
            words = _("{seconds} s against this machine").format(seconds=f"{facts.clock_offset:+.1f}")
            return f"{words} · {_('set its clock by NTP')}" if abs(facts.clock_offset) > WRONG_CLOCK_S else words
        if step == "login":
            how = {"wsse": _("WS-Security"), "digest": _("HTTP digest")}.get(facts.login, _("without a password"))
            return " · ".join(word for word in (f"{facts.make} {facts.model}".strip(), facts.firmware, facts.serial,
                                                how) if word)
        if step == "profiles":
            return ", ".join(f"{one.width}×{one.height} {_CODECS.get(one.codec, one.codec)}".strip()
                             for one in facts.profiles) or _("none")
        if not facts.turns:
            return _("a fixed camera")
        count = len(facts.presets)
        return ngettext("can be steered, {count} preset", "can be steered, {count} presets", count).format(count=count)

    def _done(self, title: str, words: str, began: float) -> None:
        self._say(self._line("✓", title, words, time.monotonic() - began))

    def _pass(self, title: str, words: str) -> None:
        self._say(self._line("–", title, words, None))

    def _cause(self, title: str, cause: str, began: float | None, detail: str = "") -> None:
        reason, number = reason_for(cause), self._camera.label
        words = _(reason.what).format(number=number)
        mend = _(reason.mend).format(number=number) if reason.mend else _(
            "Check power, cable and address, then try again")
        self._fail(title, f"{words} ({detail})" if detail and cause == "fault" else words, mend,
                   None if began is None else time.monotonic() - began)

    def _fail(self, title: str, words: str, mend: str, seconds: float | None = None) -> None:
        self._good = False
        self._say(self._line("✗", title, words, seconds))
        self._say(f"    → {mend}.")

    @staticmethod
    def _line(sign: str, title: str, words: str, seconds: float | None) -> str:
        took = "" if seconds is None else f"  {seconds * 1000:.0f} ms" if seconds < 1 else f"  {seconds:.1f} s"
        return f"{sign} {title + ':':<16} {words}{took}"


def _camera(given: argparse.Namespace) -> tuple[Camera, str]:
    """The camera, and the certificate that was trusted, "" for none."""
    path: Path = given.registry or paths.registry_path()
    if not path.exists():
        raise OperatorError(_("There is no registry at {path} yet. Make one: cameras import FILE.csv").format(
            path=path))
    vault = vault_of_this_user()
    unlock_in_terminal(vault)
    with Registry(path, vault=vault) as registry:
        cameras = registry.list_cameras()
        pins = registry.device_facts.named(TRUSTED)
    text = given.number.strip()
    found = next((one for one in cameras if text.isascii() and text.isdigit() and one.number == int(text)), None)
    if found is None:
        raise OperatorError(_("There is no camera {number} in the register.").format(number=text[:20]))
    kept = pins[found.id].value if found.id in pins else None
    return found, str(kept.get("sha256", "")) if isinstance(kept, dict) else ""
