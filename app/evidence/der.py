"""Just enough of DER (X.690) to read a CMS signature: strict, bounded, and without a byte left over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

INTEGER, OCTETS, OID, SEQUENCE, SET = 0x02, 0x04, 0x06, 0x30, 0x31
CONTEXT_0, CONTEXT_1 = 0xA0, 0xA1


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its tag byte, its content, and all of its bytes."""

    tag: int
    content: bytes
    whole: bytes

    def children(self) -> list[Element]:
        return list(_elements(self.content))


def one(data: bytes, tag: int) -> Element:
    """The single element that ``data`` is. Raises ValueError."""
    found = list(_elements(data))
    if len(found) != 1:
        raise ValueError("not one element")
    return expect(found[0], tag)


def expect(element: Element, tag: int) -> Element:
    """``element`` when it has this tag. Raises ValueError."""
    if element.tag != tag:
        raise ValueError(f"tag {element.tag:#04x} where {tag:#04x} belongs")
    return element


def oid(element: Element) -> str:
    """The dotted text of an object identifier. Raises ValueError."""
    body = expect(element, OID).content
    if not body or body[-1] & 0x80:
        raise ValueError("an unfinished object identifier")
    numbers, value = [], 0
    for byte in body:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))


def _elements(data: bytes) -> Iterator[Element]:
    at = 0
    while at < len(data):
        start = at
        if len(data) - at < 2 or data[at] & 0x1F == 0x1F:
            raise ValueError("an element is cut off")
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            count = length & 0x7F
            if not 1 <= count <= 4 or len(data) - at < count:
                raise ValueError("a length that DER does not have")
            length = int.from_bytes(data[at:at + count])
            if length < 0x80 or length >> 8 * (count - 1) == 0:
                raise ValueError("a length that is not the shortest")
            at += count
        if length > len(data) - at:
            raise ValueError("an element is cut off")
        at += length
        yield Element(tag, data[at - length:at], data[start:at])
