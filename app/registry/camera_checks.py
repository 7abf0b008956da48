"""What a camera must be like to be kept: sentences instead of broken rules of the tables. Pure; runs on any thread."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from app.model.camera import ROTATIONS, Camera
from app.model.errors import OperatorError
from app.registry.camera_reading import UNPRINTABLE
from app.runtime.addresses import parse
from app.runtime.language import gettext as _

LONGEST_TAG = 60            # characters; a tag is a word or two
MOST_TAGS = 50              # per camera
LONGEST_NOTES = 10_000      # characters, some pages
HEIGHTS = (-200.0, 1000.0)  # metres above the ground: a tunnel, a mast on a tower


def checked_camera(camera: Camera, known: Camera | None = None) -> Camera:
    """The camera as it is kept: addresses without user and password (they become its credentials), tags in order.

    ``known`` is the camera as it is kept now: an address of its own was checked before.
    Raises OperatorError when an address is not allowed or a value makes no sense.
    """
    streams, credentials = [], camera.credentials
    for profile in camera.streams:
        if known is not None and profile in known.streams:
            streams.append(profile)
            continue
        address = parse(profile.url)
        credentials = credentials or address.credentials
        streams.append(profile if profile.url == address.url else replace(profile, url=address.url))
    if camera.number <= 0:
        raise OperatorError(_("A camera number must be 1 or more, not {number}.").format(number=camera.number))
    if UNPRINTABLE.search(camera.name):
        raise OperatorError(_("The name of camera {number} holds a line break or control character.").format(
            number=camera.number))
    if len(camera.notes) > LONGEST_NOTES:
        raise OperatorError(_("The notes of camera {number} are longer than {most} characters.").format(
            number=camera.number, most=LONGEST_NOTES))
    _refuse_outside(camera.height, HEIGHTS, _("The height of camera {number} goes from {low:g} to {high:g} metres."),
                    camera)
    _refuse_outside(camera.heading, (0.0, 360.0),
                    _("The heading of camera {number} goes from {low:g} to {high:g} degrees."), camera)
    _refuse_outside(camera.field_of_view, (0.0, 360.0),
                    _("The field of view of camera {number} goes from {low:g} to {high:g} degrees."), camera)
    if camera.rotation not in ROTATIONS:
        raise OperatorError(_("The picture of camera {number} can be turned by 0, 90, 180 or 270 degrees, not by "
                              "{rotation}.").format(number=camera.number, rotation=camera.rotation))
    if camera.place is not None:
        _refuse_outside(camera.place.latitude, (-90.0, 90.0),
                        _("The latitude of camera {number} goes from {low:g} to {high:g} degrees."), camera)
        _refuse_outside(camera.place.longitude, (-180.0, 180.0),
                        _("The longitude of camera {number} goes from {low:g} to {high:g} degrees."), camera)
    return replace(camera, streams=tuple(streams), credentials=credentials, tags=checked_tags(camera.tags))


def checked_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags as kept: without blanks around, each once, sorted. Raises OperatorError for one of no use."""
    kept = sorted({tag.strip() for tag in tags if tag.strip()})
    for tag in kept:
        if UNPRINTABLE.search(tag) or not tag.isprintable() or len(tag) > LONGEST_TAG:
            raise OperatorError(_("A tag has at most {most} characters and no line break or control character.").format(
                most=LONGEST_TAG))
    if len(kept) > MOST_TAGS:
        raise OperatorError(_("A camera has at most {most} tags.").format(most=MOST_TAGS))
    return tuple(kept)


def _refuse_outside(value: float | None, bounds: tuple[float, float], sentence: str, camera: Camera) -> None:
    low, high = bounds
    if value is not None and not (math.isfinite(value) and low <= value <= high):
        raise OperatorError(sentence.format(number=camera.number, low=low, high=high))
