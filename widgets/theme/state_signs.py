"""The sign and the colour of each state of a camera, wherever one is drawn: on panes, in lists and on small screens."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.model.pane import PaneState
from widgets.theme.icons import FROZEN, LATE, LOST, REFUSED
from widgets.theme.tokens import Tokens

# What is as it should be, or is on its way there, bears no sign.
STATE_SIGNS: Mapping[PaneState, str] = MappingProxyType({
    PaneState.LATE: LATE, PaneState.FROZEN: FROZEN, PaneState.LOST: LOST, PaneState.REFUSED: REFUSED})


def state_ink(state: PaneState, tokens: Tokens) -> str:
    """The colour of a state's sign and words on a panel: late is amber, the other signs red, no sign is quiet."""
    if state not in STATE_SIGNS:
        return tokens.quiet
    return tokens.amber if state is PaneState.LATE else tokens.red_words
