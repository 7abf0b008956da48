"""How a key is written: modifiers in the order Ctrl, Alt, Shift, then the key: "Ctrl+K", "Shift+L", "Num 4", "+"."""

from __future__ import annotations

import re

_MODIFIERS = {"ctrl": "Ctrl", "control": "Ctrl", "alt": "Alt", "shift": "Shift"}
_ORDER = ("Ctrl", "Alt", "Shift")
_NAMED = {name.lower(): name for name in (
    "Enter", "Esc", "Tab", "Backspace", "Delete", "Insert", "Home", "End", "PgUp", "PgDn", "Left", "Right", "Up",
    "Down", "Space", "Menu")}
_ALIASES = {"return": "Enter", "escape": "Esc", "del": "Delete", "ins": "Insert", "pageup": "PgUp",
            "pagedown": "PgDn", "plus": "+", "minus": "-"}
_SHARED = {"=": "+", "_": "-"}
_FUNCTION = re.compile(r"f([1-9]|[12]\d|3[0-5])")
_NUMPAD = re.compile(r"num(?:pad)?\s+(\S+)")


def normalise(text: str) -> str:
    """The one way of writing this key. Raises ValueError when it names no key."""
    held, key = _parts(text.strip())
    modifiers = set()
    for word in held:
        if word.lower() not in _MODIFIERS:
            raise ValueError(f"“{text}” is not a key: {word} is no modifier")
        modifiers.add(_MODIFIERS[word.lower()])
    return "+".join([*(m for m in _ORDER if m in modifiers), _key(key, text)])


def bare(text: str) -> str:
    """The key without modifiers and without "Num "."""
    return _parts(text)[1].removeprefix("Num ")


def physical(text: str) -> str:
    """What a release is matched by: the bare key, and one name for signs that share a key with and without Shift.

    Shift may change while the key is down: "+" pressed on a United States keyboard may be released as "=".
    """
    return _SHARED.get(bare(text), bare(text))


def without_numpad(text: str) -> str:
    """The same key on the main block: "Num 4" and "4" do the same unless the map says otherwise."""
    held, key = _parts(text)
    return "+".join([*held, key.removeprefix("Num ")])


def _parts(text: str) -> tuple[list[str], str]:
    """Modifiers and key; the key itself may be "+"."""
    if text.endswith("+"):
        head, key = text[:-1], "+"
        if head.lower().endswith(("num ", "numpad ")):
            *words, pad = head.rsplit("+", 1)
            head, key = (words[0] if words else ""), f"{pad.strip()} +"
        head = head.rstrip("+")
    else:
        head, _, key = text.rpartition("+")
    return [word.strip() for word in head.split("+") if word.strip()], key.strip()


def _key(key: str, text: str) -> str:
    low = key.lower()
    if match := _NUMPAD.fullmatch(low):
        return f"Num {_key(match[1], text)}"
    if low in _NAMED or low in _ALIASES:
        return _NAMED.get(low) or _ALIASES[low]
    if _FUNCTION.fullmatch(low):
        return key.upper()
    if len(key) == 1 and key.isprintable() and not key.isspace():
        return key.upper()
    raise ValueError(f"“{text}” is not a key")
