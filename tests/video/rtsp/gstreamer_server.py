"""GStreamer's RTSP server with one film per path; run by the system's own Python, which has ``gi``.

Arguments: user, password, then path=file=payloader each, where a file holds access units, each behind its length in
four bytes. Prints its port; ends when standard input does.
"""

import sys
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

CAPS = {"h264": "video/x-h264", "hevc": "video/x-h265"}
PER_SECOND = 15


class Factory(GstRtspServer.RTSPMediaFactory):
    """Plays a film from its beginning to each client."""

    def __init__(self, path: str, file: str, pay: str) -> None:
        super().__init__()
        self.units = []
        with Path(file).open("rb") as film:
            while length := int.from_bytes(film.read(4), "big"):
                self.units.append(film.read(length))
        self.set_launch("( appsrc name=src is-live=true format=time max-bytes=0 max-buffers=3 caps="
                        f'"{CAPS[path]},stream-format=byte-stream,alignment=au,framerate={PER_SECOND}/1" '
                        f"! {pay} name=pay0 pt=96 )")
        self.connect("media-configure", self.configure)

    def configure(self, _factory, media) -> None:
        units = iter(enumerate(self.units))

        def need(source, _length) -> None:
            number, data = next(units, (0, b""))
            if not data:
                source.emit("end-of-stream")
                return
            buffer = Gst.Buffer.new_wrapped(data)
            buffer.pts = buffer.dts = number * Gst.SECOND // PER_SECOND
            source.emit("push-buffer", buffer)
        media.get_element().get_child_by_name("src").connect("need-data", need)


def main() -> None:
    user, password, *films = sys.argv[1:]
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    login = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    login.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    login.add_digest(user, password, token)
    server.set_auth(login)
    for film in films:
        path, file, pay = film.split("=", 2)
        factory = Factory(path, file, pay)
        rights = GstRtspServer.RTSPPermissions.new()
        rights.add_permission_for_role("user", "media.factory.access", True)
        rights.add_permission_for_role("user", "media.factory.construct", True)
        factory.set_permissions(rights)
        server.get_mount_points().add_factory(f"/{path}", factory)
    server.attach(None)
    loop = GLib.MainLoop()
    GLib.io_add_watch(0, GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP | GLib.IOCondition.IN, lambda *_: loop.quit())
    sys.stdout.write(f"{server.get_bound_port()}\n")
    sys.stdout.flush()
    loop.run()


if __name__ == "__main__":
    main()
