"""Why a camera gives nothing, in words: every cause key in one table, for panes, panels and the command line."""

from __future__ import annotations

from dataclasses import dataclass

from app.runtime.language import mark as N_


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a pane is dark, and what a person can do; both may hold {number}. ``mend`` is "" when waiting is all."""

    what: str
    mend: str = ""


REASONS: dict[str, Reason] = {
    "no-route": Reason(N_("No route to the camera")),
    "refused": Reason(N_("The camera takes no connections")),
    "timeout": Reason(N_("The camera does not answer")),
    "closed": Reason(N_("The camera closed the connection")),
    "silent": Reason(N_("The camera sends nothing")),
    "unauthorised": Reason(N_("Camera {number} refused the password"), N_("Update it in Camera ▸ Edit")),
    "forbidden": Reason(N_("Camera {number} does not allow this user"), N_("Give another user in Camera ▸ Edit")),
    "not-found": Reason(N_("The camera has no stream at this address"), N_("Correct the address in Camera ▸ Edit")),
    "bad-address": Reason(N_("This address cannot be opened"), N_("Correct the address in Camera ▸ Edit")),
    "too-big": Reason(N_("The picture is larger than can be shown"), N_("Choose a smaller stream in the camera")),
    "unsupported": Reason(N_("This kind of video cannot be shown"), N_("Set the camera to H.264 or H.265")),
    "forbidden-scheme": Reason(N_("Addresses of this kind are not allowed"),
                               N_("Correct the address in Camera ▸ Edit")),
    "server": Reason(N_("The camera reports a fault of its own"), N_("Restart the camera if it stays so")),
    "busy": Reason(N_("Camera busy or not ready"), N_("Close other viewers of it if it stays so")),
    "failed": Reason(N_("The camera cannot be opened")),
    "no-picture": Reason(N_("Packets arrive, but no picture comes of them")),
    "no-recording": Reason(N_("Nothing was recorded at this moment"), N_("Space shows the camera live")),
    "no-video": Reason(N_("The camera sends no video")),
    "garbage": Reason(N_("The camera sends data that is no video")),
    "decoder": Reason(N_("Packets arrive, but no picture comes of them")),
    "nonsense": Reason(N_("The device answers with what nobody understands"),
                       N_("Look for newer firmware, or use its RTSP address alone")),
    "fault": Reason(N_("The device refuses this question"), N_("Give its user more rights in the camera")),
    "unknown-certificate": Reason(N_("The device shows an unknown certificate"),
                                  N_("Compare and trust it in Camera ▸ Edit")),
    "changed-certificate": Reason(N_("The device shows another certificate than before"),
                                  N_("Ask who changed it, then trust it in Camera ▸ Edit")),
    "worker": Reason(N_("The picture maker is starting again")),
}
UNKNOWN = Reason(N_("The camera gives no picture"))


def reason_for(cause: str) -> Reason:
    """The words for a cause key; a key that has none yet gets a sentence that is true of all."""
    return REASONS.get(cause, UNKNOWN)
