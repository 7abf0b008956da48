"""Passwords that people type: Argon2id, slow on purpose. Runs on: any thread but the GUI's (0.1 s and 64 MiB).

Parameters: RFC 9106 section 4, second recommended option (t=3, p=4, m=64 MiB), above OWASP's minimum of 19 MiB, t=2.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.model.secret import Secret

ITERATIONS = 3
LANES = 4
MEMORY_KIB = 64 * 1024
SALT_BYTES = 16             # RFC 9106 section 3.1
KEY_BYTES = 32              # AES-256
MOST_KIB = 1024 * 1024      # what a file may ask for: a damaged one must not eat the machine's memory


def hashed(secret: Secret) -> Secret:
    """The PHC text ($argon2id$...) by which the password is known again; not the password, but kept like one."""
    return Secret(_argon2(secrets.token_bytes(SALT_BYTES)).derive_phc_encoded(secret.reveal().encode()))


def matches(secret: Secret, phc: Secret) -> bool:
    """Whether this password made that text; False for a text that is none."""
    try:
        Argon2id.verify_phc_encoded(secret.reveal().encode(), phc.reveal())
    except (InvalidKey, ValueError, TypeError):
        return False
    return True


def derived(secret: Secret, salt: bytes, iterations: int = ITERATIONS, lanes: int = LANES,
            memory_kib: int = MEMORY_KIB) -> bytes:
    """The key of KEY_BYTES that this passphrase makes with that salt. Raises ValueError for parameters of no use."""
    if memory_kib > MOST_KIB or not 0 < iterations <= 64 or not 0 < lanes <= 64:
        raise ValueError("the parameters of the passphrase are out of bounds")
    return _argon2(salt, iterations, lanes, memory_kib).derive(secret.reveal().encode())


def _argon2(salt: bytes, iterations: int = ITERATIONS, lanes: int = LANES, memory_kib: int = MEMORY_KIB) -> Argon2id:
    return Argon2id(salt=salt, length=KEY_BYTES, iterations=iterations, lanes=lanes, memory_cost=memory_kib)
