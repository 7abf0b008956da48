"""One picture of a clip for the report, decoded from the package's own file.

Runs on: a worker thread; decoding one key picture takes some 20 ms.
"""

from __future__ import annotations

import io
from pathlib import Path

import av
import av.error
from PIL import Image

# Pillow brings its formats in with the first picture; beside open windows that held the GUI thread up for 80 ms.
Image.preinit()

QUALITY = 88                # JPEG; text on number plates stays readable
WIDEST = 1920               # pixels; the report prints it 16 cm wide


_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


def still(clip: Path, after_us: int, rotation: int = 0) -> tuple[bytes, int] | None:
    """A JPEG of the last key picture at or before ``after_us`` from the clip's start, and its own time from there.

    ``rotation``: degrees clockwise, as players that heed the clip's matrix show it; Pillow counts the other way.
    None when it cannot be decoded.
    """
    try:
        with av.open(str(clip)) as container:
            stream = container.streams.video[0]
            scale = stream.time_base
            assert scale is not None
            container.seek(int(after_us / 1_000_000 / scale), stream=stream, backward=True)
            stream.codec_context.skip_frame = "NONKEY"
            for frame in container.decode(stream):
                picture = frame.to_image()     # type: ignore[no-untyped-call]
                if picture.width > WIDEST:
                    picture = picture.resize((WIDEST, picture.height * WIDEST // picture.width))
                if rotation:
                    picture = picture.transpose(_TURNS[rotation])
                target = io.BytesIO()
                picture.save(target, "JPEG", quality=QUALITY)
                return target.getvalue(), round((frame.pts or 0) * scale * 1_000_000)
    except (av.error.FFmpegError, IndexError, ValueError, OSError):
        return None
    return None
