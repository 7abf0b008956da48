"""Packages as one ZIP: written without compression, read with suspicion.

Runs on: a worker thread.
"""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, BinaryIO

from app.evidence.files import CHUNK
from app.evidence.streaming import Streamed

MOST_FILES = 2_000          # a case of 64 cameras with 20 parts each has fewer
_DATE = (1980, 1, 1, 0, 0, 0)       # the earliest a ZIP knows: times stand in the manifest, in UTC
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class BadArchive(Exception):
    """It is no package: ``kind`` is "form", "path", "bomb" or "twice"; ``name`` the entry at fault."""

    def __init__(self, kind: str, name: str = "") -> None:
        super().__init__(f"{kind}: {name}" if name else kind)
        self.kind, self.name = kind, name


class Draft:
    """A ZIP that is being written, of files under one folder ``name``. Raises OSError."""

    def __init__(self, target: Path, name: str) -> None:
        self._target, self.name = target, name
        self._file = Streamed(target)
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._part: IO[bytes] | None = None

    def begin(self, name: str, size: int) -> IO[bytes]:
        """A file of so many bytes; whoever writes it closes it before the next one begins."""
        info = zipfile.ZipInfo(f"{self.name}/{name}", _DATE)
        info.external_attr = (stat.S_IFREG | 0o644) << 16
        info.file_size = size
        self._part = self._zip.open(info, "w")
        return self._part

    def holds(self, name: str) -> bool:
        """Whether a file of that name lies in it."""
        return f"{self.name}/{name}" in self._zip.NameToInfo

    def add(self, path: Path, advanced: Callable[[int], None]) -> None:
        """A file from the disk. ``advanced`` is told bytes and may raise."""
        with path.open("rb") as source, self.begin(path.name, path.stat().st_size) as part:
            while chunk := source.read(CHUNK):
                part.write(chunk)
                advanced(len(chunk))

    def finish(self) -> None:
        """The ZIP is whole and the disk has it."""
        self._zip.close()
        self._file.settle()

    def abandon(self) -> None:
        """Nothing is left of it; harmless when it was finished and has another name."""
        self._file.abandon()
        # Into nothing: a ZIP that is not closed complains when it is collected.
        if self._part is not None:
            self._part.close()
        self._zip.close()
        with suppress(OSError):
            self._target.unlink(missing_ok=True)


def write(target: Path, folder: Path, name: str, advanced: Callable[[int], None]) -> None:
    """The plain files of ``folder`` under ``name``; the disk has it. ``advanced``: see Draft. Raises OSError."""
    draft = Draft(target, name)
    try:
        for path in sorted(path for path in folder.iterdir() if path.is_file()):
            draft.add(path, advanced)
        draft.finish()
    except BaseException:
        draft.abandon()
        raise


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
