"""Text that a spreadsheet would take for a formula: quoted on the way out, as it was on the way in. Pure.

OWASP, "CSV Injection": cells that begin with = + - @, a tab or a carriage return are run by Excel and LibreOffice.
"""

from __future__ import annotations

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")    # the wide ones are run by some versions
QUOTE = "'"


def quoted(text: str) -> str:
    """The text with a quotation mark before it where a spreadsheet would run it, or where it begins with one."""
    return QUOTE + text if text.startswith((*DANGEROUS, QUOTE)) else text


def kept(text: str) -> str:
    """The text for a file that runs nothing: quoted only where ``unquoted`` would take something away."""
    return quoted(text) if unquoted(text) != text else text


def unquoted(text: str) -> str:
    """What ``quoted`` was given; other text stays as it is."""
    return text[1:] if text.startswith(QUOTE) and text[1:].startswith((*DANGEROUS, QUOTE)) else text
