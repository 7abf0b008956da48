"""The few SOAP requests of steering, rendered from templates, and their answers read without a schema. Pure.

zeep needs 0.1 ms for an envelope when idle and up to 200 ms beside parsing threads (reference: onvif.md section 3);
a template needs 0.02 ms and no WSDL.
"""

from __future__ import annotations

import math
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from app.model.errors import CameraError
from app.model.secret import Credentials, Secret
from app.ptz.motion import PT, Velocity, Z
from app.runtime import wsse

_ENVELOPE = ('<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
             'xmlns:p="http://www.onvif.org/ver20/ptz/wsdl" xmlns:t="http://www.onvif.org/ver10/schema">'
             "{header}<s:Body>{body}</s:Body></s:Envelope>")
_FAULTS_OF_LOGIN = ("notauthorized", "not authorized", "failedauthentication", "sender not authorized")
MOST_TOURS = 32             # that a menu can show
_UNKNOWN_ACTION = ("actionnotsupported", "notimplemented", "not implemented", "unknownaction", "optionalactionnot")
_TIMEOUT_FAULT = ("timeoutnotsupported",)


def envelope(body: str, username: str = "", password: str = "", clock_offset: float = 0.0) -> bytes:
    """The request; signed with the camera's own time when a user is given. ``password`` appears only hashed."""
    header = ""
    if username:
        header = f"<s:Header>{wsse.security(Credentials(username, Secret(password)), clock_offset)}</s:Header>"
    return _ENVELOPE.format(header=header, body=body).encode()


def continuous_move(profile: str, velocity: Velocity, axes: frozenset[str], timeout_s: float) -> str:
    """Only ``axes`` are named: an omitted one goes on as it was; zero on a named one stops it (PTZ.xml)."""
    inside = ""
    if PT in axes:
        inside += f'<t:PanTilt x="{velocity.pan:g}" y="{velocity.tilt:g}"/>'
    if Z in axes:
        inside += f'<t:Zoom x="{velocity.zoom:g}"/>'
    timeout = f"<p:Timeout>PT{timeout_s:g}S</p:Timeout>" if timeout_s > 0 else ""
    return (f"<p:ContinuousMove><p:ProfileToken>{escape(profile)}</p:ProfileToken><p:Velocity>{inside}</p:Velocity>"
            f"{timeout}</p:ContinuousMove>")


def relative_move(profile: str, pan: float, tilt: float, zoom: float, space: str = "") -> str:
    """Once, from where it looks; an axis that does not move is not named. ``space`` of pan and tilt, "" its default."""
    named = f" space={quoteattr(space)}" if space else ""
    inside = f'<t:PanTilt x="{pan:.5f}" y="{tilt:.5f}"{named}/>' if pan or tilt else ""
    inside += f'<t:Zoom x="{zoom:.5f}"/>' if zoom else ""
    return (f"<p:RelativeMove><p:ProfileToken>{escape(profile)}</p:ProfileToken><p:Translation>{inside}"
            "</p:Translation></p:RelativeMove>")


def stop(profile: str, axes: frozenset[str] = frozenset((PT, Z))) -> str:
    """These axes; both filters are written out, since some devices read their absence as false."""
    pan_tilt, zoom = (str(axis in axes).lower() for axis in (PT, Z))
    return (f"<p:Stop><p:ProfileToken>{escape(profile)}</p:ProfileToken><p:PanTilt>{pan_tilt}</p:PanTilt>"
            f"<p:Zoom>{zoom}</p:Zoom></p:Stop>")


def goto_preset(profile: str, token: str, speed: float = 0.0) -> str:
    """``speed`` 0..1, 0 as the device likes; a scalar, not a direction (PTZ.xml)."""
    speeds = f'<t:PanTilt x="{speed:g}" y="{speed:g}"/><t:Zoom x="{speed:g}"/>'
    chosen = f"<p:Speed>{speeds}</p:Speed>" if speed > 0 else ""
    return (f"<p:GotoPreset><p:ProfileToken>{escape(profile)}</p:ProfileToken>"
            f"<p:PresetToken>{escape(token)}</p:PresetToken>{chosen}</p:GotoPreset>")


