"""The seal inside a clip: openssl checks it, `main.py verify` too, and it names what was done to a clip."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from app.evidence import boxes, canonical, files, onvif_seal
from app.evidence.checking import check
from app.evidence.findings import Verdict
from app.evidence.identity import Identity
from app.evidence.outcome import Package
from tests.evidence.test_tampering import CLIP, NODE, bad, bad_in_page, in_page, sign_again


def by_the_standard(content: bytes) -> tuple[int, bytes, bytes]:
    """Where the signature lies, it, and the certificate: found by their names, sizes as the boxes say."""
    def body(kind: bytes) -> tuple[int, int]:
        at = content.rindex(kind)
        return at + 4, at - 4 + int.from_bytes(content[at - 4:at])
    assert content.rindex(b"ipro") < content.rindex(b"sinf") < content.rindex(b"schm") < content.rindex(b"schi")
    begin, end = body(b"schm")
    assert content[begin:end] == bytes(4) + b"oeff" + b"\0\1\0\0"       # FullBox, scheme_type, scheme_version
    begin, end = body(b"ipro")
    assert content[begin:begin + 6] == bytes(5) + b"\1" and end == len(content)     # FullBox, protection_count 1
    signed, certified = body(b"sibo"), body(b"cert")
    return signed[0], content[slice(*signed)], content[slice(*certified)]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here")
def test_openssl_checks_the_seal_of_each_clip(made: Package, station: Identity, tmp_path: Path) -> None:
    clips = sorted(made.folder.glob("*.mp4"))
    assert len(clips) == 2
    for clip in clips:
        content = clip.read_bytes()
        at, signature, certificate = by_the_standard(content)
        told = x509.load_der_x509_certificate(certificate)
        assert told == station.certificate and len(signature) == 384
        (tmp_path / "zeroed").write_bytes(content[:at] + bytes(384) + content[at + 384:])
        (tmp_path / "signature").write_bytes(signature)
        (tmp_path / "key").write_bytes(told.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
        command = ["openssl", "dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:20",
                   "-sigopt", "rsa_mgf1_md:sha256", "-verify", "key", "-signature", "signature"]
        assert subprocess.run([*command, "zeroed"], cwd=tmp_path, capture_output=True, timeout=30).returncode == 0
        flipped = bytearray((tmp_path / "zeroed").read_bytes())
        flipped[5000] ^= 1
        (tmp_path / "flipped").write_bytes(flipped)
        assert subprocess.run([*command, "flipped"], cwd=tmp_path, capture_output=True, timeout=30).returncode != 0


def listed_again(folder: Path, who: Identity) -> None:
    """A manifest that knows the harmed clip: what the hashes show no longer."""
    digest = hashlib.sha256((folder / CLIP).read_bytes()).hexdigest()

    def change(told: dict[str, object]) -> None:
        text = canonical.canonical(told).decode()
        old = next(e["sha256"] for e in told["files"] if e["name"] == CLIP)     # type: ignore[attr-defined]
        told.update(canonical.read(text.replace(old, digest).encode()))
    sign_again(folder, who, change)


def test_a_clip_that_was_changed_and_listed_again_is_named(package: Path, station: Identity) -> None:
    content = bytearray((package / CLIP).read_bytes())
    content[5000] ^= 1
    (package / CLIP).write_bytes(content)
    assert bad(check(package)) == {("changed", CLIP)}
    listed_again(package, station)
    assert bad(check(package)) == {("seal.bad", CLIP)}
    if NODE:
        assert bad_in_page(in_page(package / files.PAGE, package)) == {("seal.bad", CLIP)}
    at, _, _ = by_the_standard(bytes(content))
    content[at:at + 384] = bytes(384)
    (package / CLIP).write_bytes(content)
    listed_again(package, station)
    assert bad(check(package)) == {("seal.bad", CLIP)}


def test_clips_in_a_strangers_package_still_say_who_sealed_them(package: Path, station: Identity,
                                                                stranger: Identity) -> None:
    (package / files.CERTIFICATE).write_bytes(stranger.pem)
    entry = {"bytes": len(stranger.pem), "sha256": hashlib.sha256(stranger.pem).hexdigest()}

    def forge(told: dict[str, object]) -> None:
        told["station"]["certificate_sha256"] = stranger.fingerprint            # type: ignore[index]
        next(e for e in told["files"] if e["name"] == files.CERTIFICATE).update(entry)     # type: ignore[attr-defined]
    sign_again(package, stranger, forge)
    told = check(package)
    assert told.good
    assert {(f.verdict, f.facts["fingerprint"]) for f in told.findings if f.key == "seal.other"} == {
        (Verdict.NOTE, station.fingerprint)}
    if NODE:
        seen = in_page(package / files.PAGE, package)
        assert {(f["verdict"], f["facts"]["fingerprint"]) for f in seen["findings"] if f["key"] == "seal.other"} == {
            ("note", station.fingerprint)}


def test_wherever_the_chunks_end_the_seal_is_found(made: Package, station: Identity) -> None:
    content = (made.folder / CLIP).read_bytes()
    seal = onvif_seal.find(io.BytesIO(content))
    assert seal is not None and (seal.at, seal.size) == (by_the_standard(content)[0], 384)
    for step in (len(content), seal.at, seal.at + 1, seal.at + 383, seal.at + 384, seal.at + 385, 1000):
        digest, watch = hashlib.sha256(), onvif_seal.Watch(seal)
        for at in range(0, len(content), step):
            watch.follow(digest, content[at:at + step], at)
            digest.update(content[at:at + step])
        signer = watch.signer()
        assert signer is not None and signer.fingerprint == station.fingerprint, step


def test_files_without_a_seal_are_as_they_are(made: Package, tmp_path: Path) -> None:
    plain = boxes.boxed(b"ftyp", b"isom") + boxes.boxed(b"meta", bytes(4))
    assert onvif_seal.find(io.BytesIO(plain)) is None
    assert onvif_seal.find(io.BytesIO(boxes.boxed(b"ftyp", b"isom"))) is None
    (tmp_path / "x.mp4").write_bytes(plain)
    told = onvif_seal.fill(tmp_path / "x.mp4", lambda _: b"nobody asks for it")
    assert (tmp_path / "x.mp4").read_bytes() == plain
    assert (told.bytes, told.sha256) == (len(plain), hashlib.sha256(plain).hexdigest())
    odd = onvif_seal.Seal(0, 4, b"no certificate")
    watch = onvif_seal.Watch(odd)
    assert watch.signer() is None
    watch.follow(hashlib.sha256(), b"12345678", 0)
    assert watch.signer() is None and made.zip is not None
