"""What a device streams: Media2 where it has it, since H.265 often stands only there, else Media1.

Runs on: a device thread. Media2 is asked with hand-written bodies and read by local name: onvif-zeep does not know it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from app.devices.asking import Asking, stream_at_our_host
from app.devices.probing import clean, local, named, text_of
from app.model.device import MediaProfile
from app.model.errors import CameraError

NAMESPACE = "http://www.onvif.org/ver20/media/wsdl"
MOST_PROFILES = 128             # a recorder with 64 channels and two streams each, 45,000 characters; more is cut
_CODECS = {"H264": "h264", "H265": "hevc", "HEVC": "hevc", "JPEG": "jpeg", "MPV4-ES": "mpeg4", "MPEG4": "mpeg4"}
_PASSED_OVER = ("fault", "nonsense")


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile with the tokens of its PTZ configuration and of the node behind it, "" without."""

    about: MediaProfile
    ptz: str = ""
    node: str = ""


def profiles(asking: Asking, services: dict[str, str]) -> tuple[list[Profile], dict[str, str]]:
    """All profiles, and the stream address of each that told one, at our host. Raises CameraError."""
    found: list[Profile] = []
    if "media2" in services:
        try:
            found = _media2(asking, services["media2"])
        except CameraError as error:
            # Some list a service that answers nothing, or only to administrators: the old one is asked then.
            if error.cause not in (*_PASSED_OVER, "closed", "unauthorised") or "media" not in services:
                raise
        streams = _streams(asking, found, lambda token: _uri2(asking, services["media2"], token))
        if streams:
            return found, streams
    if "media" not in services:
        return found, {}
    old = _media1(asking, services["media"])
    return old, _streams(asking, old, lambda token: _uri1(asking, services["media"], token))


def _streams(asking: Asking, found: list[Profile], uri: Any) -> dict[str, str]:
    streams: dict[str, str] = {}
    for profile in found:
        try:
            address = stream_at_our_host(uri(profile.about.token), asking.address)
        except CameraError as error:
            if error.cause not in _PASSED_OVER:
                raise
            continue
        if address:
            streams[profile.about.token] = address
    return streams


def _media2(asking: Asking, at: str) -> list[Profile]:
    body = asking.send(f'<GetProfiles xmlns="{NAMESPACE}"><Type>VideoSource</Type><Type>VideoEncoder</Type>'
                       "<Type>PTZ</Type><Type>Analytics</Type></GetProfiles>", at,
                       f"{NAMESPACE}/GetProfiles")
    found = []
    for each in [one for one in body.iter() if local(one) == "Profiles"][:MOST_PROFILES]:
        encoder, turning = named(each, "VideoEncoder"), named(each, "PTZ")
        size = named(encoder, "Resolution") if encoder is not None else None
        found.append(Profile(MediaProfile(
            each.get("token", ""), clean(text_of(each, "Name")), _codec(text_of(encoder, "Encoding")),
            _pixels(text_of(size, "Width")), _pixels(text_of(size, "Height")), _sources2(each)),
            turning.get("token", "") if turning is not None else "", text_of(turning, "NodeToken")))
    return [profile for profile in found if profile.about.token]


def _sources2(profile: etree._Element) -> tuple[str, ...]:
    lens, watching = named(profile, "VideoSource"), named(profile, "Analytics")
    return _tokens(text_of(lens, "SourceToken"), *(one.get("token") for one in (lens, watching) if one is not None))


def _tokens(*told: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clean(str(token)) for token in told if token))


def _uri2(asking: Asking, at: str, token: str) -> str:
    """``RTSP``: RTP within the RTSP connection (Media2 section 5.5)."""
    return text_of(asking.send(
        f'<GetStreamUri xmlns="{NAMESPACE}"><Protocol>RTSP</Protocol><ProfileToken>{escape(token)}</ProfileToken>'
        "</GetStreamUri>", at, f"{NAMESPACE}/GetStreamUri"), "Uri")


def _media1(asking: Asking, at: str) -> list[Profile]:
    found = []
    for each in list(asking.ask("media", "GetProfiles", at) or ())[:MOST_PROFILES]:
        lens, watching = each["VideoSourceConfiguration"], each["VideoAnalyticsConfiguration"]
        about = MediaProfile(str(each["token"]), clean(str(each["Name"] or "")), sources=_tokens(
            *((lens["SourceToken"], lens["token"]) if lens is not None else ()),
            watching["token"] if watching is not None else ""))
        encoder, turning = each["VideoEncoderConfiguration"], each["PTZConfiguration"]
        if encoder is not None:
            size = encoder["Resolution"]
            about = replace(about, codec=_codec(str(encoder["Encoding"] or "")),
                            width=_pixels(size["Width"]) if size is not None else 0,
                            height=_pixels(size["Height"]) if size is not None else 0)
        found.append(Profile(about, *((str(turning["token"] or ""), str(turning["NodeToken"] or ""))
                                      if turning is not None else ())))
    return found


def _uri1(asking: Asking, at: str, token: str) -> str:
    setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
    told = asking.ask("media", "GetStreamUri", at, StreamSetup=setup, ProfileToken=token)
    return str(told["Uri"] or "") if told is not None else ""


def _codec(told: str) -> str:
    return _CODECS.get(told.strip().upper(), "")


def _pixels(told: object) -> int:
    try:
        return max(0, min(int(str(told)), 65_535))
    except ValueError:
        return 0
