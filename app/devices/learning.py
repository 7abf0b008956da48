"""What a device is and can do, learned in one go: clock, login, identity, services, profiles, streams, PTZ, presets.

Runs on: a device thread; every wait bounded. A refused password is tried once in the other way and never again.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.devices import media
from app.devices.asking import Asking, at_our_host
from app.devices.documents import namespace
from app.devices.probing import clean, mac_of, named, text_of
from app.model.device import FACTS, DeviceFacts, Preset
from app.model.errors import CameraError
from app.model.lens import lens, lens_of, own_profiles, single
from app.model.secret import Credentials

_VIEW, _GENERIC = "PanTiltSpaces/TranslationSpaceFov", "TranslationGenericSpace"
MOST_PRESETS = 300              # what the worst device lists; more is cut
EVENTS = "http://www.onvif.org/ver10/events/wsdl"

type Step = Callable[[str, DeviceFacts], None]


def learn(address: str, credentials: Credentials, step: Step | None = None, *, pin: str = "",
          streams: Sequence[str] = ()) -> DeviceFacts:
    """Asks the device at ``address``. Raises CameraError when it is not reached or does not let us in; for https also
    when its certificate is not the trusted one (app.runtime.certificates), before it is asked anything.

    ``streams``: addresses of the camera's own. Of a device with several lenses only what turns theirs is its steering;
    none of them: a camera that does not turn. Without any, the first lens that turns is taken.
    ``step`` hears how far it came, with what is known then: "clock", "login", "profiles", "ptz".
    """
    step = step or (lambda _name, _facts: None)
    pin = pin if address.lower().startswith("https:") else ""
    offset = _clock_offset(address, pin)
    step("clock", DeviceFacts(address, clock_offset=offset, pin=pin))
    asking, told = _let_in(address, credentials, offset, pin)
    try:
        services = _services(asking)
        make, model, firmware, serial = (clean(str(told[name] or "")) for name in (
            "Manufacturer", "Model", "FirmwareVersion", "SerialNumber"))
        facts = DeviceFacts(address, make, model, firmware, serial, offset, asking.login,
                      imaging=services.get("imaging", ""), mac=_mac(asking), events=services.get("events", ""),
                      pin=pin, version=FACTS)
        step("login", facts)
        profiles, offered = media.profiles(asking, services)
        facts = replace(facts, streams=offered, profiles=tuple(one.about for one in profiles))
        facts = replace(facts, lens=lens(streams, facts))
        step("profiles", facts)
        facts = _ptz(asking, services, profiles, facts, streams)
        step("ptz", facts)
        return facts
    finally:
        asking.close()


def _clock_offset(address: str, pin: str) -> float:
    """Without a login: the camera's clock minus ours, in seconds; 0 when it tells none."""
    asking = Asking(address, Credentials(), pin=pin)
    try:
        answer = asking.ask("devicemgmt", "GetSystemDateAndTime")
        utc = answer["UTCDateTime"]
        date, hours = utc["Date"], utc["Time"]
        at = datetime(date["Year"], date["Month"], date["Day"], hours["Hour"], hours["Minute"],
                      min(hours["Second"], 59), tzinfo=UTC)
        # The camera tells whole seconds: half of one is the likeliest rest.
        return round(at.timestamp() + 0.5 - time.time(), 1)
    except CameraError as error:
        if error.cause in ("fault", "unauthorised"):
            return 0.0
        raise
    except (TypeError, ValueError, KeyError):
        return 0.0
    finally:
        asking.close()


def _let_in(address: str, credentials: Credentials, offset: float, pin: str) -> tuple[Asking, Any]:
    """WS-Security first, then HTTP digest when that is what it asks for: two requests at most with a wrong password."""
    first = Asking(address, credentials, login="wsse" if credentials else "none", offset_s=offset, pin=pin)
    try:
        return first, first.ask("devicemgmt", "GetDeviceInformation")
    except CameraError as error:
        first.close()
        if error.cause != "unauthorised" or not credentials or not first.transport.challenged:
            raise
    second = Asking(address, credentials, login="digest", pin=pin)
    try:
        return second, second.ask("devicemgmt", "GetDeviceInformation")
    except CameraError:
        second.close()
        raise


def _services(asking: Asking) -> dict[str, str]:
    """Service name -> address on our host, from GetServices, else from GetCapabilities."""
    listed: dict[str, str] = {}
    try:
        for each in asking.ask("devicemgmt", "GetServices", IncludeCapability=False) or ():
            listed[str(each["Namespace"]).strip()] = at_our_host(str(each["XAddr"]), asking.address)
    except CameraError as error:
        if error.cause not in ("fault", "nonsense"):
            raise
        # Read by names: one simulator closes its PTZ with </tt:Media>, and a schema would lose the steering.
        uri = namespace("devicemgmt")
        told = asking.send(f'<GetCapabilities xmlns="{uri}"><Category>All</Category></GetCapabilities>', asking.address,
                           f"{uri}/GetCapabilities")
        for name, uri in (("Media", namespace("media")), ("PTZ", namespace("ptz")), ("Imaging", namespace("imaging")),
                          ("Events", EVENTS)):
            if told_at := text_of(named(told, name), "XAddr"):
                listed[uri] = at_our_host(told_at, asking.address)
    found = {name: listed[namespace(name)] for name in ("media", "ptz", "imaging") if namespace(name) in listed}
    return found | {name: listed[uri] for name, uri in (("media2", media.NAMESPACE), ("events", EVENTS))
                    if uri in listed}


