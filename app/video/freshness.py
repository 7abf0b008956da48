"""Connecting, live, late, frozen, lost, refused: a pure function of what was observed (house.md section 6).

Nothing here asks a player how it feels. A picture counts when it differs from the one before; a packet counts when its
bytes had not been sent before. All times are CLOCK_MONOTONIC seconds, 0 = never.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.model.pane import PaneState


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds; defaults are house.md's."""

    live: float = 1.5
    late: float = 1.5
    frozen: float = 3.0
    first_picture: float = 12.0         # a stream that sends for so long without any picture is not coming
    busy: float = 600.0                 # a camera that says "not now" for longer than any needs to start is a fault


@dataclass(slots=True)
class Observation:
    """What is known about one pane. Not frozen: five are made of each pane a second, and freezing triples the cost."""

    asked: float                        # when the pane was asked for
    opened: float = 0.0                 # since when the connection stands; 0 = it does not
    failed: float = 0.0                 # when it last broke or did not come about
    cause: str = ""
    waits_for_person: bool = False
    decoder_cause: str = ""             # set while the decoder of this pane is down
    packet: float = 0.0                 # newest packet
    news: float = 0.0                   # newest packet with bytes not seen before
    picture: float = 0.0                # newest picture that differs
    interval: float = 0.0               # seconds between packets, averaged; 0 = unknown
    delta_bytes: float = 0.0            # average size of packets between key pictures
    key_bytes: float = 0.0
    delay: float = 0.0                  # from arrival to the screen, estimated
    decoding: bool = True               # False: nobody looks at it now, packets alone must tell
    in_sight: float = 0.0               # when it was looked at again after its player had rested; 0 = it never rested


@dataclass(frozen=True, slots=True)
class Judgement:
    """State, the seconds that its clock shows, and the cause in a word."""

    state: PaneState
    age: float = 0.0
    cause: str = ""


def says_still(observation: Observation) -> bool:
    """True when the packets themselves say that nothing moves: they are hardly more than "the same again".

    A skipped picture costs some 10 to 60 bytes of slices and headers; a live sensor's noise costs hundreds.
    """
    return observation.delta_bytes <= 120 + 0.01 * observation.key_bytes


def judge(seen: Observation, now: float, limits: Limits | None = None) -> Judgement:
    """The truth about one pane at ``now``."""
    limits = limits or Limits()
    # Cameras with fewer pictures than one per second are not late between two of them.
    patience = max(limits.live, 2.5 * seen.interval)
    frozen_after = max(limits.frozen, 3.5 * seen.interval)
    since_picture = now - (seen.picture or seen.asked)
    if seen.waits_for_person:
        return Judgement(PaneState.REFUSED, now - seen.failed, seen.cause)
    if seen.failed > seen.opened:
        if seen.cause == "busy" and not (seen.picture or seen.packet) and now - seen.failed < limits.busy:
            return Judgement(PaneState.CONNECTING, since_picture, seen.cause)   # nothing was there that could be lost
        return Judgement(PaneState.LOST, now - seen.failed, seen.cause)
    if seen.decoder_cause and since_picture > limits.live:
        return Judgement(PaneState.FROZEN if seen.picture else PaneState.CONNECTING, since_picture, seen.decoder_cause)
    if not seen.decoding:
        heard = max(seen.packet, seen.opened)
        if heard and now - heard > frozen_after:
            return Judgement(PaneState.FROZEN, now - heard, "silent")
        return Judgement(PaneState.LIVE if seen.packet else PaneState.CONNECTING, 0.0 if seen.packet else since_picture)
    if not seen.picture:
        return _without_picture(seen, now, limits)
    if now - seen.packet > frozen_after:
        return Judgement(PaneState.FROZEN, since_picture, "silent")
    if seen.picture < seen.in_sight and now - seen.in_sight <= frozen_after:
        # Its player rested while nobody looked: the old picture is no fault of the camera, but it is old.
        return Judgement(PaneState.LATE if since_picture > patience else PaneState.LIVE, since_picture)
    if since_picture > frozen_after:
        if now - seen.news > frozen_after:
            return Judgement(PaneState.FROZEN, since_picture, "repeats")
        if not says_still(seen):
            return Judgement(PaneState.FROZEN, since_picture, "no-picture")
        return Judgement(PaneState.LIVE)
    if seen.delay > limits.late:
        return Judgement(PaneState.LATE, seen.delay)
    if since_picture > patience and not (now - seen.packet <= patience and says_still(seen)):
        return Judgement(PaneState.LATE, since_picture)
    return Judgement(PaneState.LIVE)


def _without_picture(seen: Observation, now: float, limits: Limits) -> Judgement:
    """Asked for and never shown yet: connecting, until the wait itself says that something is wrong."""
    waited = now - seen.asked
    if seen.failed and not seen.opened:
        return Judgement(PaneState.LOST, now - seen.failed, seen.cause)
    if seen.opened and now - seen.opened > limits.first_picture:
        return Judgement(PaneState.FROZEN, waited, "no-picture" if now - seen.packet < limits.frozen else "silent")
    return Judgement(PaneState.CONNECTING, waited)
