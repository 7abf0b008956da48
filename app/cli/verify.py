"""``main.py verify``: whether a package, or a clip that left it, is what its station signed; needs no registry."""

from __future__ import annotations

import argparse
import getpass
import hashlib
import sys
from contextlib import suppress
from pathlib import Path

from app.evidence.canonical import canonical
from app.evidence.checking import check
from app.evidence.findings import Checked, Verdict
from app.evidence.guide import page
from app.evidence.identity import known_fingerprints
from app.evidence.sentences import sentence
from app.model.custody import Act
from app.model.errors import OperatorError
from app.registry.registry import Registry
from app.runtime import paths
from app.runtime.language import gettext as _

NOT_GENUINE = 1         # something does not hold; 2 is kept for a wrong command line
_SIGNS = {Verdict.GOOD: "ok  ", Verdict.BAD: "BAD ", Verdict.NOTE: "note"}


def add(parser: argparse.ArgumentParser) -> None:
    """The package or clip, and the fingerprint that the reader has from elsewhere."""
    parser.add_argument("package", metavar="FOLDER|FILE.zip|CLIP.mp4", type=Path, nargs="?")
    parser.add_argument("--fingerprint", metavar="SHA256", default="", help=_(
        "the fingerprint that the station has made known; a package of another station is refused"))
    parser.add_argument("--page", metavar="FILE.html", type=Path, help=_(
        "write the page that checks packages and clips in any browser, for who does not trust the one in a package"))
    parser.set_defaults(run=verify)


def verify(given: argparse.Namespace) -> int:
    """A sentence per finding; 0 when everything holds, 1 when anything does not."""
    if given.page is not None:
        _write_page(given.page.expanduser())
    if given.package is None:
        if given.page is None:
            raise OperatorError(_("Name a package, its ZIP, or a clip."))
        return 0
    package = given.package.expanduser()
    if not package.exists():
        raise OperatorError(_("There is no package at {path}.").format(path=package))
    wanted = given.fingerprint.replace(":", "").replace(" ", "").lower()
    if wanted and (len(wanted) != 64 or set(wanted) - set("0123456789abcdef")):
        raise OperatorError(_("A fingerprint has 64 digits from 0 to 9 and a to f."))
    told = check(package, expected=wanted, known=known_fingerprints())
    _write_down(package, told)
    for finding in told.findings:
        print(_SIGNS[finding.verdict], sentence(finding))
    if told.good:
        print(_("This clip is as the station sealed it.") if told.single else
              _("Everything in this package is as the station signed it."))
        return 0
    print(_("That this clip is as a station sealed it is NOT shown.") if told.single else
          _("This package is NOT as the station signed it."), file=sys.stderr)
    return NOT_GENUINE


def _write_page(path: Path) -> None:
    try:
        path.write_bytes(page())
    except OSError as error:
        raise OperatorError(_("{file} cannot be written: {reason}.").format(
            file=path, reason=error.strerror or type(error).__name__)) from None
    print(_("The page is written: {path}. Open it in a browser, it needs no network.").format(path=path))


def _write_down(package: Path, told: Checked) -> None:
    """A line in this station's chain of custody, where there is a registry: a check needs none."""
    path = paths.registry_path()
    if not path.exists():
        return
    name = package.name.encode("utf-8", "replace").decode()        # one in another encoding holds bytes, no text
    what = {"package": name, **({"clip_sha256": told.clip} if told.clip else {}), "good": "yes" if told.good else "no",
            "manifest_sha256": hashlib.sha256(canonical(told.manifest)).hexdigest() if told.manifest else ""}
    with suppress(OperatorError), Registry(path) as registry:
        if not registry.read_only:
            registry.custody.add(Act.VERIFIED, what, _operator())


def _operator() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
