"""What this house decodes: codecs by libav's names, and the largest picture that is let through."""

from __future__ import annotations

CODECS = frozenset({"h264", "hevc", "mjpeg", "mpeg4"})

# Pixels. 8K is the largest camera on sale; a stream that claims more wants memory (libVLC keeps about 30 pictures).
LONGEST_SIDE = 8192
