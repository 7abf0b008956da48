"""Several names in one cell: paths of areas and lists of tags, and back, so that a round trip changes nothing.

Pure; runs on any thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# A backslash before a separator makes it part of the name.
_PATH = re.compile(r"(\\[\\>›,;])|(\\ / )|([>›]| / )")
_LIST = re.compile(r"(\\[\\>›,;])|(\\ / )|([,;])")


def path_of(text: str) -> tuple[str, ...]:
    """"Makassar > Ujung Pandang", from wide to narrow. A slash parts only between blanks: "RT 01/RW 05" is one name."""
    return _parts(_PATH, text)


def list_of(text: str) -> tuple[str, ...]:
    """"sekolah, PTZ": parted by commas or semicolons."""
    return _parts(_LIST, text)


def path_text(path: Iterable[str]) -> str:
    """The path as one cell."""
    return " > ".join(re.sub(r"([\\>›])", r"\\\1", name).replace(" / ", "\\ / ") for name in path)


def list_text(names: Iterable[str]) -> str:
    """The names as one cell."""
    return ", ".join(re.sub(r"([\\,;])", r"\\\1", name) for name in names)


def _parts(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    names, name, end = [], "", 0
    for match in pattern.finditer(text):
        name += text[end:match.start()]
        end = match.end()
        if match[3]:
            names.append(name)
            name = ""
        else:
            name += match[0][1:]
    names.append(name + text[end:])
    return tuple(part.strip() for part in names if part.strip())
