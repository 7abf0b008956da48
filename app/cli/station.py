"""``main.py station``: the certificate with which this station signs, to be made known, and a new one when needed."""

from __future__ import annotations

import argparse
import platform
from pathlib import Path

from app.cli.options import add_common
from app.evidence import identity
from app.registry.registry import vault_of_this_user
from app.runtime.language import gettext as _


def add(parser: argparse.ArgumentParser) -> None:
    """The verbs."""
    verbs = parser.add_subparsers(dest="verb", metavar="show|rotate", required=True)
    look = verbs.add_parser("show", help=_("show name and fingerprint; make them when there are none"))
    add_common(look, below=True)
    look.set_defaults(run=show)
    renew = verbs.add_parser("rotate", help=_("a new key; packages that the old one signed stay checkable"))
    renew.add_argument("--name", metavar="NAME", default="", help=_("the station's name in the new certificate"))
    add_common(renew, below=True)
    renew.set_defaults(run=rotate)


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


def _tell(name: str, fingerprint: str) -> None:
    certificate: Path = identity.folder() / identity.CERTIFICATE
    print(_("Station “{name}”").format(name=name))
    print(_("Fingerprint (SHA-256): {fingerprint}").format(fingerprint=_pairs(fingerprint)))
    print(_("Certificate: {path}").format(path=certificate))
    print(_("Make the fingerprint known in another way than with a package: by letter, at a hearing, on a notice."))


def _pairs(fingerprint: str) -> str:
    """As openssl prints it."""
    return ":".join(fingerprint[at:at + 2] for at in range(0, len(fingerprint), 2)).upper()
