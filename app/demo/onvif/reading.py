"""What a request says: elements by their local name, times as xs:duration."""

from __future__ import annotations

from lxml import etree


def find(element: etree._Element, name: str) -> etree._Element | None:
    """The first element of that local name, whatever its namespace."""
    return next((e for e in element.iter() if isinstance(e.tag, str) and etree.QName(e).localname == name), None)


def text_of(element: etree._Element, name: str) -> str:
    """The text of that element, "" when it is not there."""
    found = find(element, name)
    return (found.text or "").strip() if found is not None else ""


def duration(text: str) -> float:
    """Seconds of an xs:duration as devices are sent it: PT2S, PT0.5S, PT1M."""
    total, digits = 0.0, ""
    for sign in text.removeprefix("PT"):
        if sign.isdigit() or sign == ".":
            digits += sign
        else:
            total += float(digits or "0") * {"S": 1.0, "M": 60.0, "H": 3600.0}.get(sign, 0.0)
            digits = ""
    return total
