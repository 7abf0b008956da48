"""What the same work costs ffmpeg and nothing else.

    python -m tests.bench.baseline -n 16 -s 480x270 -d 10 URLPATTERN

N processes pull RTSP over TCP, decode with one thread, scale to the pane (fast bilinear, bgr0) and throw the picture
away. URLPATTERN holds %d for the camera's index. Prints one line of JSON: CPU in % of one core, for decode alone and
for decode + scale.
"""

# ruff: noqa: T201 - a program of the command line: it prints one line of JSON
from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time

import psutil


def cost(pattern: str, count: int, pane: str, *, seconds: float, settle: float, scale: bool) -> float:
    """CPU of ``count`` ffmpeg processes in % of one core; ``pane``: WxH."""
    processes: list[psutil.Popen] = []
    try:
        for index in range(count):
            command = ["ffmpeg", "-v", "quiet", "-threads", "1", "-rtsp_transport", "tcp", "-i", pattern % index]
            if scale:
                command += ["-vf", f"scale={pane.replace('x', ':')}:flags=fast_bilinear", "-pix_fmt", "bgr0"]
            processes.append(psutil.Popen([*command, "-f", "null", "-"], stdin=subprocess.DEVNULL))
        time.sleep(settle)
        before, began = _spent(processes), time.monotonic()
        time.sleep(seconds)
        return round(100 * (_spent(processes) - before) / (time.monotonic() - began), 1)
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def _spent(processes: list[psutil.Popen]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("-n", type=int, default=16)
    parser.add_argument("-s", default="480x270")
    parser.add_argument("-d", type=float, default=10.0)
    parser.add_argument("-w", type=float, default=6.0)
    parser.add_argument("url")
    a = parser.parse_args()
    decode, scaled = (cost(a.url, a.n, a.s, seconds=a.d, settle=a.w, scale=scale) for scale in (False, True))
    print(json.dumps({"name": "baseline", "n": a.n, "pane": a.s, "decode_cpu": decode, "decode_scale_cpu": scaled}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
