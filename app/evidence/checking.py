"""A package looked at again: every hash, the signature, the certificate, the spans. Needs no registry and no network.

Runs on: any thread but the GUI's; reads every byte once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.evidence import archive, boxes, canonical, chain, files, identity, lone, onvif_seal, signature, stamp
from app.evidence.findings import Checked, Verdict
from app.evidence.manifest import FORMAT, VERSION
from app.evidence.spans import GAP_US

_LARGEST_PAPER = 64 << 20       # bytes of a manifest; one camera needs about 3 kB and each segment 300 bytes


def check(path: Path, *, expected: str = "", known: Mapping[str, str] | None = None,
          advanced: Callable[[int], None] = lambda _: None) -> Checked:
    """Looks at a folder, a ZIP, or a single clip that left its package (``.mp4``).

    ``expected``: the fingerprint that the reader has from elsewhere, "" for none.

    ``known``: fingerprint -> name of stations that this machine knows. Never raises for what the package holds.
    """
    told = Checked()
    expected = expected.lower().replace(":", "").replace(" ", "")
    if path.suffix.lower() == lone.ENDING and not path.is_dir():
        lone.look(path, told, expected, known or {}, advanced)
        return told
    try:
        package = archive.Folder(path) if path.is_dir() else archive.Zipped(path)
    except archive.BadArchive as error:
        told.tell(Verdict.BAD, f"archive.{error.kind}", name=error.name)
        return told
    except OSError as error:
        told.tell(Verdict.BAD, "unreadable", name=path.name, reason=error.strerror or type(error).__name__)
        return told
    try:
        _Look(package, told, advanced).run(expected, known or {})
    finally:
        package.close()
    return told


class _Look:
    """One look at one package."""

    def __init__(self, package: archive.Folder | archive.Zipped, told: Checked,
                 advanced: Callable[[int], None]) -> None:
        self._package, self._told, self._advanced = package, told, advanced

    def run(self, expected: str, known: Mapping[str, str]) -> None:
        told = self._told
        for name in self._package.odd:
            told.tell(Verdict.BAD, "odd", name=name)
        paper = self._paper(files.MANIFEST)
        signed = self._paper(files.SIGNATURE)
        if paper is not None and signed is not None:
            self._signature(paper, signed, expected, known)
        if signed is not None and files.STAMP in self._package.names:
            self._stamp(signed)
        if paper is None:
            return
        try:
            manifest = canonical.read(paper)
            if manifest.get("format") != FORMAT or manifest.get("version") != VERSION:
                raise ValueError("another format")
            listed = _listed(manifest)
        except (ValueError, KeyError, TypeError) as error:
            told.tell(Verdict.BAD, "manifest.form", reason=error)
            return
        told.manifest = manifest
        self._files(listed, paper, signed)
        try:
            self._station(manifest)
            self._spans(manifest, listed)
            self._custody(manifest)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
            told.tell(Verdict.BAD, "manifest.form", reason=type(error).__name__)

    def _paper(self, name: str) -> bytes | None:
        """A small file as a whole; None, and told, when it is missing or too large."""
        if name not in self._package.names:
            self._told.tell(Verdict.BAD, "missing", name=name)
            return None
        try:
            if self._package.size(name) > _LARGEST_PAPER:
                raise OSError("too large")
            with self._package.open(name) as file:
                return file.read(_LARGEST_PAPER)
        except (OSError, archive.BadArchive, EOFError) as error:
            self._told.tell(Verdict.BAD, "unreadable", name=name, reason=str(error))
        except Exception as error:      # noqa: BLE001   (a forged ZIP may break zipfile in many ways; it is told)
            self._told.tell(Verdict.BAD, "unreadable", name=name, reason=type(error).__name__)
        return None

    def _signature(self, paper: bytes, signed: bytes, expected: str, known: Mapping[str, str]) -> None:
        told = self._told
        try:
            signer = signature.check(paper, signed)
        except signature.BadSignature as error:
            told.tell(Verdict.BAD, f"signature.{error.kind}")
            return
        name = identity.name_in(signer.certificate)
        told.tell(Verdict.GOOD, "signature.good", station=name)
        told.tell_station(name, signer.fingerprint, expected, known)

    def _stamp(self, signed: bytes) -> None:
        answer = self._paper(files.STAMP)
        if answer is None:
            return
        try:
            found = stamp.check(answer, signed)
        except stamp.BadStamp as error:
            self._told.tell(Verdict.BAD, f"stamp.{error.kind}")
            return
        self._told.tell(Verdict.GOOD, "stamp.good", at=files.iso(found.at), authority=found.authority,
                        fingerprint=found.fingerprint)

    def _files(self, listed: Mapping[str, tuple[int, str]], paper: bytes, signed: bytes | None) -> None:
        told, there = self._told, set(self._package.names)
        good = 0
        for name, (size, digest) in listed.items():
            if name not in there:
                told.tell(Verdict.BAD, "missing", name=name)
                continue
            seal = self._seal(name)
            found = self._hash(name, seal)
            if found is None:
                continue
            if found != digest or self._package.size(name) != size:
                told.tell(Verdict.BAD, "changed", name=name)
                continue
            good += 1
            if seal is not None:
                self._sealed(name, seal.signer())
        for name in sorted(there - set(listed) - files.UNLISTED):
            told.tell(Verdict.BAD, "added", name=name)
        if good:
            told.tell(Verdict.GOOD, "hashes", count=good, all=len(listed))
        sums = self._paper(files.SUMS)
        if sums is not None:
            wanted = {name: digest for name, (_, digest) in listed.items()}
            wanted[files.MANIFEST] = hashlib.sha256(paper).hexdigest()
            wanted[files.SIGNATURE] = hashlib.sha256(signed or b"").hexdigest()
            try:
                same = files.read_sums(sums) == wanted
            except ValueError:
                same = False
            told.tell(Verdict.GOOD if same else Verdict.BAD, "sums.good" if same else "sums.bad")

    def _seal(self, name: str) -> onvif_seal.Watch | None:
        """Of a clip that has one; what cannot be read is told by its hash."""
        if not name.endswith(".mp4"):
            return None
        try:
            with self._package.open(name) as file:
                found = onvif_seal.find(file)
        except Exception:               # noqa: BLE001   (see _start)
            return None
        return None if found is None else onvif_seal.Watch(found)

    def _sealed(self, name: str, signer: signature.Signer | None) -> None:
        """That a seal holds and is the station's own goes without saying."""
        if signer is None:
            self._told.tell(Verdict.BAD, "seal.bad", name=name)
        elif self._told.fingerprint not in ("", signer.fingerprint):
            self._told.tell(Verdict.NOTE, "seal.other", name=name, fingerprint=signer.fingerprint)

    def _hash(self, name: str, seal: onvif_seal.Watch | None) -> str | None:
        digest, at = hashlib.sha256(), 0
        try:
            with self._package.open(name) as file:
                while chunk := file.read(files.CHUNK):
                    if seal is not None:
                        seal.follow(digest, chunk, at)
                    at += len(chunk)
                    digest.update(chunk)
                    self._advanced(len(chunk))
        except Exception as error:      # noqa: BLE001   (a disk, or a ZIP whose own checksum does not hold)
            self._told.tell(Verdict.BAD, "changed" if "CRC" in str(error) else "unreadable", name=name,
                            reason=type(error).__name__)
            return None
        return digest.hexdigest()

    def _station(self, manifest: Mapping[str, Any]) -> None:
        named = manifest["station"]["certificate_sha256"]
        if self._told.fingerprint and named != self._told.fingerprint:
            self._told.tell(Verdict.BAD, "station.other", named=named, fingerprint=self._told.fingerprint)

    def _spans(self, manifest: Mapping[str, Any], listed: Mapping[str, tuple[int, str]]) -> None:
        told = self._told
        t0, t1 = manifest["requested"]["in_us"], manifest["requested"]["out_us"]
        if manifest.get("master_sha256"):
            told.tell(Verdict.NOTE, "viewing", master=manifest["master_sha256"])
        for camera in manifest["cameras"]:
            who = f"{camera['identity']['number']:04d} {camera['identity']['name']}"
            for part in camera["parts"]:
                if listed.get(part["file"], (0, ""))[1] != part["sha256"]:
                    told.tell(Verdict.BAD, "part.unlisted", name=part["file"])
                elif (start := self._start(part["file"])) is not None and start != part["start_us"]:
                    told.tell(Verdict.BAD, "part.start", name=part["file"])
            for source in (s for part in camera["parts"] for s in part["sources"] if s["changed_since_recorded"]):
                told.tell(Verdict.NOTE, "source.changed", camera=who, name=source["name"])
            silent = _uncovered(t0, t1, [(p["start_us"], p["end_us"]) for p in camera["parts"]],
                                [(g["start_us"], g["end_us"]) for g in camera["gaps"]])
            missing = sum(min(t1, g["end_us"]) - max(t0, g["start_us"]) for g in camera["gaps"])
            if silent > GAP_US:
                told.tell(Verdict.BAD, "span.silent", camera=who, seconds=_seconds(silent))
            elif camera["gaps"]:
                told.tell(Verdict.NOTE, "span.gaps", camera=who, asked=_seconds(t1 - t0), gone=_seconds(missing),
                          count=len(camera["gaps"]))
            else:
                told.tell(Verdict.GOOD, "span.whole", camera=who, asked=_seconds(t1 - t0),
                          before=_seconds(max(0, t0 - camera["start_us"])),
                          after=_seconds(max(0, camera["end_us"] - t1)))

    def _custody(self, manifest: Mapping[str, Any]) -> None:
        told = manifest.get("custody")
        if told is None:
            return                      # made by hand, or before there was a chain
        key, line = chain.flaw(told, manifest)
        if key:
            self._told.tell(Verdict.BAD, key, line=line)
        else:
            links = told["links"]
            self._told.tell(Verdict.GOOD, "custody.good", count=sum("line" in link for link in links), all=len(links),
                            line=links[-1]["seq"])

    def _start(self, name: str) -> int | None:
        """The start that the clip itself states; None when it cannot be read (its hash tells that already)."""
        if name not in self._package.names:
            return None
        try:
            with self._package.open(name) as file:
                found = boxes.read(file).get("start_us", -1)
        except Exception:               # noqa: BLE001   (a damaged clip is told as changed, by its hash)
            return None
        return found if isinstance(found, int) else None


def _listed(manifest: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
    """Name -> size and hash. Raises ValueError for names that leave the folder or stand twice."""
    found: dict[str, tuple[int, str]] = {}
    for entry in manifest["files"]:
        name, size, digest = entry["name"], entry["bytes"], entry["sha256"]
        if not isinstance(name, str) or not archive.fits(name) or name in files.UNLISTED:
            raise ValueError(f"no file name: {name!r}")
        if not isinstance(size, int) or not isinstance(digest, str):
            raise ValueError(f"no hash: {name!r}")
        if name in found:
            raise ValueError(f"twice: {name!r}")
        found[name] = (size, digest)
    return found


def _uncovered(t0: int, t1: int, *given: list[tuple[int, int]]) -> int:
    """Microseconds of the span that neither a clip nor a stated gap accounts for."""
    at, silent = t0, 0
    for start, end in sorted(pair for pairs in given for pair in pairs):
        silent += max(0, min(start, t1) - at)
        at = max(at, end)
        if at >= t1:
            return silent
    return silent + t1 - at


def _seconds(us: int) -> str:
    return f"{us // 1_000_000}.{us % 1_000_000 // 1000:03d}"
