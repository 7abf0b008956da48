"""A virtual recorder: one device with a channel for each lens, some of which turn; each with a head of its own."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from app.demo.onvif.answers import Camera, Fault, Identity
from app.demo.onvif.head import Head
from app.demo.onvif.reading import text_of

# What a lone camera calls its parts; a recorder adds the channel.
_PARTS = ("vs", "vsc", "ptz", "node")


class Recorder(Camera):
    """``channels``: name -> its head, None for one that does not turn. A stream's role begins with its channel's name:
    "ch3", "ch3-sub". All misbehave alike."""

    def __init__(self, identity: Identity, channels: Mapping[str, Head | None]) -> None:
        super().__init__(identity, Head())
        self.channels = {name: Camera(identity, head or Head()) for name, head in channels.items()}
        self.turning = frozenset(name for name, head in channels.items() if head is not None)
        for channel in self.channels.values():
            channel.head.faults = self.head.faults

    def answer(self, request: etree._Element, base: str, path: str = "") -> str:
        """What names a channel is that channel's; the rest is the device's. Raises Fault."""
        tag = etree.QName(request)
        profile, source = text_of(request, "ProfileToken"), text_of(request, "VideoSourceToken")
        if (tag.namespace or "").endswith("/ptz/wsdl") and profile:
            return self._channel(_channel_of(profile), turning=True).answer(request, base, path)
        if source:
            return self._channel(source.partition("-")[2], turning=False).answer(request, base, path)
        return super().answer(request, base, path)

    def _channel(self, name: str, *, turning: bool) -> Camera:
        if name not in self.channels or (turning and name not in self.turning):
            raise Fault("ter:NoPTZProfile" if turning else "ter:NoSource", f"{name} has none")
        return self.channels[name]

    def _tr2_GetProfiles(self, request: etree._Element, base: str) -> str:
        return self._apart(super()._tr2_GetProfiles(request, base), "tr2:Profiles", "tr2:PTZ")

    def _trt_GetProfiles(self, request: etree._Element, base: str) -> str:
        return self._apart(super()._trt_GetProfiles(request, base), "trt:Profiles", "tt:PTZConfiguration")

    def _apart(self, told: str, tag: str, turning: str) -> str:
        made = []
        for role, part in zip(self.identity.streams, told.split(f"<{tag} ")[1:], strict=True):
            channel = _channel_of(role)
            if channel not in self.turning:
                part = part[:part.index(f"<{turning} ")] + part[part.index(f"</{turning}>") + len(turning) + 3:]
            made.append(f"<{tag} " + _named(part, channel))
        return "".join(made)

    def _trt_GetVideoSources(self, request: etree._Element, base: str) -> str:
        told = super()._trt_GetVideoSources(request, base)
        return "".join(_named(told, name) for name in self.channels)

    def _tptz_GetNodes(self, request: etree._Element, base: str) -> str:
        told = super()._tptz_GetNodes(request, base)
        return "".join(_named(told, name) for name in self.channels if name in self.turning)


def _channel_of(role: str) -> str:
    return role.partition("-")[0]


def _named(told: str, channel: str) -> str:
    for part in _PARTS:
        told = told.replace(f'token="{part}"', f'token="{part}-{channel}"').replace(f">{part}<", f">{part}-{channel}<")
    return told
