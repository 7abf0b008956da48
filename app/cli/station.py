"""``main.py station``: the certificate with which this station signs, to be made known, and a new one when needed."""

from __future__ import annotations

import argparse
import platform
import sys
from pathlib import Path

from app.cli.options import add_common
from app.evidence import identity, zones
from app.evidence.checking import check
from app.model.custody import BEGINNING
from app.model.errors import OperatorError
from app.registry.registry import Registry, vault_of_this_user
from app.runtime import paths
from app.runtime.language import gettext as _
from app.runtime.language import ngettext

BROKEN = 1              # as verify answers; 2 is kept for a wrong command line


def add(parser: argparse.ArgumentParser) -> None:
    """The verbs."""
    verbs = parser.add_subparsers(dest="verb", metavar="show|rotate|custody|blur", required=True)
    look = verbs.add_parser("show", help=_("show name and fingerprint; make them when there are none"))
    add_common(look, below=True)
    look.set_defaults(run=show)
    renew = verbs.add_parser("rotate", help=_("a new key; packages that the old one signed stay checkable"))
    renew.add_argument("--name", metavar="NAME", default="", help=_("the station's name in the new certificate"))
    add_common(renew, below=True)
    renew.set_defaults(run=rotate)
    chain = verbs.add_parser("custody", help=_("who did what with recordings, line by line, and whether it holds"))
    chain.add_argument("packages", nargs="*", metavar="FOLDER|FILE.zip", type=Path, help=_(
        "packages whose heads must be found in the chain: they show that its end was not cut off or written anew"))
    add_common(chain, below=True)
    chain.set_defaults(run=custody)
    hidden = verbs.add_parser("blur", help=_("which parts of a camera's picture viewing copies make unrecognisable"))
    hidden.add_argument("number", type=int, metavar="CAMERA", help=_("call-up number"))
    hidden.add_argument("zones", nargs="*", metavar="L,T,W,H", help=_(
        "left, top, width, height in percent of the picture; none: nothing is blurred any more"))
    add_common(hidden, below=True)
    hidden.set_defaults(run=blur)


def show(_given: argparse.Namespace) -> int:
    """Present and former certificates, and where the present one lies."""
    if not identity.known_fingerprints():
        identity.load_or_make(platform.node(), vault=vault_of_this_user())
    (present, name), *former = identity.known_fingerprints().items()
    _tell(name, present)
    for fingerprint, old in former:
        print(_("formerly “{name}”: {fingerprint}").format(name=old, fingerprint=_pairs(fingerprint)))
    return 0


def rotate(given: argparse.Namespace) -> int:
    """A new key under the old name, or another."""
    names = list(identity.known_fingerprints().values())
    made = identity.rotate(given.name or (names[0] if names else platform.node()), vault=vault_of_this_user())
    _tell(made.name, made.fingerprint)
    return 0


def custody(given: argparse.Namespace) -> int:
    """The chain of this station; 0 when it holds and ends in no package's head elsewhere, else 1. OperatorError."""
    path: Path = given.registry or paths.registry_path()
    if not path.exists():
        raise OperatorError(_("There is no registry at {path} yet. Make one: cameras import FILE.csv").format(
            path=path))
    with Registry(path, read_only=True) as registry:
        links, broken, station = registry.custody.links(), registry.custody.broken(), registry.custody.station
    for link in links:
        print(link.line)
    if broken is not None:
        print(_("The chain of custody is broken at line {line}.").format(line=broken), file=sys.stderr)
        return BROKEN
    foreign = [package for package in given.packages if not _follows(package, station, {link.hash for link in links})]
    for package in foreign:
        print(_("{package} was handed out behind a line that this chain does not have: it was cut off or written "
                "anew.").format(package=package), file=sys.stderr)
    if not foreign:
        print(_("The chain of custody holds: {count} lines, head {head}.").format(
            count=len(links), head=links[-1].hash if links else BEGINNING))
    return BROKEN if foreign else 0


def blur(given: argparse.Namespace) -> int:
    """Keep the zones of a camera. Raises OperatorError."""
    path: Path = given.registry or paths.registry_path()
    found = zones.written(given.zones)
    with Registry(path) as registry:
        camera = next((one for one in registry.list_cameras() if one.number == given.number), None)
        if camera is None:
            raise OperatorError(_("There is no camera {number}.").format(number=given.number))
        try:
            kept = dict(zones.read(str(registry.setting(zones.SETTING))))
        except OperatorError as error:
            kept = {}                       # edited by hand into nonsense: those of other cameras are gone
            print(error, file=sys.stderr)
        own = zones.turned(found, 360 - camera.rotation)
        registry.set_setting(zones.SETTING, zones.write(kept | {camera.id: own}))
    print(ngettext("{number} {name}: {count} zone is blurred in viewing copies.",
                   "{number} {name}: {count} zones are blurred in viewing copies.", len(found)).format(
                       number=camera.label, name=camera.name, count=len(found)))
    return 0


def _follows(package: Path, station: str, hashes: set[str]) -> bool:
    """Whether a package of this station stands on a line of the chain. Raises OperatorError."""
    told = check(package)
    if not told.good:
        raise OperatorError(_("{package} is not as it was signed; see: verify {package}").format(package=package))
    taken = told.manifest.get("custody")
    return not taken or taken["station"] != station or taken["head"] in hashes


def _tell(name: str, fingerprint: str) -> None:
    certificate: Path = identity.folder() / identity.CERTIFICATE
    print(_("Station “{name}”").format(name=name))
    print(_("Fingerprint (SHA-256): {fingerprint}").format(fingerprint=_pairs(fingerprint)))
    print(_("Certificate: {path}").format(path=certificate))
    print(_("Make the fingerprint known in another way than with a package: by letter, at a hearing, on a notice."))


def _pairs(fingerprint: str) -> str:
    """As openssl prints it."""
    return ":".join(fingerprint[at:at + 2] for at in range(0, len(fingerprint), 2)).upper()
