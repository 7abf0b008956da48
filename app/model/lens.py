"""Which lens of a device a camera is: a recorder has one for each of its channels. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from app.model.device import DeviceFacts, MediaProfile


def place(url: str) -> tuple[str, str, str]:
    """What of a stream's address tells it from others; 554 is where RTSP is when nobody says otherwise."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2].lower().removesuffix(":554"), parts.path, parts.query


def own_profiles(urls: Iterable[str], facts: DeviceFacts) -> tuple[MediaProfile, ...]:
    """The profiles whose stream the camera shows, in the order of its ``urls``."""
    told = {place(url): token for token, url in reversed(facts.streams.items())}
    by_token = {one.token: one for one in facts.profiles}
    tokens = dict.fromkeys(told[at] for at in map(place, urls) if at in told)
    return tuple(by_token[token] for token in tokens if token in by_token)


def lens_of(profile: MediaProfile) -> str:
    """The token of its video source; of a profile that tells none, the profile itself."""
    return profile.sources[0] if profile.sources else f"profile {profile.token}"


def single(facts: DeviceFacts) -> bool:
    """Whether all profiles show the same lens, or the device speaks of none: whatever turns is then the camera."""
    return not any(one.sources for one in facts.profiles) or len({lens_of(one) for one in facts.profiles}) == 1


def lens(urls: Iterable[str], facts: DeviceFacts) -> str:
    """The camera's lens, "" when none of the device's several is known to be its."""
    own = own_profiles(urls, facts)
    if own:
        return lens_of(own[0])
    return lens_of(facts.profiles[0]) if facts.profiles and single(facts) else ""


def fits(urls: Iterable[str], facts: DeviceFacts) -> bool:
    """Whether what was learned of steering is this camera's own: another channel's dome must not move."""
    return single(facts) or facts.lens == lens(urls, facts)
