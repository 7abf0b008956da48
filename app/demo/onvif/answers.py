"""What a virtual camera answers: device, media, media2, PTZ and imaging services as SOAP bodies. No network here."""

from __future__ import annotations

import math
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote
from xml.sax.saxutils import escape

from lxml import etree

from app.demo.onvif import points
from app.demo.onvif.head import DEFAULT_TIMEOUT_S, MOST_ZOOM, TILT_LIMITS, Head, Look
from app.demo.onvif.reading import duration, find, text_of

NAMESPACES = {
    "tds": "http://www.onvif.org/ver10/device/wsdl", "trt": "http://www.onvif.org/ver10/media/wsdl",
    "tr2": "http://www.onvif.org/ver20/media/wsdl", "tptz": "http://www.onvif.org/ver20/ptz/wsdl",
    "timg": "http://www.onvif.org/ver20/imaging/wsdl", "tt": "http://www.onvif.org/ver10/schema",
    **points.NAMESPACES,
}
PATHS = {"tds": "device_service", "trt": "media_service", "tr2": "media2_service", "tptz": "ptz_service",
         "timg": "imaging_service", "tev": points.PATH}
AUXILIARIES = ("tt:Wiper|On", "tt:Wiper|Off", "tt:IRLamp|On", "tt:IRLamp|Off", "tt:IRLamp|Auto")
_SPACE = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/{}GenericSpace"
_DEGREES = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/SphericalPositionSpaceDegrees"
_ZOOM_SPACE = "http://www.onvif.org/ver10/tptz/ZoomSpaces/{}GenericSpace"
_VIEW_SPACE = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/TranslationSpaceFov"
_ACROSS = 60.0                      # degrees seen at the widest, as the film is made
FACTORY_PRESETS = 300
TOUR = "keliling"                   # token of the device's own tour
MOST_IRIS_DB = 36.0


