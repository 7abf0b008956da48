"""Addresses: the allow-list holds, user and password never stay in one, and no sentence repeats a secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.errors import OperatorError
from app.model.secret import Credentials, Secret
from app.runtime.addresses import DEFAULT_PORTS, SCHEMES, parse, reveal, shown


@pytest.mark.parametrize(("text", "scheme", "host", "port", "url"), [
    ("rtsp://10.0.0.5/main", "rtsp", "10.0.0.5", 554, "rtsp://10.0.0.5/main"),
    ("  RTSP://Cam-1.Kota.ID:8554/a?b=c&d ", "rtsp", "cam-1.kota.id", 8554, "rtsp://cam-1.kota.id:8554/a?b=c&d"),
    ("rtsps://cam", "rtsps", "cam", 322, "rtsps://cam"),
    ("http://[2001:DB8::1]:81/v.mjpg", "http", "2001:db8::1", 81, "http://[2001:db8::1]:81/v.mjpg"),
    ("https://cam_2/live.m3u8", "https", "cam_2", 443, "https://cam_2/live.m3u8"),
    ("srt://10.0.0.5:9000?mode=caller", "srt", "10.0.0.5", 9000, "srt://10.0.0.5:9000?mode=caller"),
    ("udp://@239.1.1.1:1234", "udp", "239.1.1.1", 1234, "udp://239.1.1.1:1234"),
    ("udp://:5000", "udp", "", 5000, "udp://:5000"),
    ("file:///srv/clip%20a.mp4", "file", "", 0, "file:///srv/clip%20a.mp4"),
    ("file://localhost/srv/a.mp4", "file", "", 0, "file:///srv/a.mp4"),
    ("v4l2:///dev/video0", "v4l2", "", 0, "v4l2:///dev/video0"),
])
def test_what_is_allowed_is_understood(text, scheme, host, port, url):
    address = parse(text)
    assert (address.scheme, address.host, address.port, address.url) == (scheme, host, port, url)
    assert address.credentials == Credentials()
    assert parse(address.url) == address, "a kept address is understood again, unchanged"


@pytest.mark.parametrize(("text", "words"), [
    ("", "no scheme"),
    ("10.0.0.5/main", "no scheme"),
    ("concat:a|b", "control character"),
    ("concat:a", "no scheme"),
    ("gopher://x/", "gopher:// are not opened"),
    ("subfile,,start,0,end,0,,:///etc/passwd", "no scheme"),
    ("ftp://10.0.0.5/a", "not opened"),
    ("rtsp:///main", "names no host"),
    ("rtsp://", "names no host"),
    ("http://:80/", "names no host"),
    ("rtsp://10.0.0.5:0/", "port"),
    ("rtsp://10.0.0.5:65536/", "port"),
    ("rtsp://10.0.0.5:000055499/", "port"),
    ("rtsp://10.0.0.5:99999999999999999999/", "port"),
    ("rtsp://10.0.0.5:5a4/", "port"),
    ("rtsp://-cam/", "not a valid name"),
    ("rtsp://ca..m/", "not a valid name"),
    ("rtsp://[::1/", "brackets"),
    ("rtsp://[zz]/", "IPv6"),
    ("rtsp://cam/a#b", "'#'"),
    ("rtsp://cam/a b", "blank"),
    ("rtsp://cam/a\nb", "control character"),
    ("rtsp://cam/a\x00b", "control character"),
    ("rtsp://cam/a\\b", "backslash"),
    ("rtsp://cam/100%", "%25"),
    ("rtsp://cam/" + "a" * 2048, "longer than 2048"),
    ("udp://239.1.1.1", "needs a port"),
    ("udp://user@239.1.1.1:1", "no user"),
    ("srt://10.0.0.5", "needs a port"),
    ("file://server/share/a.mp4", "three slashes"),
    ("file:///", "names a file"),
    ("v4l2:///etc/shadow", "video device"),
    ("v4l2:///dev/video0/../../etc/shadow", "video device"),
])
def test_what_is_not_allowed_gets_a_sentence(text, words):
    with pytest.raises(OperatorError, match=words):
        parse(text)


@pytest.mark.parametrize(("text", "name", "password", "url"), [
    ("rtsp://admin:geheim@10.0.0.5/m", "admin", "geheim", "rtsp://10.0.0.5/m"),
    ("rtsp://admin@10.0.0.5/m", "admin", "", "rtsp://10.0.0.5/m"),
    ("rtsp://admin:p@ss:w@10.0.0.5:554/m", "admin", "p@ss:w", "rtsp://10.0.0.5:554/m"),
    ("rtsp://admin:p%40%2F%3Fs%23@10.0.0.5/m", "admin", "p@/?s#", "rtsp://10.0.0.5/m"),
    ("rtsp://admin:100%@10.0.0.5/m", "admin", "100%", "rtsp://10.0.0.5/m"),
    ("http://c/v.cgi?usr=admin&pwd=geheim&fps=5", "admin", "geheim",
     "http://c/v.cgi?usr={username}&pwd={password}&fps=5"),
    ("http://admin:geheim@c/v.cgi?PWD=geheim", "admin", "geheim", "http://c/v.cgi?PWD={password}"),
    ("srt://c:9000?passphrase=sepuluh-huruf", "", "sepuluh-huruf", "srt://c:9000?passphrase={password}"),
    ("rtsp://c/user=admin_password=geheim_channel=1_stream=0.sdp", "admin", "geheim",
     "rtsp://c/user={username}_password={password}_channel=1_stream=0.sdp"),
    ("rtsp://c/user=admin&password=&channel=1&stream=0.sdp?real_stream", "admin", "",
     "rtsp://c/user={username}&password=&channel=1&stream=0.sdp?real_stream"),
])
def test_user_and_password_leave_the_address_and_come_back_for_the_demuxer(text, name, password, url):
    address = parse(text)
    assert address.url == url
    assert (address.credentials.username, address.credentials.password.reveal()) == (name, password)
    assert parse(address.url).url == url
    assert not parse(address.url).credentials
    again = parse(reveal(address.url, address.credentials))
    assert again.url == url
    assert again.credentials == address.credentials


@pytest.mark.parametrize("text", [
    "rtsp://admin:{p}/x@10.0.0.5/m", "rtsp://admin:{p}?x@10.0.0.5/m", "rtsp://admin:1/{p}@10.0.0.5/m",
    "rtsp://admin:{p}#x@10.0.0.5/m", "rtsp://admin:{p}@10.0.0.5:99999/m", "rtsp://admin:{p}",
    "rtsp://a:{p}@c/v?pwd=andere", "rtsp://admin:{p} x@10.0.0.5/", "rtsp://admin:{p}@/m", "ftp://admin:{p}@c/",
])
def test_no_sentence_repeats_a_password(text):
    with pytest.raises(OperatorError) as caught:
        parse(text.format(p="Gsangatrahasia"))
    assert "sangatrahasia" not in str(caught.value).lower()
    assert "sangatrahasia" not in repr(caught.value).lower()


@pytest.mark.parametrize("text", [
    "rtsp://admin:{p}@10.0.0.5/m", "rtsp://admin:a@{p}@10.0.0.5/m", "rtsp://admin:1/{p}@10.0.0.5/m",
    "http://c/v?user=x&pwd={p}", "rtsp://c/user=admin_password={p}_channel=1", "admin:{p}@10.0.0.5",
    "srt://c:9000?passphrase={p}", "nonsense://x:{p}@@",
])
def test_the_printed_form_hides_the_password_even_of_nonsense(text):
    assert "rahasia" not in shown(text.format(p="rahasia"))


def test_the_printed_form_keeps_what_helps():
    assert shown("rtsp://admin:x@10.0.0.5:8554/main?res=hd") == "rtsp://***@10.0.0.5:8554/main?res=hd"
    assert shown("http://c/v?pwd={password}") == "http://c/v?pwd={password}"
    assert shown("rtsp://c/\x1b[31mred") == "rtsp://c/?[31mred"


def test_reveal_leaves_schemes_without_login_alone():
    login = Credentials("a", Secret("b"))
    for url in ("file:///a.mp4", "v4l2:///dev/video0", "udp://239.1.1.1:1", "srt://c:1"):
        assert reveal(url, login) == url
    assert reveal("rtsp://c/", Credentials()) == "rtsp://c/"
    assert reveal("rtsp://c/", Credentials("a b", Secret("p@/"))) == "rtsp://a%20b:p%40%2F@c/"


def test_usual_ports_are_only_for_allowed_schemes():
    assert set(DEFAULT_PORTS) <= set(SCHEMES)


@given(st.text(max_size=80))
def test_any_text_is_parsed_or_refused_in_a_sentence(text):
    for typed in (text, "rtsp://" + text, "rtsp://a:" + text + "@c/", "http://c/?pwd=" + text):
        try:
            address = parse(typed)
        except OperatorError as error:
            assert str(error).endswith(".")
        else:
            assert parse(address.url).url == address.url
        assert isinstance(shown(typed), str)


@given(st.text(min_size=1, max_size=20), st.text(max_size=20))
def test_any_login_survives_the_way_to_the_demuxer_and_back(name, password):
    try:
        login = Credentials(name, Secret(password))
        text = reveal("rtsp://10.0.0.5:8554/main", login)
    except UnicodeEncodeError:
        return      # a lone surrogate is no text that a keyboard can type
    address = parse(text)
    assert address.credentials == login
    assert address.url == "rtsp://10.0.0.5:8554/main"
