"""A CCTV-like clip, x264, no B pictures, closed groups: python -m tests.bench.make_media W H FPS SECONDS KBIT GOP OUT

A still, textured scene, moving things, sensor noise in each frame, and the frame number burnt in as a bar code between
a magenta and a green block, so that a reader of the screen can tell, for any viewer, which frame a pane shows
(measure.py). The code: 13 blocks of W/16 from x = 1.5/16 W, y = 72..82 % H: magenta, 10 bits of the frame number (most
significant first), even parity, green.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

type Plane = npt.NDArray[np.float64]

MOST_FRAMES = 1024          # ten bits
THINGS = 10                 # that move
BUILDINGS = 60
SEED = 7                    # the clip is the same on every machine


def _blurred(plane: Plane, size: int) -> Plane:
    for axis in (0, 1):
        head = plane[-size:] if axis == 0 else plane[:, -size:]
        total = np.cumsum(np.concatenate([head, plane], axis), axis)
        plane = (total[size:] - total[:-size]) / size if axis == 0 else (total[:, size:] - total[:, :-size]) / size
    return plane


class Scene:
    """Draws frame after frame as three planes (Y, U, V), U and V at half size."""

    def __init__(self, width: int, height: int, rate: int) -> None:
        self.width, self.height, self.rate = width, height, rate
        self._rng = rng = np.random.default_rng(SEED)
        scale = height / 360
        ground = 110 + 60 * np.linspace(-1, 1, height)[:, None] + np.zeros((height, width))
        for size, strength in ((int(40 * scale), 900 * scale), (int(6 * scale), 60 * scale), (2, 9)):
            ground += strength * _blurred(rng.standard_normal((height, width)), max(size, 2)) * 0.25
        for _ in range(BUILDINGS):
            w, h = int(rng.integers(8, 120) * scale), int(rng.integers(8, 90) * scale)
            x, y = rng.integers(0, width - w), rng.integers(0, height - h)
            ground[y:y + h, x:x + w] += rng.integers(-50, 50)
        self._luma = np.clip(ground, 24, 225)
        self._chroma = [np.clip(128 + 300 * scale * _blurred(rng.standard_normal((height // 2, width // 2)),
                                                             int(20 * scale)), 100, 156) for _ in range(2)]
        self._noise = rng.normal(0, 3, (height + 64, width + 64)).astype(np.float32)
        self._things = [(int(rng.integers(20, 90) * scale), int(rng.integers(20, 70) * scale), rng.uniform(0, width),
                         rng.uniform(0.1, 0.9) * height, rng.uniform(-90, 90) * scale, rng.uniform(-12, 12) * scale,
                         int(rng.integers(-70, 70)), int(rng.integers(95, 160))) for _ in range(THINGS)]
        self._textures = [np.clip(rng.normal(0, 16, (thing[1], thing[0])), -40, 40) for thing in self._things]

    def frame(self, number: int) -> tuple[Plane, Plane, Plane]:
        luma, u, v = self._luma.copy(), self._chroma[0].copy(), self._chroma[1].copy()
        at = number / self.rate
        for (w, h, x, y, dx, dy, tone, tint), texture in zip(self._things, self._textures, strict=True):
            left, top = int((x + dx * at) % (self.width + w)) - w, int((y + dy * at) % self.height)
            a, b, bottom = max(left, 0), min(left + w, self.width), min(top + h, self.height)
            if b > a and bottom > top:
                luma[top:bottom, a:b] = 120 + tone + texture[:bottom - top, a - left:b - left]
                u[top // 2:bottom // 2, a // 2:b // 2] = tint
                v[top // 2:bottom // 2, a // 2:b // 2] = 256 - tint
        right, down = self._rng.integers(0, 64, 2)
        luma = np.clip(luma + self._noise[down:down + self.height, right:right + self.width], 16, 235)
        self._burn(number, luma, u, v)
        return luma, u, v

    def _burn(self, number: int, luma: Plane, u: Plane, v: Plane) -> None:
        top, bottom = int(0.72 * self.height), int(0.82 * self.height)
        edge = [round((1.5 + i) * self.width / 16) // 2 * 2 for i in range(14)]
        bits = [(number >> (9 - i)) & 1 for i in range(10)]
        bits.append(sum(bits) & 1)
        for i, value in enumerate([78, *(235 if bit else 16 for bit in bits), 173]):
            luma[top:bottom, edge[i]:edge[i + 1]] = value
        rows = slice(top // 2, bottom // 2)
        u[rows, edge[0] // 2:edge[13] // 2] = v[rows, edge[0] // 2:edge[13] // 2] = 128
        for block, (blue, red) in ((0, (214, 230)), (12, (42, 26))):
            u[rows, edge[block] // 2:edge[block + 1] // 2] = blue
            v[rows, edge[block] // 2:edge[block + 1] // 2] = red


def make(width: int, height: int, rate: int, seconds: int, kbit: int, group: int, out: Path) -> None:
    """Encode the clip; raises ValueError when its frames cannot be numbered and CalledProcessError without x264."""
    frames = rate * seconds
    if frames > MOST_FRAMES:
        raise ValueError(f"{frames} frames do not fit into the bar code")
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p",
               "-s", f"{width}x{height}", "-r", str(rate), "-i", "-", "-c:v", "libx264", "-preset", "veryfast",
               "-profile:v", "main", "-pix_fmt", "yuv420p", "-bf", "0", "-g", str(group), "-keyint_min", str(group),
               "-sc_threshold", "0", "-b:v", f"{kbit}k", "-maxrate", f"{kbit * 5 // 4}k", "-bufsize", f"{kbit}k",
               "-threads", "1", "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709",
               "-color_range", "tv", "-x264-params", "repeat-headers=1:aud=1:slices=1:sliced-threads=0:open-gop=0",
               "-f", "h264", str(out)]
    encoder = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert encoder.stdin is not None
    scene = Scene(width, height, rate)
    for number in range(frames):
        for plane in scene.frame(number):
            encoder.stdin.write(np.clip(plane, 0, 255).astype(np.uint8).tobytes())
    encoder.stdin.close()
    if encoder.wait():
        raise subprocess.CalledProcessError(encoder.returncode, command)


if __name__ == "__main__":
    make(*map(int, sys.argv[1:7]), Path(sys.argv[7]))
