"""zeep's transport with everything bounded: time, size, no redirects, no proxies; HTTP digest when a camera asks.

Runs on: the device thread that owns it.
"""

from __future__ import annotations

import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPDigestAuth
from zeep.transports import Transport

from app.model.errors import CameraError
from app.model.secret import Credentials
from app.runtime.certificates import Pinned

CONNECT_S, PIECE_S, WHOLE_S = 1.5, 3.0, 8.0     # 300 presets of a slow camera come in 5 s
MOST_BYTES = 2 << 20                            # 300 presets and 20 profiles are under 300 kB; more is hostile


class _PinnedAdapter(HTTPAdapter):
    """Connections to a device whose certificate was trusted, and to no other."""

    def __init__(self, pin: str) -> None:
        self._pin = pin
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **more: Any) -> None:
        # The fingerprint is given to urllib3 too: without one it warns of every request.
        super().init_poolmanager(*arguments, ssl_context=Pinned(self._pin), assert_fingerprint=self._pin or None,
                                 **more)


class CappedTransport(Transport):
    """One per device: its session keeps the connection. ``refused`` tells that a challenge was not met."""

    def __init__(self, credentials: Credentials | None = None, pin: str = "") -> None:
        session = requests.Session()
        session.trust_env = False               # no proxy, no .netrc
        session.verify = False                  # cameras sign their own certificates: the pin says which is theirs
        session.mount("https://", _PinnedAdapter(pin))
        if credentials:
            session.auth = HTTPDigestAuth(credentials.username, credentials.password.reveal())
        super().__init__(session=session, timeout=PIECE_S, operation_timeout=PIECE_S)
        self.challenged = False                 # a 401 asked for HTTP digest

    def post(self, address: str, message: str | bytes, headers: dict[str, str]) -> Any:
        """The whole answer within WHOLE_S and MOST_BYTES. Raises CameraError."""
        deadline = time.monotonic() + WHOLE_S
        try:
            answer = self.session.post(address, data=message, headers=headers, timeout=(CONNECT_S, PIECE_S),
                                       allow_redirects=False, stream=True)
            with answer:
                if answer.is_redirect:
                    raise CameraError("nonsense", "redirect")
                if answer.status_code == 401:
                    self.challenged = "digest" in answer.headers.get("WWW-Authenticate", "").lower()
                    raise CameraError("unauthorised")
                body = b""
                for piece in answer.iter_content(64 << 10):
                    body += piece
                    if len(body) > MOST_BYTES:
                        raise CameraError("nonsense", "the answer is too long")
                    if time.monotonic() > deadline:
                        raise CameraError("timeout")
                answer._content = body          # what requests itself keeps, now that it is all there
                return answer
        except requests.Timeout:
            raise CameraError("timeout") from None
        except requests.ConnectionError as error:
            refused = "refused" in str(error).lower()
            raise CameraError("closed" if refused else "no-route", type(error).__name__) from None
        except (requests.RequestException, ValueError) as error:
            raise CameraError("nonsense", type(error).__name__) from None

    def close(self) -> None:
        self.session.close()
