"""Logins by challenge: Basic and Digest as RTSP and HTTP ask for them (RFC 2617, RFC 7616). Pure.

The password is revealed while an answer is made and nowhere else; what is kept is the challenge.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.model.errors import CameraError
from app.model.secret import Credentials


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()    # what cameras speak


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_HASHES: dict[str, Callable[[str], str]] = {"MD5": _md5, "SHA-256": _sha256}
_FIELD = re.compile(r'([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))')


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a server wants to know. ``algorithm`` is "" for Basic."""

    realm: str
    algorithm: str = ""
    nonce: str = ""
    opaque: str | None = None
    qop: str = ""
    stale: bool = False


def challenge(lines: Iterable[str]) -> Challenge:
    """The best of the WWW-Authenticate headers: the first Digest that we speak, else Basic.

    Raises CameraError("unsupported") when there is none.
    """
    basic: Challenge | None = None
    for line in lines:
        scheme, _, rest = line.strip().partition(" ")
        fields = {match[1].lower(): _plain(match) for match in _FIELD.finditer(rest)}
        realm = fields.get("realm", "")
        if scheme.lower() == "basic":
            basic = basic or Challenge(realm)
        elif scheme.lower() == "digest":
            algorithm = (fields.get("algorithm") or "MD5").upper()
            offers = [one.strip().lower() for one in fields.get("qop", "").split(",") if one.strip()]
            if algorithm.removesuffix("-SESS") not in _HASHES or (offers and "auth" not in offers):
                continue
            return Challenge(realm, algorithm, fields.get("nonce", ""), fields.get("opaque"),
                             "auth" if offers else "", fields.get("stale", "").lower() == "true")
    if basic is None:
        raise CameraError("unsupported", "login")
    return basic


def _plain(match: re.Match[str]) -> str:
    return re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3]


class Login:
    """Answers challenges of one server. Without a challenge it says nothing."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._challenge: Challenge | None = None
        self._count = 0
        self._client_nonce = ""
        self._accepted = False

    def accepted(self) -> None:
        """A request with the login was let in: from now on another nonce is only another nonce."""
        self._accepted = self._challenge is not None

    def refused(self, lines: Iterable[str], renewed: bool) -> bool:
        """The server said 401; ``renewed``: what this returned for the same request before (False at first).

        Returns when the request is worth repeating; raises CameraError("unauthorised") when it is not. A password
        that was refused is not tried again: cameras lock out whoever does. Only a nonce that has grown stale is
        replaced, once.
        """
        old, new = self._challenge, challenge(lines)
        if not self._credentials:
            raise CameraError("unauthorised")
        worn = old is not None and new.nonce != old.nonce and (new.stale or self._accepted)
        if old is not None and (renewed or not worn):
            raise CameraError("unauthorised")
        self._challenge, self._count = new, 0
        self._client_nonce = secrets.token_hex(8)
        return old is not None

    def renew(self, lines: Iterable[str]) -> None:
        """A keep-alive was refused: take its nonce for the next one; never raises."""
        try:
            new = challenge(lines)
        except CameraError:
            return
        if self._challenge is not None and new.nonce != self._challenge.nonce:
            self._challenge, self._count = new, 0

    def header(self, method: str, url: str) -> str:
        """The value of the Authorization header; "" when nobody asked."""
        asked = self._challenge
        if asked is None:
            return ""
        name, password = self._credentials.username, self._credentials.password.reveal()
        if not asked.algorithm:
            return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
        self._count += 1
        return self._digest(asked, method, url, name, password)

    def _digest(self, asked: Challenge, method: str, url: str, name: str, password: str) -> str:
        hashed = _HASHES[asked.algorithm.removesuffix("-SESS")]
        count = f"{self._count:08x}"
        secret = hashed(f"{name}:{asked.realm}:{password}")
        if asked.algorithm.endswith("-SESS"):
            secret = hashed(f"{secret}:{asked.nonce}:{self._client_nonce}")
        middle = f"{asked.nonce}:{count}:{self._client_nonce}:{asked.qop}" if asked.qop else asked.nonce
        response = hashed(f"{secret}:{middle}:{hashed(f'{method}:{url}')}")
        fields = [f"username={_quoted(name)}", f"realm={_quoted(asked.realm)}", f"nonce={_quoted(asked.nonce)}",
                  f"uri={_quoted(url)}", f'response="{response}"']
        if asked.algorithm != "MD5":
            fields.append(f"algorithm={asked.algorithm.replace('-SESS', '-sess')}")
        if asked.opaque is not None:
            fields.append(f"opaque={_quoted(asked.opaque)}")
        if asked.qop:
            fields += [f"qop={asked.qop}", f"nc={count}"]
        if asked.qop or asked.algorithm.endswith("-SESS"):
            fields.append(f'cnonce="{self._client_nonce}"')
        return "Digest " + ", ".join(fields)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