def _mac(asking: Asking) -> str:
    """The hardware address of its first interface that is on, "" when it keeps that to itself."""
    try:
        for each in asking.ask("devicemgmt", "GetNetworkInterfaces") or ():
            mac = mac_of(str(each["Info"]["HwAddress"]))
            if each["Enabled"] and mac:
                return mac
    except CameraError as error:
        if error.cause not in ("fault", "nonsense", "unauthorised"):
            raise
    except (TypeError, KeyError):
        return ""
    return ""


def _ptz(asking: Asking, services: dict[str, str], profiles: list[media.Profile], facts: DeviceFacts,
         streams: Sequence[str]) -> DeviceFacts:
    """What turns the camera's own lens; a single lens without a PTZ configuration but with nodes is tried as well."""
    if "ptz" not in services:
        return facts
    at = services["ptz"]
    configured = [profile for profile in profiles if profile.ptz]
    try:
        nodes = list(asking.ask("ptz", "GetNodes", at) or ())
    except CameraError as error:
        if error.cause not in ("fault", "nonsense"):
            raise
        nodes = []
    turning = _turning(configured, facts, streams)
    if turning is None and not configured and nodes and profiles and single(facts):
        turning = profiles[0]
    if turning is None:
        return facts
    profile = turning.about.token
    facts = replace(facts, lens=lens_of(turning.about))
    node = next((one for one in nodes if str(one["token"]) == turning.node), nodes[0] if len(nodes) == 1 else None)
    spaces = node["SupportedPTZSpaces"] if node is not None else None
    return replace(
        facts, ptz=at, profile=profile, presets=_presets(asking, at, profile),
        home=bool(node["HomeSupported"]) if node is not None else False,
        auxiliaries=tuple(str(word) for word in (node["AuxiliaryCommands"] or ())) if node is not None else (),
        pan_range=_range(spaces, "ContinuousPanTiltVelocitySpace", "XRange"),
        tilt_range=_range(spaces, "ContinuousPanTiltVelocitySpace", "YRange"),
        zoom_range=_range(spaces, "ContinuousZoomVelocitySpace", "XRange"),
        **_relative(spaces), timeout_range=_timeouts(asking, at, turning.ptz), source=_source(asking, services, facts))


def _turning(configured: list[media.Profile], facts: DeviceFacts, streams: Sequence[str]) -> media.Profile | None:
    """The profile that steers the camera: its own, else one of its lens, else the only lens' first; None: none does."""
    if not streams:
        return configured[0] if configured else None
    own = own_profiles(streams, facts)
    mine = {one.token: place for place, one in enumerate(own)}
    theirs = sorted((one for one in configured if one.about.token in mine), key=lambda one: mine[one.about.token])
    if not theirs and own and own[0].sources:
        theirs = [one for one in configured if lens_of(one.about) == lens_of(own[0])]
    if not theirs and not own and single(facts):
        theirs = configured
    return theirs[0] if theirs else None


def _source(asking: Asking, services: dict[str, str], facts: DeviceFacts) -> str:
    """The token of the lens' video source, "" when the device has no imaging service or does not tell."""
    if "imaging" not in services or "media" not in services:
        return ""
    try:
        listed = [str(one["token"]) for one in asking.ask("media", "GetVideoSources", services["media"]) or ()]
    except CameraError as error:
        if error.cause not in ("fault", "nonsense"):
            raise
        return ""
    except (TypeError, KeyError):
        return ""
    return facts.lens if facts.lens in listed else listed[0] if len(listed) == 1 else ""


def _presets(asking: Asking, at: str, profile: str) -> tuple[Preset, ...]:
    try:
        listed = asking.ask("ptz", "GetPresets", at, ProfileToken=profile) or ()
    except CameraError as error:
        if error.cause not in ("fault", "nonsense"):
            raise
        return ()
    return tuple(Preset(str(each["token"]), str(each["Name"] or each["token"])) for each in listed[:MOST_PRESETS])


def _range(spaces: Any, space: str, axis: str) -> tuple[float, float]:
    """The device's own range, -1..1 when it gives none or a degenerate one."""
    try:
        # The generic space comes first; vendors add further ones, such as millimetres.
        limits = spaces[space][0][axis]
        low, high = float(limits["Min"]), float(limits["Max"])
        return (low, high) if low < 0 < high else (-1.0, 1.0)
    except (TypeError, IndexError, KeyError, ValueError):
        return (-1.0, 1.0)


def _relative(spaces: Any) -> dict[str, Any]:
    """What a node says of relative moves, as fields of DeviceFacts."""
    try:
        turning, zooming = (spaces[name] or () for name in ("RelativePanTiltTranslationSpace",
                                                            "RelativeZoomTranslationSpace"))
        told = {"relative": any(_GENERIC in str(one["URI"]) for one in turning),
                "relative_zoom": any(_GENERIC in str(one["URI"]) for one in zooming)}
        view = next((one for one in turning if _VIEW in str(one["URI"])), None)
        if view is None:
            return told
        most = tuple(float(view[axis]["Max"]) for axis in ("XRange", "YRange"))
        usable = all(math.isfinite(one) and one > 0 for one in most)        # some write INF
        return told | {"view_space": str(view["URI"]).strip(), "view_most": most if usable else (1.0, 1.0)}
    except (TypeError, KeyError, ValueError):
        return {}


def _timeouts(asking: Asking, at: str, configuration: str) -> tuple[float, float]:
    """The shortest and longest timeout of a move in seconds, (0, 0) when the device does not tell."""
    if not configuration:
        return (0.0, 0.0)
    try:
        options = asking.ask("ptz", "GetConfigurationOptions", at, ConfigurationToken=configuration)
        limits = options["PTZTimeout"]
        return limits["Min"].total_seconds(), limits["Max"].total_seconds()
    except (CameraError, TypeError, KeyError, AttributeError):
        return (0.0, 0.0)
