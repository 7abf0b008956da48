"""The WS-Security UsernameToken with a digest (UsernameToken Profile 1.0), rendered from a template. Pure."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

from app.model.secret import Credentials

# The prefix s is the SOAP 1.2 envelope of whoever puts it there. No wsa:Action: it makes some devices refuse Stop.
_SECURITY = ('<w:Security s:mustUnderstand="1" '
             'xmlns:w="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" '
             'xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">'
             "<w:UsernameToken><w:Username>{user}</w:Username>"
             '<w:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0'
             '#PasswordDigest">{digest}</w:Password>'
             '<w:Nonce EncodingType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0'
             '#Base64Binary">{nonce}</w:Nonce><u:Created>{created}</u:Created></w:UsernameToken></w:Security>')


def security(credentials: Credentials, offset_s: float) -> str:
    """The header's element, signed in the camera's time: ``offset_s`` seconds ahead of ours."""
    nonce = secrets.token_bytes(16)
    # A trailing Z: Hikvision refuses +00:00.
    created = (datetime.now(UTC) + timedelta(seconds=offset_s)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    digest = hashlib.sha1(nonce + created.encode() + credentials.password.reveal().encode(),
                          usedforsecurity=False).digest()
    return _SECURITY.format(user=escape(credentials.username), digest=base64.b64encode(digest).decode(),
                            nonce=base64.b64encode(nonce).decode(), created=created)
