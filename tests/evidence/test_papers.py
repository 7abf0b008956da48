"""Canonical JSON, hashes, signature, certificate and boxes, each by itself."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evidence import boxes, canonical, der, files, identity, signature
from app.evidence.identity import Identity
from app.evidence.words import ENGLISH, INDONESIAN
from app.model.clip import GapCause
from app.model.errors import OperatorError
from app.runtime.secrets import Vault
from widgets.bookmarks.words import CATEGORIES

VALUES = st.recursive(st.none() | st.booleans() | st.integers(-2 ** 53 + 1, 2 ** 53 - 1) | st.text(max_size=8),
                      lambda inner: (st.lists(inner, max_size=3)
                                     | st.dictionaries(st.text(max_size=4), inner, max_size=3)), max_leaves=8)


@given(st.dictionaries(st.text(max_size=4), VALUES, max_size=4))
def test_what_is_written_canonically_reads_back(value: dict[str, object]) -> None:
    assert canonical.read(canonical.canonical(value)) == value


def test_canonical_form() -> None:
    assert canonical.canonical({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'.encode()
    # UTF-16 order (RFC 8785 3.2.3): the smiley's surrogates come before U+FB33.
    assert canonical.canonical({"\ufb33": 1, "\U0001f600": 2}).index(b"\xf0") < 5


@pytest.mark.parametrize("value", [{"a": 1.0}, {"a": 2 ** 53}, {1: 2}, {"a": "\ud800"}, {"a": b""}])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        canonical.canonical(value)


@pytest.mark.parametrize("text", [b'{"a":1,"a":1}', b'{"a": 1}', b'{"b":1,"a":1}', b'{"a":1e3}', b'[1]', b'{"a":NaN}',
                                  b'{"a":"\\u0041"}', b"\xff", b'{"a":' + b"[" * 100_000, b'{"a":1}\n'])
def test_what_is_not_canonical_is_not_read(text: bytes) -> None:
    with pytest.raises(ValueError):
        canonical.read(text)


def test_openssl_agrees_with_the_signature(station: Identity, tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(b"content\r\nof two lines\n")
    (tmp_path / "s").write_bytes(station.sign(b"content\r\nof two lines\n"))
    (tmp_path / "c").write_bytes(station.pem)
    words = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "s", "-content", "m", "-CAfile", "c"]
    assert subprocess.run(words, cwd=tmp_path, capture_output=True, timeout=20).returncode == 0
    (tmp_path / "m").write_bytes(b"content\nof two lines\n")
    assert subprocess.run(words, cwd=tmp_path, capture_output=True, timeout=20).returncode != 0


def test_each_changed_byte_of_a_signature_is_refused_or_changes_nothing_signed(station: Identity) -> None:
    signed = station.sign(b"content")
    for at in range(0, len(signed), 7):
        forged = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1:]
        try:
            signer = signature.check(b"content", forged)
        except signature.BadSignature:
            continue
        # Bytes that no one signed, of the certificate say, change its fingerprint; others are left alone by everyone.
        assert signer.fingerprint != station.fingerprint or signer.certificate == station.certificate


def test_another_stations_signature_is_told_apart(station: Identity, stranger: Identity) -> None:
    assert signature.check(b"x", station.sign(b"x")).fingerprint == station.fingerprint
    assert signature.check(b"x", stranger.sign(b"x")).fingerprint == stranger.fingerprint != station.fingerprint
    with pytest.raises(signature.BadSignature, match="content"):
        signature.check(b"y", station.sign(b"x"))


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with pytest.raises(signature.BadSignature):
        signature.check(b"x", data)


@pytest.mark.parametrize("data", [b"\x30", b"\x30\x80", b"\x30\x81\x01\x00", b"\x30\x05\x00", b"\x1f\x00",
                                  b"\x30\x85\0\0\0\0\0"])
def test_ber_that_is_not_der_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        der.one(data, der.SEQUENCE)


def test_the_key_is_made_once_and_for_this_user_alone(tmp_path: Path) -> None:
    first = identity.load_or_make("Pos", tmp_path)
    assert identity.load_or_make("Other", tmp_path).fingerprint == first.fingerprint
    assert first.name == "Pos" and "PRIVATE" not in repr(first)
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / identity.KEY).stat().st_mode) == 0o600
    second = identity.rotate("Pos", tmp_path)
    assert identity.known_fingerprints(tmp_path) == {first.fingerprint: "Pos", second.fingerprint: "Pos"}
    (tmp_path / identity.KEY).write_bytes(b"nonsense")
    with pytest.raises(OperatorError):
        identity.load(tmp_path)


def test_a_vault_seals_the_key(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault.key")
    made = identity.load_or_make("Pos", tmp_path / "s", vault)
    assert b"PRIVATE" not in (tmp_path / "s" / identity.KEY).read_bytes()
    assert identity.load(tmp_path / "s", vault).fingerprint == made.fingerprint
    with pytest.raises(OperatorError):
        identity.load(tmp_path / "s", Vault(tmp_path / "other.key"))


def test_boxes_are_refused_where_they_would_move_pictures(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(b"\0\0\0\x08moov\0\0\0\x0cmdat1234")
    with pytest.raises(ValueError):
        boxes.append(path, boxes.Facts("", "", 0, 0, "", latitude="1", longitude="2"))
    assert path.stat().st_size == 20


def test_both_languages_say_everything() -> None:
    assert ENGLISH.keys() == INDONESIAN.keys()
    assert all(f"cause.{cause}" in ENGLISH for cause in GapCause)
    assert all(f"category.{name}" in ENGLISH for name in CATEGORIES)


def test_names_fit_every_file_system() -> None:
    assert files.slug("Jl. Sultan Hasanuddin / É\0..") == "jl-sultan-hasanuddin-e"
    assert files.slug("日本") == ""
