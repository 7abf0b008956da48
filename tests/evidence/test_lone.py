"""A clip that left its package: `main.py verify CLIP` and verify.html say whose it is, and what was done to it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from app.cli import front
from app.evidence import boxes, files, onvif_seal
from app.evidence.boxes import Facts
from app.evidence.checking import check
from app.evidence.findings import Checked, Verdict
from app.evidence.guide import page
from app.evidence.identity import Identity
from app.evidence.outcome import Package
from app.evidence.package import Export
from app.evidence.sentences import sentence
from app.model.clip import ClipRequest
from app.model.custody import Act
from app.registry.registry import Registry
from app.runtime import paths
from tests.evidence.conftest import IN
from tests.evidence.test_tampering import CLIP, NODE, bad, flip, in_page
from tests.fakes.segments import SECOND, T

_PLAIN = boxes.boxed(b"ftyp", b"isom") + boxes.boxed(b"mdat", bytes(range(256)) * 40)


def certified(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, name: str) -> bytes:
    """A certificate of one's own, DER."""
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = (x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
            .serial_number(7).not_valid_before(start).not_valid_after(start.replace(year=2036))
            .sign(key, hashes.SHA256()))
    return made.public_bytes(serialization.Encoding.DER)


def sealed(path: Path, certificate: bytes, key: rsa.RSAPrivateKey, **said: str) -> Path:
    """Some bytes that are no pictures, sealed all the same."""
    path.write_bytes(_PLAIN)
    boxes.append(path, Facts(said.get("unit", "Pos"), "Budi", T, T, "Simpang",
                             seal=onvif_seal.empty(certificate, (key.key_size + 7) // 8)))
    onvif_seal.fill(path, lambda digest: onvif_seal.sign(digest, key))
    return path


def both(clip: Path, expected: str = "", checking: bytes | None = None) -> Checked:
    """What is found; the page finds the same, word for word."""
    told = check(clip, expected=expected)
    if NODE:
        where = clip.with_name("page.html")
        where.write_bytes(checking or page())
        seen = in_page(where, clip, expected)
        assert [(f["verdict"], f["key"], f["facts"]) for f in seen["findings"]] == [
            (f.verdict, f.key, dict(f.facts)) for f in told.findings]
        assert (seen["good"], seen["fingerprint"]) == (told.good, told.fingerprint)
    assert told.single and all("{" not in sentence(f) for f in told.findings)
    return told


@pytest.fixture
def clip(made: Package, tmp_path: Path) -> Path:
    """The first clip of the package, by another name in another folder."""
    return Path(shutil.copy(made.folder / CLIP, tmp_path / "from-a-phone.mp4"))


def test_a_clip_says_whose_it_is(clip: Path, station: Identity, stranger: Identity) -> None:
    told = both(clip)
    assert told.good and told.fingerprint == station.fingerprint and told.clip == files.sha256(clip)
    good, note, says = told.findings
    assert (good.key, good.facts["station"]) == ("seal.good", station.name)
    assert (note.verdict, note.key) == (Verdict.NOTE, "station.compare")
    assert (says.key, says.facts["camera"], says.facts["operator"], says.facts["unit"]) == (
        "clip.says", "0001 Simpang Lima 1", "Budi", "Makassar")
    stated = datetime.fromisoformat(says.facts["start"])
    assert abs(stated.timestamp() * SECOND - IN) <= SECOND              # the key picture before the mark
    assert both(clip, station.fingerprint).good
    assert check(clip, known={station.fingerprint: "Pos"}).findings[1].key == "station.known"
    assert bad(both(clip, stranger.fingerprint)) == {("station.foreign", "")}


HARMS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a byte of a picture": (lambda c: flip(c, 5000), "seal.bad"),
    "the start that it states": (lambda c: flip(c, c.read_bytes().rindex(b"cstb") + 19), "seal.bad"),
    "a byte of the signature": (lambda c: flip(c, c.read_bytes().rindex(b"sibo") + 9), "seal.bad"),
    "the first byte of the signature": (lambda c: flip(c, c.read_bytes().rindex(b"sibo") + 4), "seal.bad"),
    "a byte of the certificate": (lambda c: flip(c, -40), "seal.bad"),
    "a byte behind": (lambda c: c.write_bytes(c.read_bytes() + b"x"), "clip.form"),
    "an empty box behind": (lambda c: c.write_bytes(c.read_bytes() + boxes.boxed(b"free", b"")), "seal.none"),
    "cut off": (lambda c: c.write_bytes(c.read_bytes()[:-1]), "clip.form"),
    "nothing": (lambda c: c.write_bytes(b""), "seal.none"),
    "no MP4": (lambda c: c.write_bytes(b"a letter to the court, not a clip"), "clip.form"),
    "boxes without end": (lambda c: c.write_bytes(boxes.boxed(b"free", b"") * 100_001), "clip.form"),
    "without a seal": (lambda c: c.write_bytes(_PLAIN), "seal.none"),
}


@pytest.mark.parametrize("name", HARMS)
def test_harm_is_named(clip: Path, name: str) -> None:
    harm, wanted = HARMS[name]
    harm(clip)
    told = both(clip)
    assert not told.good and bad(told) == {(wanted, clip.name)} and len(told.findings) == 1


def test_large_clips_are_hashed_piece_by_piece(clip: Path, station: Identity) -> None:
    """What a browser cannot hash at once: wherever its pieces end."""
    with clip.open("rb") as file:
        seal = onvif_seal.find(file)
    assert seal is not None
    for piece in (1000, seal.at, seal.at + 1, seal.at + seal.size, seal.at + seal.size + 1):
        pieces = page().replace(b"AT_ONCE = 128 << 20", b"AT_ONCE = 0").replace(
            b"PIECE = 8 << 20", b"PIECE = %d" % piece)
        assert pieces.count(b"AT_ONCE = 0;") == 1 and b"PIECE = %d;" % piece in pieces
        assert both(clip, station.fingerprint, pieces).good
    flip(clip, 5000)
    assert bad(both(clip, "", pieces)) == {("seal.bad", clip.name)}


def key_of(bits: int) -> rsa.RSAPrivateKey:
    """Of exactly so many bits; OpenSSL itself makes even numbers of them."""
    if bits % 2 == 0:
        return rsa.generate_private_key(65537, bits)
    while True:
        p, q = (rsa.generate_private_key(65537, one).private_numbers().p for one in (bits + 1, bits - 1))
        if (p * q).bit_length() == bits:
            d = pow(65537, -1, (p - 1) * (q - 1))
            return rsa.RSAPrivateNumbers(
                p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q),
                rsa.RSAPublicNumbers(65537, p * q)).private_key()


@pytest.mark.parametrize("bits", [2048, 2049, 2050, 2054, 2056])
def test_keys_of_every_length(tmp_path: Path, bits: int) -> None:
    """The bits in front of a signature that must be zero are none to seven."""
    key = key_of(bits)
    assert key.public_key().public_numbers().n.bit_length() == bits
    assert both(sealed(tmp_path / "x.mp4", certified(key, "Pos"), key)).good


def encoded(digest: bytes, size: int, *, padding: int = 0, mark: int = 1, trailer: int = 0xBC, salt: bytes = b"s" * 20,
            top: int = 0) -> bytes:
    """EMSA-PSS by hand (RFC 8017 9.1.1), for a key whose bits are a multiple of eight."""
    hashed = hashlib.sha256(bytes(8) + digest + salt).digest()
    block = bytes([padding] * (size - len(salt) - 34)) + bytes([mark]) + salt
    mask = b"".join(hashlib.sha256(hashed + count.to_bytes(4)).digest() for count in range(size // 32))
    masked = bytearray(one ^ other for one, other in zip(block, mask, strict=False))
    masked[0] = masked[0] & 0x7F | top
    return bytes(masked) + hashed + bytes([trailer])


@pytest.mark.parametrize(("wrong", "good"), [
    ({}, True), ({"padding": 1}, False), ({"mark": 2}, False), ({"trailer": 0xCC}, False), ({"salt": b"s" * 32}, False),
    ({"top": 0x80}, False), ({"of": b"x" * 32}, False)])
def test_signatures_by_someone_who_knows_the_key(tmp_path: Path, wrong: dict[str, object], good: bool) -> None:
    """Each part of the padding counts: both checks refuse the same."""
    key = key_of(2048)
    numbers = key.private_numbers()
    n, given = numbers.public_numbers.n, dict(wrong)
    path = sealed(tmp_path / "x.mp4", certified(key, "Pos"), key)
    with path.open("rb") as file:
        seal = onvif_seal.find(file)
    assert seal is not None
    content = bytearray(path.read_bytes())
    content[seal.at:seal.at + seal.size] = bytes(seal.size)
    digest = given.pop("of", hashlib.sha256(content).digest())
    tries = (int.from_bytes(encoded(digest, 256, **{"salt": number.to_bytes(20)} | given))      # type: ignore[arg-type]
             for number in range(1000))
    number = next(one for one in tries if one < n)              # what is not less than the modulus cannot be signed
    content[seal.at:seal.at + seal.size] = pow(number, numbers.d, n).to_bytes(256)
    path.write_bytes(content)
    told = both(path)
    assert told.good is good and (good or bad(told) == {("seal.bad", path.name)})


def test_what_no_station_would_seal_with_is_refused(tmp_path: Path) -> None:
    short, key = rsa.generate_private_key(65537, 1024), rsa.generate_private_key(65537, 2048)
    rsa_is = bytes.fromhex("2a864886f70d010101")
    unknown = certified(key, "Pos").replace(rsa_is, rsa_is[:-1] + b"\x63")
    for certificate, by in ((certified(short, "Pos"), short), (unknown, key), (b"no certificate", key),
                            (certified(ec.generate_private_key(ec.SECP256R1()), "Pos"), key),
                            (certified(key, "Pos") + b"\0", key)):
        clip = sealed(tmp_path / "x.mp4", certificate, by)
        assert bad(both(clip)) == {("seal.bad", clip.name)}


def test_names_write_no_lines_of_their_own(tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    forged = "Pos”.\nok   The certificate is the expected one\x1b[2J"
    clip = sealed(tmp_path / "x.mp4", certified(key, forged), key, unit="a\u202eb")
    told = check(clip)
    assert told.good and all(sentence(f).isprintable() for f in told.findings)


def test_a_viewing_copy_says_so_wherever_it_went(request_of: ClipRequest, station: Identity, tmp_path: Path,
                                                 one_camera: Callable[..., ClipRequest]) -> None:
    request = replace(one_camera(), t1=request_of.t0 + 2 * SECOND, custody=None, viewing=True)
    made = Export(request, station, tmp_path / "out", with_zip=False).run()
    assert made.viewing is not None
    (master,), (view,) = sorted(made.folder.glob("*.mp4")), sorted(made.viewing.glob("*.mp4"))
    told = both(view)
    assert told.good and (told.findings[-1].key, told.findings[-1].facts) == (
        "clip.viewing", {"master": files.sha256(master)})
    assert all(f.key != "clip.viewing" for f in both(master).findings)
    if shutil.which("ffprobe"):
        asked = subprocess.run(["ffprobe", "-v", "error", "-of", "json", "-show_entries", "format_tags", str(view)],
                               capture_output=True, check=True, timeout=30)
        tags = json.loads(asked.stdout)["format"]["tags"]
        assert tags["comment"] == f"Viewing copy, encoded again. Master: SHA-256 {files.sha256(master)}"
        assert "location" in tags


def test_the_command_line_says_it(clip: Path, station: Identity, capsys: pytest.CaptureFixture[str]) -> None:
    def verify(*words: str) -> tuple[int, str]:
        code = front.main(["verify", "--language", "en", *words], lambda _: 9)
        told = capsys.readouterr()
        return code, told.out + told.err

    paths.registry_path().parent.mkdir(parents=True)
    with Registry.open(paths.registry_path()):
        pass                                # a machine with a registry writes down what was checked
    code, text = verify(str(clip), "--fingerprint", station.fingerprint)
    assert code == 0 and "This clip is as the station sealed it." in text and "“0001 Simpang Lima 1”" in text
    digest = files.sha256(clip)
    flip(clip, 5000)
    code, text = verify(str(clip))
    assert code == 1 and f"BAD  The seal inside {clip.name} does not hold." in text and "NOT shown" in text
    with Registry.open(paths.registry_path()) as registry:
        lines = [json.loads(link.line) for link in registry.custody.links()]
    told = [line["what"] for line in lines if line["act"] == Act.VERIFIED]
    assert [(one["clip_sha256"], one["good"]) for one in told] == [(digest, "yes"), (files.sha256(clip), "no")]
    written = clip.with_name("page.html")
    code, text = verify("--page", str(written))
    assert code == 0 and written.read_bytes() == page() and str(written) in text
    assert verify("--page", str(clip.parent))[0] == 2 and verify()[0] == 2
