"""Session descriptions (RFC 4566) as cameras write them: the first video media and how to ask for it. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from app.model.errors import CameraError
from app.video.annexb import START

_CODECS = {"H264": "h264", "H265": "hevc", "HEVC": "hevc"}
_CLOCK = 90_000
_SETS = {"h264": ("sprop-parameter-sets",), "hevc": ("sprop-vps", "sprop-sps", "sprop-pps")}
_ADDRESS = re.compile(r"(?i)rtsps?://")


@dataclass(frozen=True, slots=True)
class Media:
    """The first video of a description. ``control`` and ``aggregate`` are as written, "" when absent."""

    codec: str
    payload_type: int
    control: str
    aggregate: str
    parameter_sets: bytes               # Annex B, from the description; empty when it has none


def video(text: str) -> Media:
    """Read a description; raises CameraError: "garbage", "no-video", or "unsupported" (another client may know it)."""
    lines = _lines(text)
    if not any(line.startswith(("v=", "m=")) for line in lines):
        raise CameraError("garbage", "no description")
    found = attributes_of(text, "video")
    if found is None:
        raise CameraError("no-video")
    words, attributes = found
    if len(words) < 4 or words[2].upper() not in ("RTP/AVP", "RTP/AVP/TCP", "RTP/AVPF"):
        raise CameraError("unsupported", "transport")
    payload_type, codec = _codec(words[3:], attributes)
    parameters = parameters_of(payload_type, attributes)
    if parameters.get("packetization-mode", "0").strip() not in ("0", "1"):
        raise CameraError("unsupported", "interleaved NAL units")
    if parameters.get("sprop-max-don-diff", "0").strip() not in ("", "0"):
        raise CameraError("unsupported", "decoding order numbers")
    media = next(index for index, line in enumerate(lines) if line.startswith("m="))
    head = [line[2:] for line in lines[:media] if line.startswith("a=")]
    return Media(codec, payload_type, _value(attributes, "control"), _value(head, "control"),
                 _parameter_sets(codec, parameters))


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.replace("\r", "\n").split("\n") if line.strip()]


def attributes_of(text: str, kind: str) -> tuple[list[str], list[str]] | None:
    """The words of the first media of a kind ("video", "audio"), and its attributes; None: it has none."""
    lines = _lines(text)
    media = [index for index, line in enumerate(lines) if line.startswith("m=")]
    first = next((index for index in media if lines[index].lower().startswith(f"m={kind} ")), None)
    if first is None:
        return None
    end = next((index for index in media if index > first), len(lines))
    return lines[first].split(), [line[2:] for line in lines[first:end] if line.startswith("a=")]


def _codec(payload_types: list[str], attributes: list[str]) -> tuple[int, str]:
    for word in payload_types:
        for attribute in attributes:
            match = re.fullmatch(rf"(?i)rtpmap:\s*{re.escape(word)}\s+([^/\s]+)/(\d{{1,9}})(?:/\d+)?\s*", attribute)
            if match and match[1].upper() in _CODECS and int(match[2]) == _CLOCK and word.isdecimal():
                return int(word[:4]) & 127, _CODECS[match[1].upper()]
    raise CameraError("unsupported", "codec")


def parameters_of(payload_type: int, attributes: list[str]) -> dict[str, str]:
    """What a media says of one of its payload types, in lower case."""
    found = {}
    for attribute in attributes:
        match = re.match(rf"(?i)fmtp:\s*{payload_type}\s+(.*)", attribute)
        if match:
            for part in match[1].split(";"):
                key, _, value = part.partition("=")
                found[key.strip().lower()] = value.strip()
    return found


def _parameter_sets(codec: str, parameters: dict[str, str]) -> bytes:
    sets = b""
    for name in _SETS[codec]:
        for text in parameters.get(name, "").split(","):
            try:
                unit = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
            except (binascii.Error, ValueError):
                continue                # the stream itself usually has them too
            if unit:
                sets += START + unit.removeprefix(START)
    return sets


def _value(attributes: list[str], name: str) -> str:
    for attribute in attributes:
        key, _, value = attribute.partition(":")
        if key.strip().lower() == name:
            return value.strip()
    return ""


def joined(base: str, control: str) -> str:
    """The address that a control attribute means (RFC 2326 C.1.1).

    Cameras mean "append", also behind a query (Dahua: ".../realmonitor?channel=1&subtype=0/" and "trackID=0"), where
    the rules for relative addresses would replace the last part.
    """
    if not control or control == "*":
        return base
    if _ADDRESS.match(control):
        return control
    return base.rstrip("/") + "/" + control.lstrip("/") if not base.endswith("/") else base + control.lstrip("/")
