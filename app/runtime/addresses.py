"""Camera addresses: which schemes may be opened at all, and the parting of an address from its user and password.

Standard library only; runs on any thread. RFC 3986 gives the grammar; where cameras bend it, a comment says how.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from app.model.errors import OperatorError
from app.model.secret import Credentials, Secret
from app.runtime.language import gettext as _

# Everything else is refused: libav also speaks concat:, subfile:, gopher:, data: ..., which read what they should not.
SCHEMES = ("rtsp", "rtsps", "http", "https", "srt", "udp", "file", "v4l2")
HOST_DUE = frozenset({"rtsp", "rtsps", "http", "https", "srt"})
DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}     # IANA service names
LONGEST = 2048          # characters; the longest seen on a camera (a signed HLS address) was under 1,000

USER_MARK, PASSWORD_MARK = "{username}", "{password}"   # stand in a kept address where a camera wants them in the query
_USER_KEYS = frozenset({"user", "usr", "username", "login", "loginuse", "account"})
_PASSWORD_KEYS = frozenset({"pwd", "pass", "passwd", "password", "passphrase", "loginpas", "token", "access_token",
                            "auth", "secret", "apikey", "api_key", "key", "sig", "signature"})
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f#\\\"<>^`|\u2028\u2029\ufeff]")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9.])?")
_DEVICE = re.compile(r"/dev/(?:video\d{1,3}|v4l/by-(?:id|path)/[A-Za-z0-9._:+-]+)")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Xiongmai recorders carry both in the path: /user=admin_password=x_channel=1_stream=0.sdp (or with & between).
_PATH_LOGIN = re.compile(r"(?i)(?<=/)user=(?P<user>.*?)(?P<gap>[&_])password=(?P<password>.*?)(?P=gap)(?=channel=)")


@dataclass(frozen=True, slots=True)
class Address:
    """A checked address. ``url`` holds neither user nor password; ``port`` is 0 where none is named nor usual."""

    scheme: str
    host: str
    port: int
    url: str
    credentials: Credentials = field(default_factory=Credentials, repr=False)


def parse(text: str) -> Address:
    """Checks an address as typed and takes user and password out of it.

    Raises OperatorError with a sentence that never repeats user, password or anything that might be one.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise OperatorError(_("The address is longer than {most} characters.").format(most=LONGEST))
    if _FORBIDDEN.search(text):
        raise OperatorError(_("The address holds a blank, a '#', a backslash or a control character. "
                              "Write such a character in a password as %XX, for instance %23 for '#'."))
    scheme, colon, rest = text.partition("://")
    scheme = scheme.lower()
    if not colon or not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme):
        raise OperatorError(_("The address has no scheme. It begins with rtsp://, http:// or another of: {schemes}.")
                            .format(schemes=", ".join(SCHEMES)))
    if scheme not in SCHEMES:
        raise OperatorError(_("Addresses that begin with {scheme}:// are not opened. Allowed are: {schemes}.").format(
            scheme=scheme[:20], schemes=", ".join(SCHEMES)))
    if _BAD_PERCENT.search(rest.rpartition("@")[2]):
        raise OperatorError(_("The address holds a '%' that is not followed by two hexadecimal digits; "
                              "write it as %25."))
    if scheme in ("file", "v4l2"):
        return _local(scheme, rest)
    return _remote(scheme, rest)


def reveal(url: str, credentials: Credentials) -> str:
    """The address with user and password put back, for the demuxer alone: never log it, never pass it in argv."""
    name, password = credentials.username, credentials.password.reveal()
    homeless = (name and USER_MARK not in url) or (password and PASSWORD_MARK not in url)
    scheme, _colon, rest = url.partition("://")
    rest = rest.replace(USER_MARK, quote(name, safe="")).replace(PASSWORD_MARK, quote(password, safe=""))
    if not homeless or scheme in ("file", "v4l2", "udp", "srt"):
        return f"{scheme}://{rest}"
    login = quote(name, safe="") + (":" + quote(password, safe="") if password else "")
    return f"{scheme}://{login}@{rest}"


def shown(text: str) -> str:
    """Any address, also a malformed one, fit for a log or a screen: stars for user info and secrets, no controls."""
    text = re.sub(r"[\x00-\x1f\x7f-\x9f]", "?", text[:LONGEST])
    head, colon, rest = text.partition("://")
    if not colon:
        return "***" if "@" in text else text
    rest = "***@" + rest.rpartition("@")[2] if "@" in rest else rest
    rest = _PATH_LOGIN.sub(r"user=***\g<gap>password=***\g<gap>", rest)
    return f"{head}://" + re.sub(r"([?&;])([^=&;]+)=([^&;]*)", _starred, rest)


def _starred(match: re.Match[str]) -> str:
    gap, key, value = match.groups()
    secret = key.lower() in _USER_KEYS | _PASSWORD_KEYS and value not in ("", USER_MARK, PASSWORD_MARK)
    return f"{gap}{key}={'***' if secret else value}"