class Fault(Exception):
    """A SOAP fault: ``subcode`` such as "ter:ActionNotSupported" and a reason in words."""

    def __init__(self, subcode: str, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.subcode, self.reason, self.status = subcode, reason, status


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the camera says it is, and where its streams are."""

    name: str
    serial: str
    streams: Mapping[str, str]          # role -> RTSP address
    make: str = "Lawang"
    model: str = "Virtual PTZ"
    firmware: str = "1.0"


class Camera:
    """One virtual camera: its head and its identity; ``answer`` is asked for each request."""

    def __init__(self, identity: Identity, head: Head) -> None:
        self.identity, self.head = identity, head
        self.imaging = {"IrCutFilter": "AUTO", "AutoFocusMode": "AUTO", "Exposure": "AUTO", "Iris": "0"}
        self.points = points.Points(lambda: head.faults)

    def answer(self, request: etree._Element, base: str, path: str = "") -> str:
        """The element inside the answer's body; ``base`` is this device's own address, ``path`` what was asked.

        Raises Fault.
        """
        name = etree.QName(request)
        if name.namespace in (NAMESPACES["tev"], NAMESPACES["wsnt"]):
            return self._events(request, base, path)
        prefix = next((p for p, uri in NAMESPACES.items() if uri == name.namespace), "")
        handler: Callable[[etree._Element, str], str] | None = getattr(self, f"_{prefix}_{name.localname}", None)
        if handler is None:
            raise Fault("ter:ActionNotSupported", f"{name.localname} is not supported")
        return f"<{prefix}:{name.localname}Response>{handler(request, base)}</{prefix}:{name.localname}Response>"

    def _events(self, request: etree._Element, base: str, path: str) -> str:
        try:
            return self.points.answer(request, base, path)
        except points.NoPoint as error:
            raise Fault("ter:InvalidArgVal", str(error)) from None
        except ValueError as error:
            raise Fault("ter:InvalidArgVal", f"not understood: {error}") from None

    # --- device ---

    def _tds_GetSystemDateAndTime(self, _request: etree._Element, _base: str) -> str:
        now = datetime.fromtimestamp(time.time() + self.head.faults.clock_ahead_s, UTC)
        return ("<tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false"
                "</tt:DaylightSavings><tt:TimeZone><tt:TZ>UTC0</tt:TZ></tt:TimeZone><tt:UTCDateTime><tt:Time>"
                f"<tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute><tt:Second>{now.second}</tt:Second>"
                f"</tt:Time><tt:Date><tt:Year>{now.year}</tt:Year><tt:Month>{now.month}</tt:Month><tt:Day>{now.day}"
                "</tt:Day></tt:Date></tt:UTCDateTime></tds:SystemDateAndTime>")

    def _tds_GetDeviceInformation(self, _request: etree._Element, _base: str) -> str:
        me = self.identity
        return (f"<tds:Manufacturer>{escape(me.make)}</tds:Manufacturer><tds:Model>{escape(me.model)}</tds:Model>"
                f"<tds:FirmwareVersion>{me.firmware}</tds:FirmwareVersion><tds:SerialNumber>{escape(me.serial)}"
                "</tds:SerialNumber><tds:HardwareId>demo</tds:HardwareId>")

    def _tds_GetNetworkInterfaces(self, _request: etree._Element, _base: str) -> str:
        # A locally administered address, always the same for one serial number.
        digits = f"{zlib.crc32(self.identity.serial.encode()):08x}"
        mac = ":".join(("02", "4c", *(digits[at:at + 2] for at in range(0, 8, 2))))
        return ('<tds:NetworkInterfaces token="eth0"><tt:Enabled>true</tt:Enabled><tt:Info><tt:Name>eth0</tt:Name>'
                f"<tt:HwAddress>{mac}</tt:HwAddress><tt:MTU>1500</tt:MTU></tt:Info></tds:NetworkInterfaces>")

    def _tds_GetServices(self, _request: etree._Element, base: str) -> str:
        return "".join(
            f"<tds:Service><tds:Namespace>{NAMESPACES[p]}</tds:Namespace><tds:XAddr>{base}/onvif/{path}</tds:XAddr>"
            "<tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>"
            for p, path in PATHS.items())

    def _tds_GetCapabilities(self, _request: etree._Element, base: str) -> str:
        def one(tag: str, prefix: str) -> str:
            return f"<tt:{tag}><tt:XAddr>{base}/onvif/{PATHS[prefix]}</tt:XAddr></tt:{tag}>"
        return ("<tds:Capabilities>" + one("Device", "tds") + one("Events", "tev")
                + one("Imaging", "timg") + one("Media", "trt") + one("PTZ", "tptz") + "</tds:Capabilities>")

    def _tds_GetScopes(self, _request: etree._Element, _base: str) -> str:
        words = ("type/video_encoder", "type/ptz", f"name/{quote(self.identity.name)}", "Profile/Streaming",
                 "Profile/T")
        return "".join(f"<tds:Scopes><tt:ScopeDef>Fixed</tt:ScopeDef><tt:ScopeItem>onvif://www.onvif.org/{w}"
                       "</tt:ScopeItem></tds:Scopes>" for w in words)

    # --- media ---

    def _profiles(self, tag: str, configuration: Callable[[str], str]) -> str:
        return "".join(f'<{tag} token="{role}" fixed="true">{configuration(role)}</{tag}>'
                       for role in self.identity.streams)

    def _trt_GetProfiles(self, _request: etree._Element, _base: str) -> str:
        def inside(role: str) -> str:
            width, height = (640, 360) if role.endswith("sub") else (1280, 720)
            return (f"<tt:Name>{role}</tt:Name>"
                    '<tt:VideoSourceConfiguration token="vsc"><tt:Name>source</tt:Name><tt:UseCount>2</tt:UseCount>'
                    '<tt:SourceToken>vs</tt:SourceToken><tt:Bounds x="0" y="0" width="1280" height="720"/>'
                    "</tt:VideoSourceConfiguration>"
                    f'<tt:VideoEncoderConfiguration token="vec-{role}"><tt:Name>{role}</tt:Name>'
                    "<tt:UseCount>1</tt:UseCount><tt:Encoding>H264</tt:Encoding><tt:Resolution>"
                    f"<tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height></tt:Resolution>"
                    "<tt:Quality>5</tt:Quality></tt:VideoEncoderConfiguration>" + self._configuration())
        return self._profiles("trt:Profiles", inside)

    def _tr2_GetProfiles(self, _request: etree._Element, _base: str) -> str:
        def inside(role: str) -> str:
            width, height = (640, 360) if role.endswith("sub") else (1280, 720)
            return (f"<tr2:Name>{role}</tr2:Name><tr2:Configurations>"
                    '<tr2:VideoSource token="vsc"><tt:Name>source</tt:Name><tt:UseCount>2</tt:UseCount>'
                    '<tt:SourceToken>vs</tt:SourceToken><tt:Bounds x="0" y="0" width="1280" height="720"/>'
                    "</tr2:VideoSource>"
                    f'<tr2:VideoEncoder token="vec-{role}"><tt:Name>{role}</tt:Name><tt:UseCount>1</tt:UseCount>'
                    f"<tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}"
                    "</tt:Height></tt:Resolution><tt:Quality>5</tt:Quality></tr2:VideoEncoder>"
                    '<tr2:PTZ token="ptz"><tt:Name>ptz</tt:Name><tt:UseCount>2</tt:UseCount>'
                    "<tt:NodeToken>node</tt:NodeToken></tr2:PTZ></tr2:Configurations>")
        return self._profiles("tr2:Profiles", inside)

    def _trt_GetVideoSources(self, _request: etree._Element, _base: str) -> str:
        return ('<trt:VideoSources token="vs"><tt:Framerate>15</tt:Framerate><tt:Resolution><tt:Width>1280</tt:Width>'
                "<tt:Height>720</tt:Height></tt:Resolution></trt:VideoSources>")

    def _trt_GetStreamUri(self, request: etree._Element, _base: str) -> str:
        return (f"<trt:MediaUri><tt:Uri>{escape(self._stream(request))}</tt:Uri><tt:InvalidAfterConnect>false"
                "</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot>"
                "<tt:Timeout>PT0S</tt:Timeout></trt:MediaUri>")

    def _tr2_GetStreamUri(self, request: etree._Element, _base: str) -> str:
        return f"<tr2:Uri>{escape(self._stream(request))}</tr2:Uri>"

    def _stream(self, request: etree._Element) -> str:
        token = text_of(request, "ProfileToken")
        if token not in self.identity.streams:
            raise Fault("ter:NoProfile", f"there is no profile {token}")
        return self.identity.streams[token]

    # --- PTZ ---

    def _tptz_GetServiceCapabilities(self, _request: etree._Element, _base: str) -> str:
        return '<tptz:Capabilities EFlip="false" Reverse="false" MoveStatus="true" StatusPosition="true"/>'

    def _tptz_GetConfigurations(self, _request: etree._Element, _base: str) -> str:
        return self._configuration("tptz:PTZConfiguration")

    def _configuration(self, tag: str = "tt:PTZConfiguration") -> str:
        return (f'<{tag} token="ptz"><tt:Name>ptz</tt:Name><tt:UseCount>2</tt:UseCount><tt:NodeToken>node'
                f"</tt:NodeToken><tt:DefaultPTZTimeout>PT{DEFAULT_TIMEOUT_S:g}S</tt:DefaultPTZTimeout></{tag}>")

    def _tptz_GetConfigurationOptions(self, _request: etree._Element, _base: str) -> str:
        return (f"<tptz:PTZConfigurationOptions>{self._spaces('tt:Spaces')}<tt:PTZTimeout><tt:Min>PT0.5S</tt:Min>"
                "<tt:Max>PT60S</tt:Max></tt:PTZTimeout></tptz:PTZConfigurationOptions>")

    def _tptz_GetNodes(self, _request: etree._Element, _base: str) -> str:
        listed = "".join(f"<tt:AuxiliaryCommands>{word}</tt:AuxiliaryCommands>" for word in AUXILIARIES)
        return (f'<tptz:PTZNode token="node" FixedHomePosition="false"><tt:Name>dome</tt:Name>'
                f"{self._spaces('tt:SupportedPTZSpaces')}<tt:MaximumNumberOfPresets>300</tt:MaximumNumberOfPresets>"
                f"<tt:HomeSupported>true</tt:HomeSupported>{listed}</tptz:PTZNode>")

    @staticmethod
    def _spaces(tag: str) -> str:
        def pan_tilt(name: str, kind: str) -> str:
            return (f"<tt:{name}><tt:URI>{_SPACE.format(kind)}</tt:URI><tt:XRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max>"
                    f"</tt:XRange><tt:YRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:YRange></tt:{name}>")

        def zoom(name: str, kind: str, least: str = "-1") -> str:
            return (f"<tt:{name}><tt:URI>{_ZOOM_SPACE.format(kind)}</tt:URI><tt:XRange><tt:Min>{least}</tt:Min>"
                    f"<tt:Max>1</tt:Max></tt:XRange></tt:{name}>")
        return (f"<{tag}>" + pan_tilt("AbsolutePanTiltPositionSpace", "Position")
                + zoom("AbsoluteZoomPositionSpace", "Position", "0")
                + pan_tilt("RelativePanTiltTranslationSpace", "Translation")
                + pan_tilt("RelativePanTiltTranslationSpace", "Fov").replace(_SPACE.format("Fov"), _VIEW_SPACE)
                + zoom("RelativeZoomTranslationSpace", "Translation")
                + pan_tilt("ContinuousPanTiltVelocitySpace", "Velocity")
                + zoom("ContinuousZoomVelocitySpace", "Velocity") + f"</{tag}>")

    def _tptz_ContinuousMove(self, request: etree._Element, _base: str) -> str:
        pan_tilt, zoom = find(request, "PanTilt"), find(request, "Zoom")
        timeout = text_of(request, "Timeout")
        faults = self.head.faults
        if faults.no_timeout and timeout:
            raise Fault("ter:TimeoutNotSupported", "Timeout not supported")
        if faults.not_together and pan_tilt is not None and zoom is not None:
            raise Fault("ter:InvalidArgVal", "PanTilt and Zoom together")
        self.head.move(None if pan_tilt is None else (_number(pan_tilt, "x"), _number(pan_tilt, "y")),
                       None if zoom is None else _number(zoom, "x"), duration(timeout) if timeout else None)
        return ""

    def _tptz_Stop(self, request: etree._Element, _base: str) -> str:
        if self.head.faults.no_stop:
            raise Fault("ter:ActionNotSupported", "Stop is not supported")
        if self.head.faults.stop_ignored:
            return ""
        self.head.stop(text_of(request, "PanTilt") != "false", text_of(request, "Zoom") != "false")
        return ""

    def _tptz_AbsoluteMove(self, request: etree._Element, _base: str) -> str:
        here, pan_tilt, zoom = self.head.look(), find(request, "PanTilt"), find(request, "Zoom")
        pan, tilt = (here.pan, here.tilt) if pan_tilt is None else _degrees(pan_tilt)
        self.head.go(Look(pan, tilt, here.zoom if zoom is None else _factor(_number(zoom, "x"))))
        return ""

    def _tptz_RelativeMove(self, request: etree._Element, _base: str) -> str:
        pan_tilt, zoom = find(request, "PanTilt"), find(request, "Zoom")
        if self.head.faults.not_together and pan_tilt is not None and zoom is not None:
            raise Fault("ter:InvalidArgVal", "PanTilt and Zoom together")
        here = self.head.look()
        x, y = (0.0, 0.0) if pan_tilt is None else (_number(pan_tilt, "x"), _number(pan_tilt, "y"))
        if pan_tilt is not None and pan_tilt.get("space") == _VIEW_SPACE:       # 1 is the edge of what is seen now
            half = math.tan(math.radians(_ACROSS / 2)) / here.zoom
            pan, tilt = math.degrees(math.atan(x * half)), math.degrees(math.atan(y * half * 9 / 16))
        else:
            pan, tilt = x * 360.0, y * (TILT_LIMITS[1] - TILT_LIMITS[0])
        closer = 0.0 if zoom is None else _number(zoom, "x") * (MOST_ZOOM - 1)
        self.head.go_by(pan, tilt, (here.zoom + closer) / here.zoom)
        return ""

    def _tptz_GetStatus(self, _request: etree._Element, _base: str) -> str:
        look = self.head.look()
        state = "MOVING" if self.head.moving else "IDLE"
        pan = (look.pan + 180.0) % 360.0 - 180.0
        now = datetime.fromtimestamp(time.time() + self.head.faults.clock_ahead_s, UTC)
        return (f'<tptz:PTZStatus><tt:Position><tt:PanTilt x="{pan:.3f}" y="{look.tilt:.3f}" space="{_DEGREES}"/>'
                f'<tt:Zoom x="{(look.zoom - 1) / (MOST_ZOOM - 1):.5f}"/></tt:Position><tt:MoveStatus>'
                f"<tt:PanTilt>{state}</tt:PanTilt><tt:Zoom>{state}</tt:Zoom></tt:MoveStatus><tt:UtcTime>{now:%Y-%m-%dT%H:%M:%SZ}"
                "</tt:UtcTime></tptz:PTZStatus>")

    def _tptz_GetPresets(self, _request: etree._Element, _base: str) -> str:
        listed = [(token, name) for token, (name, _look) in self.head.presets.items()]
        if self.head.faults.many_presets:
            listed += [(str(n), f"preset%20{n}") for n in range(len(listed) + 1, FACTORY_PRESETS + 1)]
        return "".join(f'<tptz:Preset token="{escape(token)}"><tt:Name>{escape(name)}</tt:Name></tptz:Preset>'
                       for token, name in listed)

    def _tptz_SetPreset(self, request: etree._Element, _base: str) -> str:
        token = text_of(request, "PresetToken") or str(max((int(t) for t in self.head.presets if t.isdecimal()),
                                                         default=0) + 1)
        name = text_of(request, "PresetName") or self.head.presets.get(token, (f"Preset {token}",))[0]
        self.head.presets[token] = (name, self.head.look())
        return f"<tptz:PresetToken>{escape(token)}</tptz:PresetToken>"

    def _tptz_GotoPreset(self, request: etree._Element, _base: str) -> str:
        self.head.go(self._preset(request)[1])
        return ""

    def _tptz_RemovePreset(self, request: etree._Element, _base: str) -> str:
        self._preset(request)
        del self.head.presets[text_of(request, "PresetToken")]
        return ""

    def _preset(self, request: etree._Element) -> tuple[str, Look]:
        token = text_of(request, "PresetToken")
        if token not in self.head.presets:
            raise Fault("ter:NoToken", f"there is no preset {token}")
        return self.head.presets[token]

    def _tptz_GotoHomePosition(self, _request: etree._Element, _base: str) -> str:
        self.head.go(self.head.home)
        return ""

    def _tptz_SetHomePosition(self, _request: etree._Element, _base: str) -> str:
        self.head.home = self.head.look()
        return ""

    def _tptz_SendAuxiliaryCommand(self, request: etree._Element, _base: str) -> str:
        word = text_of(request, "AuxiliaryData")
        if word not in AUXILIARIES:
            raise Fault("ter:InvalidArgVal", f"{word} is not supported")
        name, _bar, state = word.removeprefix("tt:").partition("|")
        self.head.auxiliary[name] = state
        return f"<tptz:AuxiliaryResponse>{escape(word)}</tptz:AuxiliaryResponse>"

    def _tptz_GetPresetTours(self, _request: etree._Element, _base: str) -> str:
        """One, over all presets."""
        state = "Touring" if self.head.touring else "Idle"
        return (f'<tptz:PresetTour token="{TOUR}"><tt:Name>Keliling</tt:Name><tt:Status><tt:State>{state}</tt:State>'
                "</tt:Status><tt:AutoStart>false</tt:AutoStart></tptz:PresetTour>")

    def _tptz_OperatePresetTour(self, request: etree._Element, _base: str) -> str:
        if text_of(request, "PresetTourToken") != TOUR:
            raise Fault("ter:NoToken", "there is no such tour")
        starts = text_of(request, "Operation") == "Start"
        self.head.tour([look for _name, look in self.head.presets.values()] if starts else [])
        return ""

    # --- imaging ---

    def _timg_GetImagingSettings(self, _request: etree._Element, _base: str) -> str:
        return (f"<timg:ImagingSettings><tt:Focus><tt:AutoFocusMode>{self.imaging['AutoFocusMode']}</tt:AutoFocusMode>"
                f"</tt:Focus><tt:Exposure><tt:Mode>{self.imaging['Exposure']}</tt:Mode><tt:MinIris>0</tt:MinIris><tt:MaxIris>"
                f"{MOST_IRIS_DB:g}</tt:MaxIris><tt:Iris>{self.imaging['Iris']}</tt:Iris></tt:Exposure>"
                f"<tt:IrCutFilter>{self.imaging['IrCutFilter']}</tt:IrCutFilter></timg:ImagingSettings>")

    def _timg_SetImagingSettings(self, request: etree._Element, _base: str) -> str:
        exposure = find(request, "Exposure")
        if exposure is not None:
            self.imaging["Exposure"] = text_of(exposure, "Mode") or self.imaging["Exposure"]
        for name in ("IrCutFilter", "AutoFocusMode", "Iris"):
            if value := text_of(request, name):
                if name == "Iris" and not value.replace(".", "", 1).isdecimal():
                    raise Fault("ter:InvalidArgVal", "Iris is no number")
                self.imaging[name] = value
        return ""

    def _timg_Move(self, request: etree._Element, _base: str) -> str:
        self.imaging |= {"AutoFocusMode": "MANUAL", "Focus": text_of(request, "Speed")}
        return ""

    def _timg_Stop(self, _request: etree._Element, _base: str) -> str:
        self.imaging["Focus"] = "0"
        return ""


def _number(element: etree._Element, name: str) -> float:
    try:
        return min(max(float(element.get(name, "0")), -1.0), 1.0)
    except ValueError:
        raise Fault("ter:InvalidArgVal", f"{name} is no number") from None


def _degrees(pan_tilt: etree._Element) -> tuple[float, float]:
    low, high = TILT_LIMITS
    return _number(pan_tilt, "x") * 180.0, low + (_number(pan_tilt, "y") + 1) / 2 * (high - low)


def _factor(position: float) -> float:
    return 1.0 + max(position, 0.0) * (MOST_ZOOM - 1)
