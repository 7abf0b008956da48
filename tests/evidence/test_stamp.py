"""Time stamps by a real authority, `openssl ts` behind a small server: at once, later, harmed; openssl checks them."""

from __future__ import annotations

import http.server
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.evidence import der, files, stamp
from app.evidence import exporter as exporting
from app.evidence.checking import check
from app.evidence.exporter import STAMPS, Exporter, Job, State
from app.evidence.identity import Identity
from app.evidence.package import Export
from app.model.clip import ClipRequest
from tests.evidence.test_exporter import Heard
from tests.evidence.test_tampering import NODE, bad, bad_in_page, flip, in_page

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here")

CONFIGURATION = """
[tsa]
default_tsa = one
[one]
dir = .
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
certs = tsa.pem
signer_key = tsa.key
signer_digest = {digest}
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
"""


def authority_in(folder: Path, *, elliptic: bool = False) -> Path:
    """Key, certificate and configuration for `openssl ts -reply`."""
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1()) if elliptic else rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Otoritas Uji")])
    now = datetime.now(UTC)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(7).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
            .sign(key, hashes.SHA256()))
    (folder / "tsa.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "tsa.key").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(digest="sha384" if elliptic else "sha256"))
    (folder / "serial").write_text("01")
    return folder


def reply(folder: Path, query: bytes) -> bytes:
    (folder / "query.tsq").write_bytes(query)
    subprocess.run(["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "answer.tsr"],
                   cwd=folder, check=True, capture_output=True, timeout=30)
    return (folder / "answer.tsr").read_bytes()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return authority_in(tmp_path_factory.mktemp("tsa") / "one")


class Server:
    """The authority on a port of this machine; ``up`` False: it answers 503."""

    def __init__(self, folder: Path) -> None:
        this = self
        self.up, self.asked = True, 0

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                this.asked += 1
                body = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Content-Type"] == "application/timestamp-query"
                told = reply(folder, body) if this.up else b""
                self.send_response(200 if this.up else 503)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *_: object) -> None:
                pass
        self._server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self._server.server_port}/tsa"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server(authority: Path) -> Iterator[Server]:
    made = Server(authority)
    yield made
    made.close()


def one(request: ClipRequest) -> ClipRequest:
    return replace(request, cameras=request.cameras[:1], custody=None)


def by_openssl(package: Path, authority: Path) -> str:
    told = subprocess.run(["openssl", "ts", "-verify", "-in", files.STAMP, "-data", files.SIGNATURE, "-CAfile",
                           str(authority / "tsa.pem")], cwd=package, capture_output=True, text=True, timeout=30)
    return told.stdout + told.stderr


def test_a_package_is_stamped_and_openssl_agrees(request_of: ClipRequest, station: Identity, authority: Path,
                                                 server: Server, tmp_path: Path) -> None:
    made = Export(one(request_of), station, tmp_path, stamp=lambda signature: stamp.ask(server.url, signature)).run()
    assert made.stamped and "Verification: OK" in by_openssl(made.folder, authority)
    for form in (made.folder, made.zip):
        assert form is not None
        told = check(form)
        facts = next(finding.facts for finding in told.findings if finding.key == "stamp.good")
        assert told.good and facts["authority"] == "Otoritas Uji" and facts["at"][:2] == "20"
        if NODE:
            found = in_page(made.folder / files.PAGE, form)
            assert found["good"]
            seen = next(f["facts"] for f in found["findings"] if f["key"] == "stamp.good")
            assert seen["authority"] == "Otoritas Uji" and seen["fingerprint"] == facts["fingerprint"]
            assert seen["at"][:19] == facts["at"][:19]
    for name, harm, key in (("flipped", lambda path: flip(path, -5), "stamp.key"),
                            ("cut", lambda path: path.write_bytes(path.read_bytes()[:40]), "stamp.form"),
                            ("another's", lambda path: path.write_bytes(reply(authority, stamp.query(b"x"))),
                             "stamp.content")):
        harmed = Path(shutil.copytree(made.folder, tmp_path / "harmed" / name.replace("'", "")))
        harm(harmed / files.STAMP)
        assert bad(check(harmed)) == {(key, "")}, name
        if NODE:
            assert bad_in_page(in_page(made.folder / files.PAGE, harmed)) == {(key, "")}, name