def _local(scheme: str, rest: str) -> Address:
    host, slash, path = rest.partition("/")
    path = slash + path
    if "@" in host or host.lower() not in ("", "localhost"):
        raise OperatorError(_("A {scheme} address has three slashes and a full path, like {example}.").format(
            scheme=scheme, example="v4l2:///dev/video0" if scheme == "v4l2" else "file:///srv/clip.mp4"))
    if scheme == "v4l2" and not _DEVICE.fullmatch(path):
        raise OperatorError(_("A v4l2 address names a video device, like v4l2:///dev/video0."))
    if scheme == "file" and len(path) < 2:
        raise OperatorError(_("A file address names a file with its full path, like file:///srv/clip.mp4."))
    return Address(scheme, "", 0, f"{scheme}://{path}")


def _remote(scheme: str, rest: str) -> Address:
    end = re.search(r"[/?]", rest)
    authority, tail = (rest[:end.start()], rest[end.start():]) if end else (rest, "")
    if "@" in tail:
        # Either a harmless path or a password with '/' or '?' in it: nobody can tell, so nothing is guessed.
        raise OperatorError(_("The address holds an '@' behind the first '/' or '?'. Write '@' as %40, "
                              "and in a password '/' as %2F and '?' as %3F."))
    login, _at, place = authority.rpartition("@")      # the last one: passwords with '@' are common
    name, _sep, password = login.partition(":")
    host, port = _host_and_port(scheme, place)
    if scheme == "udp":
        if name or password:
            raise OperatorError(_("A udp address has no user and no password."))
        if not port:
            raise OperatorError(_("A udp address needs a port, like udp://239.1.1.1:1234."))
    elif scheme == "srt" and not port:
        raise OperatorError(_("An srt address needs a port, like srt://10.0.0.5:9000."))
    found = Credentials(unquote(name), Secret(unquote(password)))
    tail, found = _take_from_tail(tail, found)
    port_text = f":{port}" if port else ""
    host_text = f"[{host}]" if ":" in host else host
    url = f"{scheme}://{host_text}{port_text}{tail}"
    return Address(scheme, host, port or DEFAULT_PORTS.get(scheme, 0), url, found)


def _host_and_port(scheme: str, place: str) -> tuple[str, int]:
    """Host in lower case ("" allowed for udp), port (0: not named). Never quotes ``place``: it may be a password."""
    host, port_text = place, ""
    if place.startswith("["):
        inside, bracket, after = place[1:].partition("]")
        if not bracket or after[:1] not in ("", ":"):
            raise OperatorError(_("The IPv6 host of the address must stand in [brackets]."))
        try:
            host = ipaddress.IPv6Address(inside).compressed
        except ValueError:
            raise OperatorError(_("The host of the address is not a valid IPv6 address.")) from None
        port_text = after[1:]
        named = after == ":"
    else:
        host, colon, port_text = place.partition(":")
        named = bool(colon) and not port_text
        if host and (not _HOST.fullmatch(host) or ".." in host):
            raise OperatorError(_("The host of the address is not a valid name or number. "
                                  "If the password holds '/', '?', '#' or '@', write it as %XX."))
        host = host.lower()
    if not host and scheme in HOST_DUE:
        raise OperatorError(_("The address names no host, as in {scheme}://10.0.0.5/.").format(scheme=scheme))
    if named:
        return host, 0
    if port_text and not (port_text.isascii() and port_text.isdigit() and len(port_text) <= 5
                          and 1 <= int(port_text) <= 65535):
        raise OperatorError(_("The port of the address is not a number from 1 to 65535. "
                              "If the password holds '/', '?', '#' or ':', write it as %XX."))
    return host, int(port_text or 0)


def _take_from_tail(tail: str, found: Credentials) -> tuple[str, Credentials]:
    """Takes what looks like user or password out of path and query and leaves marks in their place."""
    names, passwords = [found.username], [found.password.reveal()]

    def from_path(match: re.Match[str]) -> str:
        names.append(_unless_mark(match["user"]))
        passwords.append(_unless_mark(match["password"]))
        user = USER_MARK if match["user"] else ""
        password = PASSWORD_MARK if match["password"] else ""
        return f"user={user}{match['gap']}password={password}{match['gap']}"

    def from_query(match: re.Match[str]) -> str:
        gap, key, value = match.groups()
        if value and key.lower() in _USER_KEYS:
            names.append(_unless_mark(value))
            return f"{gap}{key}={USER_MARK}"
        if value and key.lower() in _PASSWORD_KEYS:
            passwords.append(_unless_mark(value))
            return f"{gap}{key}={PASSWORD_MARK}"
        return f"{gap}{key}={value}"

    path, question, query = tail.partition("?")
    path = _PATH_LOGIN.sub(from_path, path)
    if question:
        query = re.sub(r"([?&;])([^=&;]+)=([^&;]*)", from_query, question + query)
    return path + query, Credentials(_only(names), Secret(_only(passwords)))


def _unless_mark(value: str) -> str:
    return "" if value in (USER_MARK, PASSWORD_MARK) else unquote(value)


def _only(values: list[str]) -> str:
    different = {value for value in values if value}
    if len(different) > 1:
        raise OperatorError(_("The address holds two different users or passwords. Leave one of them out."))
    return next(iter(different), "")
