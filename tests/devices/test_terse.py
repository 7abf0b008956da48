"""A device as the simulators of strangers are (docs/ptz.md): it reads requests by patterns, answers what it does not
know in plain words, knows neither its time nor GetServices, and closes an element under another name."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator

import pytest

from app.devices.asking import Asking
from app.devices.learning import learn
from app.devices.probing import local, named, parsed
from app.model.errors import CameraError
from app.model.secret import Credentials, Secret

LOGIN = Credentials("camacct", Secret("se&cret"))
_OPERATION = re.compile(r"<(?:\w+:)?Body>\s*<(?:\w+:)?(\w+)")
_SIGNED = re.compile(r"<(?:\w+:)?Nonce[^>]*>[^<]+<.*<(?:\w+:)?Created>[^<]+Z<", re.DOTALL)
_ENVELOPE = ('<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" '
             'xmlns:d="http://www.onvif.org/ver10/device/wsdl" xmlns:m="http://www.onvif.org/ver10/media/wsdl" '
             'xmlns:p="http://www.onvif.org/ver20/ptz/wsdl" xmlns:t="http://www.onvif.org/ver10/schema"><e:Body><{0}Response>{1}</{0}Response></e:Body></e:Envelope>')
_AT = "http://192.168.1.50:8080/onvif/"
ANSWERS = {
    "GetDeviceInformation": ("d:GetDeviceInformation", "<d:Manufacturer>Terse</d:Manufacturer><d:Model>T1</d:Model>"
                             "<d:FirmwareVersion>1</d:FirmwareVersion><d:SerialNumber>T-1</d:SerialNumber>"
                             "<d:HardwareId>1</d:HardwareId>"),
    "GetCapabilities": ("d:GetCapabilities", f"<d:Capabilities><t:Media><t:XAddr>{_AT}media</t:XAddr></t:Media>"
                        f"<t:PTZ><t:XAddr>{_AT}ptz</t:XAddr></t:Media></d:Capabilities>"),
    "GetProfiles": ("m:GetProfiles", '<m:Profiles token="p1" fixed="true"><t:Name>P</t:Name>'
                    '<t:VideoEncoderConfiguration token="v"><t:Name>V</t:Name><t:UseCount>1</t:UseCount>'
                    "<t:Encoding>H265</t:Encoding><t:Resolution><t:Width>1920</t:Width><t:Height>1080</t:Height>"
                    '</t:Resolution></t:VideoEncoderConfiguration><t:PTZConfiguration token="c"><t:Name>C</t:Name>'
                    "<t:UseCount>1</t:UseCount><t:NodeToken>n</t:NodeToken></t:PTZConfiguration></m:Profiles>"),
    "GetStreamUri": ("m:GetStreamUri", "<m:MediaUri><t:Uri>rtsp://192.168.1.50:8554/x</t:Uri></m:MediaUri>"),
    "GetNodes": ("p:GetNodes", '<p:PTZNode token="n"><t:Name>N</t:Name></p:PTZNode>'),
}


@pytest.fixture
def terse() -> Iterator[tuple[str, list[str]]]:
    """Its device service, and what it was asked."""
    asked: list[str] = []

    class Door(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found = _OPERATION.search(request)
            name = found[1] if found else "?"
            asked.append(name)
            if name not in ANSWERS:
                status, body = 501, "Not Implemented"
            elif _SIGNED.search(request):
                status, body = 200, _ENVELOPE.format(*ANSWERS[name])
            else:
                status, body = 400, _ENVELOPE.format("e:Fault><e:Text>Sender not Authorized</e:Text></e:Fault><x", "")
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="terse")
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/onvif/device_service", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_is_learned_and_can_be_steered(terse: tuple[str, list[str]]) -> None:
    service, asked = terse
    facts = learn(service, LOGIN)
    assert (facts.make, facts.serial, facts.login, facts.clock_offset) == ("Terse", "T-1", "wsse", 0.0)
    assert facts.turns and facts.profile == "p1" and facts.ptz == service.replace("device_service", "ptz")
    assert facts.streams == {"p1": "rtsp://127.0.0.1:8554/x"} and facts.profiles[0].codec == "hevc"
    assert "?" not in asked and not facts.presets


def test_plain_words_are_a_fault_and_not_its_login(terse: tuple[str, list[str]]) -> None:
    asking = Asking(terse[0], LOGIN, login="wsse")
    try:
        with pytest.raises(CameraError) as trouble:
            asking.ask("devicemgmt", "GetScopes")
        assert (trouble.value.cause, trouble.value.detail) == ("fault", "HTTP 501")
    finally:
        asking.close()


def test_a_prefix_that_nobody_declared_is_passed_over() -> None:
    root = parsed(b'<a:B xmlns:a="urn:x"><wsa:Address>http://10.0.0.9/e</wsa:Address></a:B>')
    assert root is not None
    found = named(root, "Address")
    assert found is not None and local(found) == "Address"