def set_preset(profile: str, name: str, token: str = "") -> str:
    chosen = f"<p:PresetToken>{escape(token)}</p:PresetToken>" if token else ""
    return (f"<p:SetPreset><p:ProfileToken>{escape(profile)}</p:ProfileToken>"
            f"<p:PresetName>{escape(name)}</p:PresetName>{chosen}</p:SetPreset>")


def remove_preset(profile: str, token: str) -> str:
    return (f"<p:RemovePreset><p:ProfileToken>{escape(profile)}</p:ProfileToken>"
            f"<p:PresetToken>{escape(token)}</p:PresetToken></p:RemovePreset>")


def go_home(profile: str) -> str:
    return f"<p:GotoHomePosition><p:ProfileToken>{escape(profile)}</p:ProfileToken></p:GotoHomePosition>"


def set_home(profile: str) -> str:
    return f"<p:SetHomePosition><p:ProfileToken>{escape(profile)}</p:ProfileToken></p:SetHomePosition>"


def auxiliary(profile: str, command: str) -> str:
    return (f"<p:SendAuxiliaryCommand><p:ProfileToken>{escape(profile)}</p:ProfileToken>"
            f"<p:AuxiliaryData>{escape(command)}</p:AuxiliaryData></p:SendAuxiliaryCommand>")


_IMAGING = 'xmlns:i="http://www.onvif.org/ver20/imaging/wsdl"'
_FOCUS_SPEEDS = {"near": "-0.5", "far": "0.5"}      # of the generic range; a full-speed focus cannot be met by hand
_SETTINGS = {"autofocus": "<t:Focus><t:AutoFocusMode>AUTO</t:AutoFocusMode></t:Focus>",
             "day": "<t:IrCutFilter>ON</t:IrCutFilter>", "night": "<t:IrCutFilter>OFF</t:IrCutFilter>",
             "auto": "<t:IrCutFilter>AUTO</t:IrCutFilter>",
             "iris-auto": "<t:Exposure><t:Mode>AUTO</t:Mode></t:Exposure>"}


def imaging(source: str, action: str) -> str:
    """Focus and filter; only the field that changes is sent. ``action`` as in messages.Imaging; KeyError else."""
    token = f"<i:VideoSourceToken>{escape(source)}</i:VideoSourceToken>"
    if action == "still":
        return f"<i:Stop {_IMAGING}>{token}</i:Stop>"
    if action in _FOCUS_SPEEDS:
        return (f"<i:Move {_IMAGING}>{token}<i:Focus><t:Continuous><t:Speed>{_FOCUS_SPEEDS[action]}</t:Speed>"
                "</t:Continuous></i:Focus></i:Move>")
    return _set_imaging(token, _SETTINGS[action])


def get_imaging(source: str) -> str:
    return (f"<i:GetImagingSettings {_IMAGING}><i:VideoSourceToken>{escape(source)}</i:VideoSourceToken>"
            "</i:GetImagingSettings>")


def iris(source: str, attenuation: float) -> str:
    """``attenuation`` in the device's own units, dB where it follows the standard; 0 is open."""
    return _set_imaging(f"<i:VideoSourceToken>{escape(source)}</i:VideoSourceToken>",
                        f"<t:Exposure><t:Mode>MANUAL</t:Mode><t:Iris>{attenuation:g}</t:Iris></t:Exposure>")


def _set_imaging(token: str, settings: str) -> str:
    return (f"<i:SetImagingSettings {_IMAGING}>{token}<i:ImagingSettings>{settings}</i:ImagingSettings>"
            "</i:SetImagingSettings>")


