"""Which column meant what in earlier lists, so that next month's list needs no mapping. Runs on: the registry lane."""

from __future__ import annotations

import json
from collections.abc import Mapping

from app.registry.exchange.columns import FIELDS, PASS_OVER
from app.registry.registry import Registry

KEY = "import.mapping"
MOST = 200              # heads, the newest; offices have a handful of lists
LONGEST_HEAD = 200      # characters


def remembered(registry: Registry) -> dict[str, str]:
    """Heads to fields as an operator once said them."""
    try:
        found = json.loads(str(registry.setting(KEY)) or "{}")
    except ValueError:
        return {}
    return {str(head): field for head, field in found.items()
            if isinstance(field, str) and (field in FIELDS or field == PASS_OVER)} if isinstance(found, dict) else {}


def remember(registry: Registry, mapping: Mapping[str, str]) -> None:
    """Keeps what was said of a list that was written."""
    if not mapping:
        return
    kept = {head: field for head, field in remembered(registry).items() if head not in mapping}
    kept |= {head: field for head, field in mapping.items() if len(head) <= LONGEST_HEAD}
    registry.set_setting(KEY, json.dumps(dict(list(kept.items())[-MOST:]), ensure_ascii=False))
