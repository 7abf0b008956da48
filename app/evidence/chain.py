"""The excerpt of the chain of custody in a manifest, followed again from its first link to its head."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from app.model.custody import Act, Link, bound, broken_at


def excerpt_of(told: Mapping[str, Any]) -> tuple[Link, ...]:
    """Links as the excerpt gives them, their hashes computed. Raises KeyError, TypeError, ValueError."""
    links, before = [], _text(told["before"])
    for given in told["links"]:
        line = _text(given.get("line", ""))
        digest = hashlib.sha256(line.encode()).hexdigest() if line else _text(given["sha256"])
        seq = given["seq"]
        if not isinstance(seq, int) or isinstance(seq, bool):
            raise TypeError("seq")
        before = bound(before, digest)
        links.append(Link(seq, digest, before, line))
    return tuple(links)


def flaw(told: Mapping[str, Any], manifest: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong with an excerpt: ("custody.broken", number of the line), ("custody.other", ""), or ("", "").

    It must lead to its head, and its head must be the line of this very hand-out.
    """
    links = excerpt_of(told)
    head = links[-1].hash if links else told["before"]
    broken = broken_at(told["before"], links, told["station"])
    if broken is not None:
        return "custody.broken", str(broken)
    if head != told["head"]:
        return "custody.broken", str(links[-1].seq if links else 0)
    if not links or not _begins(links[-1].line, manifest):
        return "custody.other", ""
    return "", ""


def _begins(line: str, manifest: Mapping[str, Any]) -> bool:
    """Whether the line says that this hand-out begins: case, span and cameras."""
    if not line:
        return False
    told = json.loads(line)
    what, asked = told["what"], manifest["requested"]
    cameras = [camera["identity"]["id"] for camera in manifest["cameras"]]
    return bool(told["act"] == Act.EXPORT and what["case"] == manifest["case"]["name"] and what["cameras"] == cameras
                and (what["in_us"], what["out_us"]) == (asked["in_us"], asked["out_us"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