def get_tours(profile: str) -> str:
    return f"<p:GetPresetTours><p:ProfileToken>{escape(profile)}</p:ProfileToken></p:GetPresetTours>"


def operate_tour(profile: str, token: str, operation: str) -> str:
    """``operation`` "Start" or "Stop"."""
    return (f"<p:OperatePresetTour><p:ProfileToken>{escape(profile)}</p:ProfileToken><p:PresetTourToken>{escape(token)}"
            f"</p:PresetTourToken><p:Operation>{operation}</p:Operation></p:OperatePresetTour>")


def tours_of(answer: etree._Element | None) -> tuple[tuple[str, str, bool], ...]:
    """Token, name and whether it runs of each tour that GetPresetTours told; at most MOST_TOURS."""
    found = []
    for each in answer.iter() if answer is not None else ():
        if _local(each) == "PresetTour" and each.get("token"):
            status = element(each, "Status")
            state = text_of(status, "State") if status is not None else ""
            found.append((str(each.get("token")), text_of(each, "Name") or str(each.get("token")), state == "Touring"))
    return tuple(found[:MOST_TOURS])


def get_status(profile: str) -> str:
    return f"<p:GetStatus><p:ProfileToken>{escape(profile)}</p:ProfileToken></p:GetStatus>"


def checked(status: int, body: bytes) -> etree._Element | None:
    """The first element in the answer's body, or None for an empty one. Raises CameraError for anything else.

    Faults come with status 200, 400 or 500; causes: "unauthorised", "no-such-action", "no-timeout", "fault",
    "nonsense".
    """
    if status == 401:
        raise CameraError("unauthorised")
    root = parsed(body) if body.strip() else None
    if root is not None:
        fault = next((e for e in root.iter() if _local(e) == "Fault"), None)
        if fault is not None:
            raise CameraError(*_fault(fault))
        holder = next((e for e in root.iter() if _local(e) == "Body"), None)
        if holder is not None and status < 300:
            return next((e for e in holder if isinstance(e.tag, str)), None)
    if status == 501:           # "Not Implemented", in plain words instead of a fault
        raise CameraError("no-such-action", "HTTP 501")
    if status >= 300:
        raise CameraError("nonsense", f"HTTP {status}")
    return None


def parsed(body: bytes) -> etree._Element | None:
    """The tree, forgiving small defects but neither entities nor documents of the network. None when hopeless."""
    if b"<!DOCTYPE" in body[:4096] or b"<!ENTITY" in body:
        raise CameraError("nonsense", "DOCTYPE")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    try:
        root: etree._Element | None = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        raise CameraError("nonsense", "XML") from None
    return root


def text_of(element: etree._Element, name: str) -> str:
    """The text of the first element of that local name below, "" when there is none."""
    found = next((e for e in element.iter() if _local(e) == name), None)
    return (found.text or "").strip() if found is not None else ""


def number_of(element: etree._Element, name: str) -> float | None:
    """The finite number in the first element of that local name below."""
    try:
        value = float(text_of(element, name))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def element(root: etree._Element, name: str, attribute: str = "") -> etree._Element | None:
    """The first element of that local name below that has the attribute."""
    return next((e for e in root.iter() if _local(e) == name and (not attribute or e.get(attribute) is not None)), None)


def _fault(fault: etree._Element) -> tuple[str, str]:
    said = " ".join(part.strip() for part in fault.itertext() if part and part.strip())[:200]
    lower = said.lower()
    for cause, words in (("unauthorised", _FAULTS_OF_LOGIN), ("no-such-action", _UNKNOWN_ACTION),
                         ("no-timeout", _TIMEOUT_FAULT)):
        if any(word in lower for word in words):
            return cause, said
    return "fault", said


def _local(element: etree._Element) -> str:
    """Also without a prefix that nobody declared: a simulator writes such, and a stop's answer must not break on it."""
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else ""
