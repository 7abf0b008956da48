"""What a look at a package, or at one clip, found. Pure data; the sentences are in app.evidence.sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """GOOD was checked and holds, BAD does not, NOTE is for the reader to judge."""

    GOOD = "good"
    BAD = "bad"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """``key`` says what, see app.evidence.sentences; ``facts`` fill its sentence."""

    verdict: Verdict
    key: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Checked:
    """Everything found, in the order in which a reader wants it. ``manifest`` is {} when it could not be read.

    ``fingerprint``: of the certificate that signed, "" when nothing of it holds. ``single``: a clip without its package
    was looked at, ``clip`` is its SHA-256.
    """

    findings: list[Finding] = field(default_factory=list)
    manifest: dict[str, Any] = field(default_factory=dict)
    fingerprint: str = ""
    single: bool = False
    clip: str = ""

    @property
    def good(self) -> bool:
        return bool(self.findings) and all(f.verdict is not Verdict.BAD for f in self.findings)

    def tell(self, verdict: Verdict, key: str, **facts: object) -> None:
        """``facts`` come from what is looked at: a forger's line feed or escape must not write lines of its own."""
        self.findings.append(Finding(verdict, key, {name: _plain(str(value)) for name, value in facts.items()}))

    def tell_station(self, name: str, fingerprint: str, expected: str, known: Mapping[str, str]) -> None:
        """Whether the station that signed is the right one, as far as a machine can say."""
        self.fingerprint = fingerprint
        if expected:
            same = expected == fingerprint
            self.tell(Verdict.GOOD if same else Verdict.BAD, "station.expected" if same else "station.foreign",
                      station=name, fingerprint=fingerprint)
        elif fingerprint in known:
            self.tell(Verdict.GOOD, "station.known", station=known[fingerprint], fingerprint=fingerprint)
        else:
            self.tell(Verdict.NOTE, "station.compare", station=name, fingerprint=fingerprint)


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
