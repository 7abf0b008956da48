"""What the demo city needs: GStreamer's RTSP server through the system's own Python."""

from __future__ import annotations

from collections.abc import Iterator

from app.cli.checks.finding import Finding, apt, ask, good, note
from app.demo.city import SYSTEM_PYTHON
from app.runtime.language import gettext as _

ELEMENTS = {"rtph264pay": "gstreamer1.0-plugins-good", "rtph265pay": "gstreamer1.0-plugins-good",
            "rtpjpegpay": "gstreamer1.0-plugins-good", "h264parse": "gstreamer1.0-plugins-bad",
            "h265parse": "gstreamer1.0-plugins-bad", "appsrc": "gstreamer1.0-plugins-base"}
PROBE = f"""
import gi
gi.require_version("Gst", "1.0"); gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
print(Gst.version_string(), "|", *(n for n in {tuple(ELEMENTS)!r} if Gst.ElementFactory.find(n) is None))
"""


def gstreamer() -> Iterator[Finding]:
    """Only the demo and the tests need it."""
    answer = ask(PROBE, SYSTEM_PYTHON)
    if answer is None:
        yield note(_("GStreamer's RTSP server is missing: the demo city cannot start."),
                   apt("python3-gi", "gir1.2-gst-rtsp-server-1.0", "gstreamer1.0-rtsp", "gstreamer1.0-plugins-base",
                       "gstreamer1.0-plugins-good", "gstreamer1.0-plugins-bad"))
        return
    version, _bar, lacks = answer.partition("|")
    missing = lacks.split()
    yield note(_("{version} lacks {elements}: some demo cameras stay dark.").format(
        version=version.strip(), elements=", ".join(missing)), apt(*sorted({ELEMENTS[n] for n in missing}))) \
        if missing else good(_("{version} with its RTSP server, for the demo city.").format(version=version.strip()))
