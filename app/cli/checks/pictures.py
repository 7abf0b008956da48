"""What makes pictures: libVLC and its modules, PyAV's codecs, decoding on a graphics card."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from app.cli.checks.finding import Finding, apt, ask, bad, good, note
from app.runtime.language import gettext as _

# Each module with the reason why app.video cannot do without it.
MODULES = {
    "demux/libps_plugin": "MPEG-PS",
    "packetizer/libpacketizer_h264_plugin": "H.264",
    "packetizer/libpacketizer_hevc_plugin": "H.265",
    "packetizer/libpacketizer_mpeg4video_plugin": "MPEG-4",
    "codec/libavcodec_plugin": "avcodec",
    "video_chroma/libswscale_plugin": "swscale",
    "video_output/libvmem_plugin": "vmem",
    "access/libfilesystem_plugin": "FIFO",
    "access/libimem_plugin": "imem",
}
LIBRARIES = ("libvlc.so.5", "libvlc.dylib", "libvlc.dll")
OLDEST = (3, 0, 12)         # older ones hang when a memory output changes its size
CODECS = ("h264", "hevc", "mjpeg", "mpeg4")
PYAV = f"""
import json, av
print(json.dumps({{"version": av.__version__, "lacks": [c for c in {CODECS!r} if c not in av.codecs_available],
                   "encodes": "libx264" in av.codecs_available}}))
"""


def libvlc() -> Iterator[Finding]:
    """The library and the modules that decode and scale."""
    mend = apt("libvlc5", "vlc-plugin-base")
    library = _load()
    if library is None:
        yield bad(_("libVLC is missing: no pane shows a picture."), mend)
        return
    library.libvlc_get_version.restype = ctypes.c_char_p
    version = (library.libvlc_get_version() or b"?").decode()
    numbers = tuple(int(n) for n in version.split()[0].split("-")[0].split(".") if n.isdigit())
    yield good(_("libVLC {version}").format(version=version)) if numbers >= OLDEST else bad(
        _("libVLC {version} is too old.").format(version=version), mend)
    folder = _modules_folder()
    if folder is None:
        yield bad(_("The modules of libVLC are not where they should be."), mend)
        return
    lacks = [f"{name.rpartition('/')[2]} ({why})" for name, why in MODULES.items()
             if not any(folder.glob(f"{name}.*"))]
    yield bad(_("libVLC lacks modules: {modules}.").format(modules=", ".join(lacks)), mend) if lacks else good(
        _("libVLC has the modules for {what}.").format(what=", ".join(MODULES.values())))


def pyav() -> Iterator[Finding]:
    """What pulls the cameras."""
    answer = ask(PYAV)
    if answer is None:
        yield bad(_("PyAV does not load: no camera can be opened."), "make setup")
        return
    about = json.loads(answer)
    yield good(_("PyAV {version}").format(version=about["version"])) if not about["lacks"] else bad(
        _("PyAV {version} lacks {codecs}.").format(version=about["version"], codecs=", ".join(about["lacks"])),
        "make setup")
    if not about["encodes"]:
        yield note(_("PyAV has no H.264 encoder: the demo city cannot be made."), "make setup")


def gpu() -> Iterator[Finding]:
    """Decoding in hardware; without it the processor decodes."""
    devices = sorted(Path("/dev/dri").glob("renderD*")) if Path("/dev/dri").is_dir() else []
    if not devices:
        yield note(_("No graphics card that decodes: the processor does it."))
        return
    if not os.access(devices[0], os.R_OK | os.W_OK):
        yield note(_("{device} is there, but you may not use it.").format(device=devices[0]),
                   "sudo usermod -aG render,video $USER")
        return
    if shutil.which("vainfo") is None:
        yield note(_("{device} is there; whether it decodes is not known without vainfo.").format(device=devices[0]),
                   apt("vainfo"))
        return
    codecs = _va_codecs(str(devices[0]))
    yield good(_("The graphics card decodes {codecs}.").format(codecs=", ".join(codecs))) if codecs else note(
        _("The graphics card decodes neither H.264 nor H.265: the processor does it."),
        apt("intel-media-va-driver", "mesa-va-drivers"))


def _load() -> ctypes.CDLL | None:
    for name in LIBRARIES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


def _modules_folder() -> Path | None:
    named = os.environ.get("VLC_PLUGIN_PATH", "")
    machine = f"{os.uname().machine}-linux-gnu" if hasattr(os, "uname") else ""
    for folder in (Path(named) if named else None, Path(f"/usr/lib/{machine}/vlc/plugins"),
                   Path("/usr/lib64/vlc/plugins"), Path("/usr/lib/vlc/plugins"), Path("/usr/local/lib/vlc/plugins")):
        if folder is not None and folder.is_dir():
            return folder
    return None


def _va_codecs(device: str) -> list[str]:
    try:
        text = subprocess.run(["vainfo", "--display", "drm", "--device", device], capture_output=True, text=True,
                              timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    decodes = [line for line in text.splitlines() if "VAEntrypointVLD" in line]
    return [name for name, mark in (("H.264", "H264"), ("H.265", "HEVC")) if any(mark in line for line in decodes)]
