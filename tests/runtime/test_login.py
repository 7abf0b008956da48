"""Logins by challenge against the examples of the RFCs."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.errors import CameraError
from app.model.secret import Credentials, Secret
from app.runtime import login as auth
from app.runtime.login import Login, challenge

ADDRESS = "rtsp://10.0.0.5/Streaming/Channels/101"


def asked(line, name="Mufasa", password="Circle Of Life"):
    login = Login(Credentials(name, Secret(password)))
    assert login.refused([line], False) is False
    return login


def test_nothing_is_said_before_a_challenge():
    assert Login(Credentials("a", Secret("b"))).header("DESCRIBE", ADDRESS) == ""


def test_basic():
    header = asked('Basic realm="x"', "operator", "ra:hasia é").header("DESCRIBE", ADDRESS)
    assert base64.b64decode(header.removeprefix("Basic ")).decode() == "operator:ra:hasia é"


def test_the_example_of_rfc_2617(monkeypatch):
    """Section 3.5, with its client nonce."""
    monkeypatch.setattr(auth.secrets, "token_hex", lambda _: "0a4f113b")
    header = asked('Digest realm="testrealm@host.com", qop="auth,auth-int", '
                   'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
                   ).header("GET", "/dir/index.html")
    assert 'response="6629fae49393a05397450978507c4ef1"' in header
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in header and "nc=00000001" in header


def test_the_sha_256_example_of_rfc_7616(monkeypatch):
    """Section 3.9.1."""
    monkeypatch.setattr(auth.secrets, "token_hex", lambda _: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    header = asked('Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, '
                   'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
                   'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
                   "Mufasa", "Circle of Life").header("GET", "/dir/index.html")
    assert "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" in header
    assert "algorithm=SHA-256" in header


def test_an_old_camera_without_qop():
    header = asked('Digest realm="Login to 9F00", nonce="abc"', "admin", "x").header("SETUP", ADDRESS)
    outer = auth._md5(f"{auth._md5('admin:Login to 9F00:x')}:abc:{auth._md5(f'SETUP:{ADDRESS}')}")
    assert f'response="{outer}"' in header and "cnonce" not in header and "nc=" not in header


def test_a_session_hash_depends_on_the_nonces():
    line = 'Digest realm="r", nonce="{}", qop="auth", algorithm=MD5-sess'
    first, second = (asked(line.format(nonce)).header("PLAY", ADDRESS) for nonce in "ab")
    assert "algorithm=MD5-sess" in first and "cnonce=" in first
    assert re.search(r'response="(\w+)"', first)[1] != re.search(r'response="(\w+)"', second)[1]


def test_each_request_counts_on():
    login = asked('Digest realm="r", nonce="n", qop="auth"')
    assert [re.search(r"nc=(\w+)", login.header("OPTIONS", ADDRESS))[1] for _ in range(3)] == \
        ["00000001", "00000002", "00000003"]


def test_the_first_digest_that_we_speak_wins_over_basic():
    assert challenge(['Basic realm="b"', 'Digest realm="x", algorithm=SHA-512-256, nonce="1"',
                      'Digest realm="d", nonce="2"']).nonce == "2"
    assert challenge(['Basic realm="b"', 'Digest realm="x", qop="auth-int", nonce="1"']).algorithm == ""
    with pytest.raises(CameraError, match="unsupported"):
        challenge(['Negotiate', 'Digest realm="x", algorithm=SHA-512-256, nonce="1"'])


def test_a_refused_password_is_not_tried_again():
    """A new nonce alone is no invitation: cameras send one with every refusal, and lock out who goes on."""
    for line in ('Digest realm="r", nonce="2"', 'Basic realm="r"'):
        with pytest.raises(CameraError, match="unauthorised"):
            asked('Digest realm="r", nonce="1"').refused([line], False)


def test_a_stale_nonce_is_replaced_once():
    login = asked('Digest realm="r", nonce="1"')
    assert login.refused(['Digest realm="r", nonce="2", stale=TRUE'], False) is True
    with pytest.raises(CameraError, match="unauthorised"):
        login.refused(['Digest realm="r", nonce="3", stale=TRUE'], True)


def test_a_camera_with_a_new_nonce_for_every_request():
    """Dahua: what was let in once is not refused for its password (rroller/dahua#603)."""
    login = asked('Digest realm="r", nonce="1"')
    login.accepted()
    assert login.refused(['Digest realm="r", nonce="2"'], False) is True
    assert 'nonce="2"' in login.header("SETUP", ADDRESS)


def test_without_credentials_nothing_is_tried():
    with pytest.raises(CameraError, match="unauthorised"):
        Login(Credentials()).refused(['Basic realm="r"'], False)


def test_quotes_cannot_break_out():
    header = asked('Digest realm="a\\"b", nonce="n"', 'x", uri="evil').header("PLAY", ADDRESS)
    assert 'username="x\\", uri=\\"evil"' in header and 'realm="a\\"b"' in header


@given(st.lists(st.text(max_size=80), max_size=4))
def test_any_challenge_is_read_or_refused(lines):
    login = Login(Credentials("a", Secret("b")))
    try:
        login.refused(lines, False)
    except CameraError:
        return
    assert login.header("PLAY", ADDRESS).startswith(("Basic ", "Digest "))
