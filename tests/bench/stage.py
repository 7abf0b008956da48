"""What the figures stand on: the clip, N live RTSP streams of it, a registry of them, the machine's state."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.registry.registry import Registry

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
RESULTS = ROOT / "build" / "bench"
RECORDED = os.environ.get("LAWANG_BENCH_RECORDED", "1") != "0"      # rivals do not; this program does from the start
FIRST_PORT = int(os.environ.get("LAWANG_BENCH_PORT", "19000"))
WIDTH, HEIGHT, RATE, SECONDS, KBIT, KEY_EVERY = 640, 360, 15, 60, 400, 30     # the clip: a key picture each 2 s
KEY_INTERVAL_S = KEY_EVERY / RATE
SCREEN = (1920, 1080)

# numpy's own threads would be counted against whoever is measured beside us.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@dataclass(frozen=True, slots=True)
class Streams:
    """N live RTSP mounts /cam0 ... of one clip. ``state``: file that tells when each mount sent its frame 0."""

    port: int
    count: int
    state: Path
    clip: Path
    folder: Path

    @property
    def pattern(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/cam%d"

    @property
    def urls(self) -> list[str]:
        return [self.pattern % index for index in range(self.count)]


def clip() -> Path:
    """The encoded clip, made once and kept in the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lawang-bench"
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / f"sub_{WIDTH}x{HEIGHT}_{RATE}_{KBIT}k.h264"
    if not path.exists() or not path.stat().st_size:
        words = [str(number) for number in (WIDTH, HEIGHT, RATE, SECONDS, KBIT, KEY_EVERY)]
        half = path.with_suffix(".part")
        subprocess.run([sys.executable, str(HERE / "make_media.py"), *words, str(half)], check=True)
        half.replace(path)
    return path


@contextlib.contextmanager
def streams(count: int) -> Iterator[Streams]:
    """The streams for as long as the context lasts."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        port = _free_port()
        made = Streams(port, count, Path(folder, "state.json"), clip(), Path(folder))
        server = subprocess.Popen(
            ["/usr/bin/python3", str(HERE / "rtsp_server.py"), "-n", str(count), "-f", str(made.clip), "-p", str(port),
             "--state", str(made.state)], stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            greeting = server.stdout.readline()         # the server speaks once it listens
            if not greeting.startswith("rtsp://"):
                raise RuntimeError("the bench's RTSP server did not start; run: tools/setup.sh bench")
            yield made
        finally:
            server.terminate()
            server.wait(10)
            if server.stdout is not None:
                server.stdout.close()


def _free_port() -> int:
    for port in range(FIRST_PORT, FIRST_PORT + 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port for the bench's RTSP server")


def registry(made: Streams) -> Path:
    """A registry with the streams as cameras 1..N, imported through the command line as a user would."""
    table, path = made.folder / "cameras.csv", made.folder / f"{made.count}.db"
    table.write_text("number,name,main_url\n" + "".join(
        f"{index + 1},Bench {index + 1},{url}\n" for index, url in enumerate(made.urls)))
    subprocess.run([sys.executable, "main.py", "cameras", "import", str(table), "--registry", str(path)], cwd=ROOT,
                   check=True, stdout=subprocess.DEVNULL, env=environment(made))
    if not RECORDED:
        with Registry.open(path) as open_one:
            open_one.set_setting("recording.on", False)
    return path


def environment(made: Streams) -> dict[str, str]:
    """A profile of its own: the bench never touches the user's wall."""
    return os.environ | {"LAWANG_HOME": str(made.folder / "home")}


def wall_command(made: Streams, path: Path, side: int, *more: str, bare: bool = True) -> list[str]:
    """The program as an operator starts it on the whole screen, ``side`` x ``side`` panes."""
    return ["env", f"LAWANG_HOME={made.folder / 'home'}", sys.executable, str(ROOT / "main.py"), "wall", "--registry",
            str(path), "--layout", f"{side}x{side}", "--cameras", f"1-{side * side}", *(["--bare"] if bare else []),
            "--window", f"{SCREEN[0]}x{SCREEN[1]}+0+0", *more]


def rival_command(script: str, made: Streams, seconds: int) -> list[str]:
    return [str(HERE / "viewers" / script), "-t", str(seconds), "-s", f"{SCREEN[0]}x{SCREEN[1]}", *made.urls]


def load() -> float:
    """The machine's load over the last minute: others than the bench may be at work."""
    return round(os.getloadavg()[0], 2)


@contextlib.contextmanager
def neighbours() -> Iterator[dict[str, float]]:
    """Fills ``share``: the part of all cores (in % of one core) that was busy while the context lasted."""
    told: dict[str, float] = {}
    busy, began = _busy_seconds(), time.monotonic()
    yield told
    told["busy_percent"] = round(100 * (_busy_seconds() - busy) / (time.monotonic() - began), 1)


def _busy_seconds() -> float:
    fields = [int(word) for word in Path("/proc/stat").read_text().partition("\n")[0].split()[1:]]
    return (sum(fields[:8]) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def machine() -> dict[str, Any]:
    """Which machine made the figures."""
    model = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    return {"cores": os.cpu_count(), "cpu": model, "system": platform.platform(terse=True),
            "python": platform.python_version()}


def keep(name: str, figures: dict[str, Any]) -> None:
    """Store the figures of one test as build/bench/NAME.json, with the date, the load and the command."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    whole = {"date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "load": load(), "machine": machine()} | figures
    (RESULTS / f"{name}.json").write_text(json.dumps(whole, indent=1) + "\n")
