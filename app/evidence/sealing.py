"""The papers of a package written: certificate, guide, page, report, manifest, signature, sums.

Runs on: a worker thread.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.evidence import canonical, files
from app.evidence.guide import guide, page
from app.evidence.identity import Identity
from app.evidence.manifest import Entry

type Tell = Callable[[Sequence[Entry]], dict[str, Any]]     # files -> manifest


def entry(path: Path) -> Entry:
    """A file as the manifest lists it. Raises OSError."""
    return Entry(path.name, path.stat().st_size, files.sha256(path, lambda _: None))


def seal(folder: Path, listed: Sequence[Entry], tell: Tell, identity: Identity, language: str,
         stills: Mapping[str, bytes] | None) -> dict[str, str]:
    """Writes the papers beside the files ``listed``; gives name -> hash of everything but SHA256SUMS.

    ``stills``: name -> JPEG for the report, None: without a report. Raises OSError.
    """
    files.write(folder / files.CERTIFICATE, identity.pem)
    files.write(folder / files.GUIDE, guide(identity.fingerprint, language))
    files.write(folder / files.PAGE, page())
    papers = [files.CERTIFICATE, files.GUIDE, files.PAGE]
    if stills is not None:
        from app.evidence.report import report  # a third of a second that no program's start should wait for
        files.write(folder / files.REPORT, report(tell(listed), stills, language))
        papers.append(files.REPORT)
    everything = [*listed, *(entry(folder / name) for name in papers)]
    final = canonical.canonical(tell(everything))
    signature = identity.sign(final)
    hashes = {one.name: one.sha256 for one in everything}
    hashes |= {files.MANIFEST: hashlib.sha256(final).hexdigest(),
               files.SIGNATURE: hashlib.sha256(signature).hexdigest()}
    files.write(folder / files.MANIFEST, final)
    files.write(folder / files.SIGNATURE, signature)
    files.write(folder / files.SUMS, files.sums(hashes))
    return hashes
