"""A key event as the text that the key map knows: "Ctrl+K", "Shift+L", "+", "Num 4"."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_NAMES: dict[int, str] = {
    Qt.Key.Key_Return: "Enter", Qt.Key.Key_Enter: "Enter", Qt.Key.Key_Escape: "Esc", Qt.Key.Key_Tab: "Tab",
    Qt.Key.Key_Backtab: "Tab", Qt.Key.Key_Backspace: "Backspace", Qt.Key.Key_Delete: "Delete",
    Qt.Key.Key_Insert: "Insert", Qt.Key.Key_Home: "Home", Qt.Key.Key_End: "End", Qt.Key.Key_PageUp: "PgUp",
    Qt.Key.Key_PageDown: "PgDn", Qt.Key.Key_Left: "Left", Qt.Key.Key_Right: "Right", Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down", Qt.Key.Key_Space: "Space", Qt.Key.Key_Menu: "Menu",
}
_MODIFIERS = {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr,
              Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_ScrollLock}
# With Shift the digit row gives signs, but "Alt+Shift+1" is meant by its digit. X11 keycodes 10 to 19 are that row
# on every layout (evdev code + 8); elsewhere the United States signs are the best guess.
_DIGIT_BY_X11_KEYCODE = {10 + i: str((i + 1) % 10) for i in range(10)}
_DIGIT_BY_SIGN = dict(zip("!@#$%^&*()", "1234567890", strict=True))


def key_text(event: QKeyEvent) -> str:
    """The text of the key with its modifiers, or "" for a modifier alone or a key without a name."""
    key = event.key()
    if key in _MODIFIERS or key in (0, Qt.Key.Key_unknown):
        return ""
    modifiers = event.modifiers()
    ctrl = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
    alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
    shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier) or key == Qt.Key.Key_Backtab
    keypad = bool(modifiers & Qt.KeyboardModifier.KeypadModifier)
    name = _NAMES.get(key, "")
    if keypad and key == Qt.Key.Key_Delete:
        return "Num ."      # the point with NumLock off: it begins a call-up and never empties a pane by mistake
    if not name and Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35:
        name = f"F{key - Qt.Key.Key_F1 + 1}"
    if not name and 0x20 < key < 0x10FFFF:
        name = chr(key).upper()
        if shift and not name.isalnum():
            digit = _DIGIT_BY_X11_KEYCODE.get(event.nativeScanCode()) or _DIGIT_BY_SIGN.get(name)
            if (ctrl or alt) and digit:
                name = digit
            else:
                shift = False                                     # "+" is one key text, however it is reached
        if keypad:
            name = f"Num {name}"
    elif keypad and key == Qt.Key.Key_Enter:
        name = "Num Enter"
    if not name:
        return ""
    held = (("Ctrl", ctrl), ("Alt", alt), ("Shift", shift))
    return "+".join([*(word for word, on in held if on), name])
