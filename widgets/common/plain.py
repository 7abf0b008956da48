"""Words of others as they stand. Qt takes what looks like HTML for HTML, and opens the files that its pictures name: a
camera that calls itself ``<img src="/dev/zero">`` would hold the windows for ever.

Labels that show such words have ``Qt.TextFormat.PlainText``; tool tips know no such thing, their words go through here.
"""

from __future__ import annotations

from html import escape


def tip(words: str) -> str:
    """For setToolTip, ToolTipRole and QToolTip.showText."""
    return f"<qt>{escape(words).replace('\n', '<br>')}</qt>" if "<" in words else words


def entry(words: str) -> str:
    """For a row of a menu: an & is no key, a tab no column of keys."""
    return words.replace("&", "&&").replace("\t", " ")
