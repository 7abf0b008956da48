"""What categories and severities are called. Texts are looked up when shown."""

from __future__ import annotations

from app.model.bookmark import Severity
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_

CATEGORIES = {"flood": N_("flood"), "crime": N_("crime"), "traffic": N_("traffic"), "rubbish": N_("rubbish"),
              "fire": N_("fire"), "medical": N_("medical"), "unrest": N_("unrest"), "other": N_("other")}
_SEVERITIES = {Severity.NONE: N_("not said"), Severity.LOW: N_("low"), Severity.MEDIUM: N_("medium"),
               Severity.HIGH: N_("high")}


def category_text(category: str) -> str:
    """A category of our own in the operator's language; one that somebody added as it was written."""
    return _(CATEGORIES[category]) if category in CATEGORIES else category


def severity_text(severity: Severity) -> str:
    """In the operator's language."""
    return _(_SEVERITIES[severity])
