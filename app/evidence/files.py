"""Names, hashes and durable writing of a package's files.

Runs on: a worker thread.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

CHUNK = 1 << 20             # bytes read at a time while hashing
MANIFEST, SIGNATURE, SUMS = "manifest.json", "manifest.p7s", "SHA256SUMS"
CERTIFICATE, REPORT, PAGE, GUIDE = "station.crt", "report.pdf", "verify.html", "verify.txt"
STAMP = "manifest.tsr"      # the time stamp of the signature; it may come later
UNLISTED = frozenset({MANIFEST, SIGNATURE, SUMS, STAMP})        # they cannot stand in the manifest themselves

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(us: int) -> datetime:
    """UTC microseconds as an aware moment, exactly."""
    return _EPOCH + timedelta(microseconds=us)


def iso(us: int) -> str:
    """``2026-09-21T14:13:20.000000Z``."""
    return moment(us).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def slug(text: str, most: int = 40) -> str:
    """Letters a-z, digits and dashes: a name that every file system and every ZIP program carries."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:most].strip("-")


def sha256(path: Path, stopped: Callable[[int], None] = lambda _: None) -> str:
    """The hash of a file in hexadecimal; ``stopped`` is told each chunk's bytes and may raise. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            stopped(len(chunk))
    return digest.hexdigest()


def write(path: Path, content: bytes) -> None:
    """Writes and waits until the disk has it. Raises OSError."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def settle(path: Path) -> None:
    """Waits until the disk has a file, or a folder's list of names. Raises OSError."""
    if path.is_dir() and os.name == "nt":
        return                      # Windows has no such call for folders
    number = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def sums(hashes: dict[str, str]) -> bytes:
    """The content of SHA256SUMS, as sha256sum writes it and checks it."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items())).encode()


def read_sums(content: bytes) -> dict[str, str]:
    """Name -> hash. Raises ValueError when a line is none, or a name stands twice."""
    found: dict[str, str] = {}
    for line in content.decode("utf-8").splitlines():
        match = re.fullmatch(r"([0-9a-f]{64}) [ *](.+)", line)
        if not match or match[2] in found:
            raise ValueError("not a list of hashes")
        found[match[2]] = match[1]
    return found


def remove(folder: Path) -> None:
    """A folder with files and one more level, as the export makes it; what is gone already does not matter."""
    with contextlib.suppress(FileNotFoundError):
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                remove(entry)
            else:
                entry.unlink(missing_ok=True)
        folder.rmdir()
