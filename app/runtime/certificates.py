"""Which certificate a device shows, and whether it is the one that an operator trusted. No authority is asked.

Cameras sign their own certificates, so that the name of an authority says nothing; that it is still the same one does.
A pin is the SHA-256 of the whole certificate (DER), "AB:CD:..." as browsers show it.

Runs on: the thread that owns the connection.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import socket
import ssl
from functools import cache

from app.model.errors import CameraError, OperatorError
from app.runtime.language import gettext as _

UNKNOWN, CHANGED = "unknown-certificate", "changed-certificate"
CAUSES = (UNKNOWN, CHANGED)
_HEX = re.compile(r"[0-9A-F]{64}")


@cache
def context() -> ssl.SSLContext:
    """Encrypts with whatever certificate is shown: ``check`` judges it before a byte of ours is sent."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)      # create_default_context would load 140 authorities for nothing
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


def pin_of(certificate: bytes) -> str:
    """"AB:CD:..." of a certificate in DER."""
    digest = hashlib.sha256(certificate).hexdigest().upper()
    return ":".join(digest[at:at + 2] for at in range(0, 64, 2))


def pin_in(text: str) -> str:
    """A pin as it was typed or kept, with or without colons and spaces. Raises OperatorError for anything else."""
    digits = re.sub(r"[\s:.]", "", text.upper().removeprefix("SHA256:").removeprefix("SHA-256:"))
    if not _HEX.fullmatch(digits):
        raise OperatorError(_("“{text}” is no fingerprint. It has 64 digits and letters from A to F.").format(
            text=text[:100]))
    return ":".join(digits[at:at + 2] for at in range(0, 64, 2))


def check(line: ssl.SSLSocket | ssl.SSLObject, pin: str) -> None:
    """Raises CameraError with what is shown as detail: UNKNOWN while nobody trusted any, CHANGED for another one."""
    shown = pin_of(line.getpeercert(binary_form=True) or b"")
    if not pin:
        raise CameraError(UNKNOWN, shown)
    if not hmac.compare_digest(shown, pin):
        raise CameraError(CHANGED, shown)


def shown_by(host: str, port: int, seconds: float) -> str:
    """The pin of the certificate that stands there now; nothing but the handshake is said. Raises CameraError."""
    try:
        with socket.create_connection((host, port), timeout=seconds) as plain, \
                context().wrap_socket(plain, server_hostname=host) as line:
            return pin_of(line.getpeercert(binary_form=True) or b"")
    except TimeoutError:
        raise CameraError("timeout") from None
    except ConnectionRefusedError:
        raise CameraError("closed") from None
    except ssl.SSLError:
        raise CameraError("nonsense", "TLS") from None
    except (OSError, ValueError) as error:
        raise CameraError("no-route", type(error).__name__) from None
