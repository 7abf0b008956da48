"""From libav's errors to causes that the operator understands, with nothing of the address in them."""

from __future__ import annotations

import errno

import av.error

from app.model.errors import CameraError

_BY_TYPE: tuple[tuple[type[BaseException], str], ...] = (
    (av.error.HTTPUnauthorizedError, "unauthorised"),
    (av.error.HTTPForbiddenError, "forbidden"),
    (av.error.HTTPNotFoundError, "not-found"),
    (av.error.HTTPBadRequestError, "garbage"),
    (av.error.HTTPTooManyRequestsError, "busy"),
    (av.error.HTTPServerError, "server"),
    (av.error.HTTPOtherClientError, "garbage"),
    (av.error.ProtocolNotFoundError, "forbidden-scheme"),
    (av.error.DecoderNotFoundError, "unsupported"),
    (av.error.DemuxerNotFoundError, "unsupported"),
    (av.error.InvalidDataError, "garbage"),
    (av.error.ExitError, "timeout"),
    (av.error.EOFError, "closed"),
    (ConnectionRefusedError, "refused"),
    (TimeoutError, "timeout"),
    (ConnectionError, "closed"),
    (FileNotFoundError, "not-found"),
    (PermissionError, "forbidden"),
)
_BY_NUMBER = {
    errno.EHOSTUNREACH: "no-route", errno.ENETUNREACH: "no-route", errno.ENETDOWN: "no-route",
    errno.EHOSTDOWN: "no-route", errno.ETIMEDOUT: "timeout", errno.EADDRNOTAVAIL: "no-route",
    errno.EIO: "closed", errno.EPIPE: "closed", errno.ENOMEM: "garbage",
}


def cause_of(error: BaseException) -> CameraError:
    """The cause of a failed open or read; its detail names the kind of error only."""
    for kind, cause in _BY_TYPE:
        if isinstance(error, kind):
            return CameraError(cause, type(error).__name__)
    number = getattr(error, "errno", None)
    if isinstance(number, int):
        if number in _BY_NUMBER:
            return CameraError(_BY_NUMBER[number], type(error).__name__)
        if number == errno.EINVAL:
            return CameraError("garbage", type(error).__name__)
    return CameraError("failed", type(error).__name__)
