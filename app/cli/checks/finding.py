"""One sentence of the doctor, and how he asks another process about a library that might crash."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from enum import Enum

ANSWER_SECONDS = 20.0       # importing Qt on a loaded machine with a cold disk takes some seconds


class Verdict(Enum):
    """Good; worth knowing; Lawang does not work without it."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """``mend``: the command that mends it, or ""."""

    verdict: Verdict
    sentence: str
    mend: str = ""


def good(sentence: str) -> Finding:
    """It is as it should be."""
    return Finding(Verdict.GOOD, sentence)


def note(sentence: str, mend: str = "") -> Finding:
    """It works, and could be better."""
    return Finding(Verdict.NOTE, sentence, mend)


def bad(sentence: str, mend: str = "") -> Finding:
    """Without it something does not work; ``mend`` says what to do."""
    return Finding(Verdict.BAD, sentence, mend)


def apt(*packages: str) -> str:
    """The mending command on Debian and Ubuntu."""
    return "sudo apt install " + " ".join(packages)


def ask(code: str, python: str = sys.executable) -> str | None:
    """What a short Python program prints, or None when it fails.

    A process of its own: a broken library may end the process that loads it, and the doctor must live to tell.
    """
    try:
        answer = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=ANSWER_SECONDS,
                                check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
