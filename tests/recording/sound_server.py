"""GStreamer's RTSP server with a film and a sound per path; run by the system's own Python, which has ``gi``.

Arguments: path=film=sound=kind each; films and sounds hold units, each behind its length in four bytes; kind is "aac",
followed by :rate:config, "alaw", or "none". Prints its port; ends when standard input does.
"""

import sys
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

PER_SECOND = 15


def units(file: str) -> list[bytes]:
    found = []
    with Path(file).open("rb") as packed:
        while length := int.from_bytes(packed.read(4), "big"):
            found.append(packed.read(length))
    return found


class Factory(GstRtspServer.RTSPMediaFactory):
    """Plays film and sound from their beginning to each client, at their own pace."""

    def __init__(self, film: str, sound: str, kind: str) -> None:
        super().__init__()
        self.parts = {"src": (units(film), Gst.SECOND // PER_SECOND)}
        launch = ("( appsrc name=src is-live=true format=time max-bytes=0 max-buffers=3 caps=\"video/x-h264,"
                  f"stream-format=byte-stream,alignment=au,framerate={PER_SECOND}/1\" ! rtph264pay config-interval=-1 "
                  "name=pay0 pt=96 ")
        name, _colon, rest = kind.partition(":")
        ear = "appsrc name=ear is-live=true format=time max-bytes=0 max-buffers=3 caps="
        if name == "aac":
            rate, _colon, config = rest.partition(":")
            self.parts["ear"] = (units(sound), Gst.SECOND * 1024 // int(rate))
            launch += (f'{ear}"audio/mpeg,mpegversion=4,stream-format=raw,rate={rate},channels=1,'
                       f'codec_data=(buffer){config}" ! rtpmp4gpay name=pay1 pt=97 ')
        elif name == "alaw":
            self.parts["ear"] = (units(sound), Gst.SECOND // 50)
            launch += f'{ear}"audio/x-alaw,rate=8000,channels=1" ! rtppcmapay name=pay1 pt=8 '
        self.set_launch(launch + ")")
        self.connect("media-configure", self.configure)

    def configure(self, _factory, media) -> None:
        for name, (all_units, step) in self.parts.items():
            self.feed(media.get_element().get_child_by_name(name), iter(enumerate(all_units)), step)

    def feed(self, source, numbered, step) -> None:
        def need(element, _length) -> None:
            number, data = next(numbered, (0, b""))
            if not data:
                element.emit("end-of-stream")
                return
            buffer = Gst.Buffer.new_wrapped(data)
            buffer.pts = buffer.dts = number * step
            buffer.duration = step
            element.emit("push-buffer", buffer)
        source.connect("need-data", need)


def main() -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    for one in sys.argv[1:]:
        path, film, sound, kind = one.split("=", 3)
        server.get_mount_points().add_factory(f"/{path}", Factory(film, sound, kind))
    server.attach(None)
    loop = GLib.MainLoop()
    GLib.io_add_watch(0, GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP | GLib.IOCondition.IN, lambda *_: loop.quit())
    sys.stdout.write(f"{server.get_bound_port()}\n")
    sys.stdout.flush()
    loop.run()


if __name__ == "__main__":
    main()