def test_other_keys_and_certificates(tmp_path: Path) -> None:
    elliptic = authority_in(tmp_path / "elliptic", elliptic=True)
    assert stamp.check(reply(elliptic, stamp.query(b"content")), b"content").authority == "Otoritas Uji"
    with pytest.raises(stamp.BadStamp, match="content"):
        stamp.check(reply(elliptic, stamp.query(b"content")), b"other")


@pytest.mark.parametrize("answer", [b"", b"0\x00", b"0\x05\x02\x01\x02\x30\x00", b"<html>no</html>", b"0" * 400_000])
def test_what_is_no_stamp_is_refused(answer: bytes) -> None:
    with pytest.raises(stamp.BadStamp, match="form"):
        stamp.check(answer, b"content")


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    """DER with one element in place of another, and the lengths around it right again."""
    found = b""
    for element in der._elements(data):
        content = new if element.whole == old else element.whole
        if element.whole != old and element.tag & 0x20 and old in element.content:
            inner = changed(element.content, old, new)
            length = len(inner).to_bytes((len(inner).bit_length() + 7) // 8)
            content = bytes([element.tag]) + (length if len(inner) < 128 else bytes([0x80 | len(length)]) + length
                                              ) + inner
        found += content
    return found


def test_a_stamp_whose_signed_attributes_contradict_themselves_is_refused(authority: Path) -> None:
    content = b"what is stamped"
    answer = reply(authority, stamp.query(content))
    assert stamp.check(answer, content).authority == "Otoritas Uji"
    at = answer.index(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04")       # messageDigest
    [digest] = der._elements(answer[at - 2:at + answer[at - 1]])
    [kind, values] = digest.children()
    twice = changed(answer, digest.whole, digest.whole * 2)
    with pytest.raises(stamp.BadStamp, match="stands twice") as told:
        stamp.check(twice, content)
    assert told.value.kind == "form"
    [value] = values.children()
    two = changed(digest.whole, value.whole, value.whole * 2)
    with pytest.raises(stamp.BadStamp) as told:
        stamp.check(changed(answer, digest.whole, two), content)
    assert told.value.kind == "form" and kind.tag == der.OID


def test_off_line_it_waits_and_comes_later(request_of: ClipRequest, station: Identity, authority: Path, server: Server,
                                           tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.up = False
    monkeypatch.setattr(exporting, "ASK_S", 0.05)
    exporter = Exporter(tmp_path, lambda _name: station, lambda: server.url)
    heard = Heard(exporter)
    try:
        exporter.add(Job("j1", one(request_of)))
        package = heard.until(State.DONE).package
        assert package is not None and not package.stamped and check(package.folder).good
        assert [note.name for note in (tmp_path / STAMPS).iterdir()] == [package.folder.name]
    finally:
        exporter.close()
    again = Exporter(tmp_path, lambda _name: station, lambda: server.url)       # the next start
    try:
        again.resume()
        asked = server.asked
        until(lambda: server.asked > asked + 1)
        assert not (package.folder / files.STAMP).exists()
        server.up = True
        until(lambda: not list((tmp_path / STAMPS).iterdir()))
    finally:
        again.close()
    assert "Verification: OK" in by_openssl(package.folder, authority)
    assert package.zip is not None
    for form in (package.folder, package.zip):
        assert "stamp.good" in {finding.key for finding in check(form).findings} and check(form).good


def until(holds: object) -> None:
    assert callable(holds)
    for _ in range(1200):
        if holds():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it never came true")


def test_only_an_authority_is_asked() -> None:
    for url in ("file:///etc/passwd", "ftp://x/y", "", "rtsp://x"):
        with pytest.raises(OSError, match="authority"):
            stamp.ask(url, b"x")


@pytest.mark.parametrize("answer", [b"\x16\x03 no HTTP\r\n\r\n",
                                    b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n"])
def test_an_authority_that_talks_nonsense_is_as_one_that_is_away(answer: bytes) -> None:
    """The hand-out goes on without its stamp and asks again later."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        def talk() -> None:
            line, _ = door.accept()
            with line:
                line.settimeout(30)
                line.recv(1 << 16)
                line.sendall(answer)
        thread = threading.Thread(target=talk, name="nonsense")
        thread.start()
        try:
            with pytest.raises(OSError):
                stamp.ask(f"http://127.0.0.1:{door.getsockname()[1]}/tsa", b"x")
        finally:
            thread.join(60)
