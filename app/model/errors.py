"""Three kinds of trouble: tell the operator, the world's fault, or a bug (any other exception)."""


class OperatorError(Exception):
    """Something the operator can mend; the text says what happened and what to do, and is shown as it is."""


class DamagedFile(OperatorError):
    """A database of ours that cannot be read as one."""


class CameraError(Exception):
    """The world's fault: a camera, the network or a stream misbehaved. Never carries a URL with a password.

    ``cause`` is a short stable key that the catalogue translates ("no-route", "refused", "timeout" ...).
    """

    def __init__(self, cause: str, detail: str = "") -> None:
        super().__init__(f"{cause}: {detail}" if detail else cause)
        self.cause = cause
        self.detail = detail
