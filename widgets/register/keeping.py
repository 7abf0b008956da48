"""What the registry lane does when the form is applied. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.model.camera import Camera
from app.model.errors import OperatorError
from app.registry.registry import Registry
from app.runtime.language import gettext as _
from widgets.register import recording_fields
from widgets.register.fields import BadField, Draft, edited


def keeping(new: Camera | None, ids: Sequence[str], draft: Draft) -> Callable[[Registry], list[Camera]]:
    """A job that changes the cameras of ``ids``, or adds ``new``; gives those that became different.

    The job raises OperatorError when a camera is gone or a value is refused; then nothing is changed.
    """
    def work(registry: Registry) -> list[Camera]:
        # As they are in the file at this moment: another program may have changed other columns meanwhile.
        before = [new] if new is not None else registry.cameras.some(list(ids))
        if len(before) < len(ids):
            raise OperatorError(_("Some of these cameras are no longer in the register. Nothing was changed."))
        try:
            after = [edited(camera, draft, many=len(ids) > 1) for camera in before]
        except BadField as error:
            raise OperatorError(str(error)) from None
        return registry.edits.keep(after, lambda kept: recording_fields.beside(
            str(registry.setting(recording_fields.SETTING)), kept, draft))
    return work
