"""One text for one value: JSON with sorted names, no blanks and no fractions, so that a hash of it means something.

The subset of RFC 8785 in which its number rules cannot bite: whole numbers only, within ±(2^53 - 1).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

LARGEST = 2 ** 53 - 1       # what a browser's numbers hold exactly (RFC 8785 3.2.2.3, RFC 7493 2.2)
DEEPEST = 32                # a forged manifest must not bring the reader down


def canonical(value: object) -> bytes:
    """UTF-8 of ``value``. Raises ValueError for fractions, too large numbers, names that are no text."""
    _check(value, 0)
    text = _write(value)
    return text.encode("utf-8", "strict")


def read(data: bytes) -> dict[str, Any]:
    """The object in ``data``. Raises ValueError when it is not exactly what :func:`canonical` would write."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_float=_no_fraction,
                           parse_constant=_no_fraction)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")
    if canonical(value) != data:
        raise ValueError("not in canonical form")
    return value


def _write(value: object) -> str:
    if isinstance(value, Mapping):
        # RFC 8785 sorts by UTF-16 code units; Python sorts by code points, which differs above the basic plane.
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{_text(name)}:{_write(value[name])}" for name in names) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(_write, value)) + "]"
    if isinstance(value, str):
        return _text(value)
    return json.dumps(value)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _check(value: object, depth: int) -> None:
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if not isinstance(name, str):
                raise ValueError(f"{name!r} is no name")
            name.encode("utf-8")
            _check(inner, depth + 1)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _check(inner, depth + 1)
    elif isinstance(value, str):
        value.encode("utf-8")           # a lone surrogate is a UnicodeEncodeError, which is a ValueError
    elif isinstance(value, int) and not isinstance(value, bool):
        if abs(value) > LARGEST:
            raise ValueError(f"{value} is larger than a browser counts")
    elif value is not None and not isinstance(value, bool):
        raise ValueError(f"{type(value).__name__} has no canonical form")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_fraction(text: str) -> Any:
    raise ValueError(f"{text} is no whole number")
