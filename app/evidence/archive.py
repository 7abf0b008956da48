"""Packages as one ZIP: written without compression, read with suspicion.

Runs on: a worker thread.
"""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from app.evidence.files import CHUNK

MOST_FILES = 2_000          # a case of 64 cameras with 20 parts each has fewer
_DATE = (1980, 1, 1, 0, 0, 0)       # the earliest a ZIP knows: times stand in the manifest, in UTC
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class BadArchive(Exception):
    """It is no package: ``kind`` is "form", "path", "bomb" or "twice"; ``name`` the entry at fault."""

    def __init__(self, kind: str, name: str = "") -> None:
        super().__init__(f"{kind}: {name}" if name else kind)
        self.kind, self.name = kind, name


def write(target: Path, folder: Path, name: str, advanced: Callable[[int], None]) -> None:
    """The plain files of ``folder`` under ``name``. ``advanced`` is told bytes and may raise. Raises OSError."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for path in sorted(path for path in folder.iterdir() if path.is_file()):
            info = zipfile.ZipInfo(f"{name}/{path.name}", _DATE)
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            info.file_size = path.stat().st_size
            with path.open("rb") as source, archive.open(info, "w") as part:
                while chunk := source.read(CHUNK):
                    part.write(chunk)
                    advanced(len(chunk))


def fits(name: str) -> bool:
    """Whether a package may hold a file of this name: no folder, no drive, no dots in front, ASCII."""
    return _NAME.fullmatch(name) is not None


class Folder:
    """A package that lies open."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.names: list[str] = []
        self.odd: list[str] = []        # entries that are no plain files: folders, links
        for entry in sorted(path.iterdir()):
            plain = entry.is_file() and not entry.is_symlink() and fits(entry.name)
            (self.names if plain else self.odd).append(entry.name)
            if len(self.names) > MOST_FILES:
                raise BadArchive("bomb")

    def size(self, name: str) -> int:
        return (self._path / name).stat().st_size

    def open(self, name: str) -> BinaryIO:
        return (self._path / name).open("rb")

    def close(self) -> None:
        """Nothing is held."""


class Zipped:
    """A package in a ZIP; never unpacked to disk. Raises BadArchive when it is not one of ours."""

    def __init__(self, path: Path) -> None:
        self.odd: list[str] = []
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise BadArchive("form") from None
        try:
            self._entries = self._admitted(path.stat().st_size)
        except BadArchive:
            self._archive.close()
            raise
        self.names = sorted(self._entries)

    def size(self, name: str) -> int:
        return self._entries[name].file_size

    def open(self, name: str) -> BinaryIO:
        try:
            return self._archive.open(self._entries[name])      # type: ignore[return-value]
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
            raise BadArchive("form", name) from None

    def close(self) -> None:
        self._archive.close()

    def _admitted(self, limit: int) -> dict[str, zipfile.ZipInfo]:
        entries = self._archive.infolist()
        if len(entries) > MOST_FILES:
            raise BadArchive("bomb")
        found: dict[str, zipfile.ZipInfo] = {}
        top: set[str] = set()
        total = 0
        for entry in entries:
            if entry.is_dir():
                self.odd += [entry.filename] if entry.filename.count("/") > 1 else []
                continue
            folder, slash, name = entry.filename.rpartition("/")
            if not fits(name) or (slash and not fits(folder)) or stat.S_ISLNK(entry.external_attr >> 16):
                raise BadArchive("path", entry.filename)
            # Ours are stored: what claims to be larger than the file it lies in wants to fill someone's disk.
            total += entry.file_size
            if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size or total > limit:
                raise BadArchive("bomb", entry.filename)
            if name in found:
                raise BadArchive("twice", entry.filename)
            top.add(folder)
            found[name] = entry
        if len(top) > 1:
            raise BadArchive("path", sorted(top)[-1])
        return found
