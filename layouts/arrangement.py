"""What happens to the cameras when the layout changes: none is lost and the selected one stays in sight."""

from __future__ import annotations

from collections.abc import Sequence

from layouts.shapes import Layout


def rearrange[T](contents: Sequence[T], old: Layout, new: Layout, empty: T, selected: int) -> tuple[T, ...]:
    """The contents for the new layout: at least as many as it has cells, padded with ``empty``.

    Contents keep their index where it is still visible. What the new layout does not show stays behind the visible
    cells in its order, so that a larger layout brings it back. If the selected content would vanish it goes to the
    last visible cell. Cameras that were visible and would vanish take visible empty cells, in order.
    The selected index afterwards is ``min(selected, len(new) - 1)``.
    """
    result = list(contents) + [empty] * (max(len(old), len(new)) - len(contents))
    cells = len(new)
    if cells <= selected < len(result) and result[selected] != empty:
        result[cells - 1], result[selected] = result[selected], result[cells - 1]
    vacant = [i for i in range(cells) if result[i] == empty and i != selected]
    vanishing = [i for i in range(cells, len(old)) if result[i] != empty]
    for free, index in zip(vacant, vanishing, strict=False):
        result[free], result[index] = result[index], empty
    while len(result) > cells and result[-1] == empty:
        result.pop()
    return tuple(result)
