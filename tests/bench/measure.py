"""Runs one viewer under an Xvfb of its own and measures it from outside, the same way for every viewer.

    python -m tests.bench.measure -n TILES [-d 20] [-w 5] [-s 1280x720] [--state rtsp.json] [-o out.json] -- CMD ARGS...

CMD is started in a session of its own with DISPLAY set and must leave by itself or on SIGTERM.

CPU      user + system seconds of CMD's session (every process of it, also those that ended) over the window
memory   RSS and PSS of the session at the end of the window; the processes with most RSS by name
frames   read from Xvfb's frame buffer (-fbdir, no X traffic): the bar code that make_media.py burns into each picture.
         A frame counts when its number is seen on the screen (40 looks a second; the material has 15 a second)
delay    with --state: time seen minus the time at which the server's clock sent it (tiles in reading order = cam0 ...)
"""

# ruff: noqa: T201 - a program of the command line: it prints one line of JSON
from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import mmap
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
BITS = 10                   # of the frame number in the bar code; an even parity bit follows
SEAM = 1000                 # frame numbers of the clip are below that; more is a misread


@dataclass(frozen=True, slots=True)
class Tile:
    """Where a bar code stands on the screen: row ``y``, and the middle of its 13 blocks."""

    y: int
    xs: tuple[int, ...]


class Screen:
    """An Xvfb whose frame buffer is read directly. ``pixels``: shape (height, width, 4), B G R x, live."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._folder = tempfile.mkdtemp(prefix="bench-screen-")
        reading, writing = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "-fbdir", self._folder,
             "-nolisten", "tcp", "-noreset", "-dpi", "96"], pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as answer:
            self.name = ":" + answer.readline().strip()
        with Path(self._folder, "Xvfb_screen0").open("rb") as file:
            memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        head = struct.unpack(">25I", memory[:100])              # XWDFileHeader: size, ..., bytes_per_line, ncolors
        offset, line = head[0] + head[19] * 12, head[12]
        self.pixels: npt.NDArray[np.uint8] = np.frombuffer(memory, np.uint8, height * line, offset).reshape(
            height, line // 4, 4)

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self._server.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S

    def close(self) -> None:
        self._server.terminate()
        self._server.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)

    def tiles(self) -> list[Tile]:
        """Bar codes on the screen, in reading order."""
        image = self.pixels[::3, :self.width].astype(np.int16)
        blue, green, red = (image[..., i] for i in range(3))
        magenta, mark = (red > 190) & (blue > 190) & (green < 90), (green > 180) & (red < 100) & (blue < 100)
        groups: list[list[tuple[int, int, int, int, int]]] = []
        for row in np.flatnonzero(magenta.any(1)):
            ends = _runs(mark[row])
            for start, end in _runs(magenta[row]):
                width = end - start
                if width < 4:
                    continue
                for left, right in ends:
                    if right - left >= 4 and 10 * width < left - start < 14.5 * width:
                        found = (int(row), start, end, left, right)
                        group = next((g for g in groups if abs(g[-1][1] - start) < 4 and abs(g[-1][4] - right) < 6
                                      and row - g[-1][0] < 4), None)
                        if group is None:
                            groups.append([found])
                        else:
                            group.append(found)
                        break
        tiles: list[Tile] = []
        for group in groups:
            if len(group) < 2:
                continue
            row, start, end, left, right = group[len(group) // 2]
            first, last = (start + end - 1) / 2, (left + right - 1) / 2
            tile = Tile(row * 3, tuple(round(first + (last - first) * i / 12) for i in range(13)))
            values = self.pixels[tile.y, list(tile.xs[1:12]), 1]
            torn = bool(((values > 80) & (values < 175)).any())
            # A torn picture can show one code as two: one per place is kept.
            twice = any(abs(tile.y - other.y) < 2.5 * (tile.xs[1] - tile.xs[0]) and abs(tile.xs[0] - other.xs[0]) < 8
                        for other in tiles)
            if not torn and not twice:
                tiles.append(tile)
        return sorted(tiles, key=lambda tile: (round(tile.y / 20), tile.xs[0]))

    def frame(self, tile: Tile) -> int | None:
        """The number of the frame that a tile shows; None while it is being painted."""
        ones = self.pixels[tile.y, list(tile.xs), 1][1:12] > 128
        if int(ones.sum()) & 1:
            return None
        number = 0
        for one in ones[:BITS]:
            number = number * 2 + int(one)
        return number if number < SEAM else None

    def watch(self, tiles: list[Tile], seconds: float, hz: float = 40.0,
              alive: Any = lambda: True) -> list[list[tuple[float, int]]]:
        """Per tile: (wall-clock second, frame number) each time that a new number was seen."""
        seen: list[list[tuple[float, int]]] = [[] for _ in tiles]
        last: list[int | None] = [None] * len(tiles)
        due = began = time.time()
        while time.time() < began + seconds and alive():
            now = time.time()
            for index, tile in enumerate(tiles):
                number = self.frame(tile)
                if number is not None and number != last[index]:
                    seen[index].append((now, number))
                    last[index] = number
            due += 1 / hz
            time.sleep(max(0.0, due - time.time()))
        return seen


def _runs(row: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.diff(np.concatenate(([0], row.view(np.int8), [0])))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


def delays(seen: list[list[tuple[float, int]]], state_file: Path, suffix: str = "") -> list[float]:
    """Seconds between a frame's sending and its being seen on the screen, for every frame seen."""
    state = json.loads(state_file.read_text())
    found = []
    for index, frames in enumerate(seen):
        mount = state["mounts"].get(f"cam{index}{suffix}")
        if not mount:
            continue
        period = mount["frames"] / state["fps"]
        for at, number in frames:
            sent = mount["t0"] + (number - mount["first"]) % mount["frames"] / state["fps"]
            found.append((at - sent + 1) % period - 1)
    return found


def session(leader: int) -> tuple[float, list[int]]:
    """CPU seconds (children that ended included) and process ids of a session."""
    seconds, pids = 0.0, []
    for entry in os.listdir("/proc"):  # noqa: PTH208 - thousands of names a second, no Path objects
        if entry.isdigit():
            try:
                text = Path("/proc", entry, "stat").read_text()
            except OSError:
                continue
            fields = text[text.rindex(")") + 2:].split()
            if int(fields[3]) == leader and fields[0] != "Z":
                seconds += sum(map(int, fields[11:15])) / TICKS_PER_S
                pids.append(int(entry))
    return seconds, pids


def memory_of(pid: int) -> tuple[int, int]:
    """(rss, pss) of a process in KiB; zeros when it is gone."""
    figures = {"Rss": 0, "Pss": 0}
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name in figures:
                figures[name] = int(rest.split()[0])
    return figures["Rss"], figures["Pss"]


def own_memory(pid: int) -> int:
    """KiB that are a process's own, anonymous and shared memory: programs from the same files do not move it."""
    found = 0
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name in ("Pss_Anon", "Pss_Shmem"):
                found += int(rest.split()[0])
    return found


def process_name(pid: int) -> str:
    """The Python module or the program that a process runs."""
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        return words[2].rpartition(".")[2] if words[1:2] == ["-m"] else Path(words[0]).name
    return "?"


def threads_and_descriptors(pid: int) -> tuple[int, int]:
    with contextlib.suppress(OSError):
        return len(list(Path(f"/proc/{pid}/task").iterdir())), len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return 0, 0


def _summed(names: dict[int, str], figures: dict[int, float]) -> dict[str, float]:
    """One figure per program, over all its processes."""
    return {name: round(sum(figure for pid, figure in figures.items() if names[pid] == name), 1)
            for name in sorted(set(names.values()))}


def own_cpu(pid: int) -> float:
    """CPU seconds of one process without its children; 0 when it is gone."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S
    return 0.0


def end_session(leader: subprocess.Popen[Any], patience_s: float = 4.0) -> None:
    """SIGTERM to the leader, then to all, then SIGKILL."""
    with contextlib.suppress(OSError):
        leader.terminate()
    for number in (None, signal.SIGTERM, signal.SIGKILL):
        if number is not None:
            for pid in session(leader.pid)[1]:
                with contextlib.suppress(OSError):
                    os.kill(pid, number)
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            leader.poll()
            if not session(leader.pid)[1]:
                leader.wait(1)
                return
            time.sleep(0.05)
    leader.poll()


@contextlib.contextmanager
def viewer(command: list[str], screen: Screen, log: Path | None = None, gl_threads: str = "1"
           ) -> Iterator[subprocess.Popen[Any]]:
    """A viewer in a session of its own on a screen; ended in any case."""
    env = dict(os.environ, DISPLAY=screen.name, QT_QPA_PLATFORM="xcb", LIBGL_ALWAYS_SOFTWARE="1",
               LP_NUM_THREADS=gl_threads, XDG_SESSION_TYPE="x11")
    env.pop("WAYLAND_DISPLAY", None)
    with contextlib.ExitStack() as stack:
        output: Any = stack.enter_context(log.open("wb")) if log else subprocess.DEVNULL
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                   start_new_session=True)
        try:
            yield process
        finally:
            end_session(process)


def wait_for_tiles(screen: Screen, process: subprocess.Popen[Any], tiles: int, most_s: float) -> dict[str, float]:
    """``first_tile_s`` and ``all_tiles_s`` after now, as far as they came."""
    began, times = time.monotonic(), dict[str, float]()
    while time.monotonic() - began < most_s and process.poll() is None:
        count = len(screen.tiles())
        if count and "first_tile_s" not in times:
            times["first_tile_s"] = round(time.monotonic() - began, 2)
        if tiles and count >= tiles:
            times["all_tiles_s"] = round(time.monotonic() - began, 2)
            break
        time.sleep(0.2)
    return times


def measure(command: list[str], *, tiles: int, width: int, height: int, seconds: float, settle: float = 5.0,
            most_start_s: float = 45.0, hz: float = 40.0, state: Path | None = None, suffix: str = "",
            shot: Path | None = None, log: Path | None = None, name: str = "", gl_threads: str = "1"
            ) -> dict[str, Any]:
    """Start, settle, watch for ``seconds``, end; the figures as the module text says them."""
    result: dict[str, Any] = {"name": name, "screen": f"{width}x{height}"}
    screen = Screen(width, height)
    try:
        with viewer(command, screen, log, gl_threads) as process:
            result |= wait_for_tiles(screen, process, tiles, most_start_s)
            time.sleep(settle)
            found = screen.tiles()
            result["alive"] = process.poll() is None
            before, pids = session(process.pid)
            own_before = {pid: own_cpu(pid) for pid in pids}
            screen_before, began = screen.cpu_seconds(), time.time()
            result["cpu_start_s"] = round(before, 2)
            seen = screen.watch(found, seconds, hz, lambda: process.poll() is None)
            took = time.time() - began
            after, pids = session(process.pid)
            memory = {pid: memory_of(pid) for pid in pids}
            spent = {pid: 100 * (own_cpu(pid) - own_before.get(pid, 0.0)) / took for pid in pids}
            names = {pid: process_name(pid) for pid in pids}
            rates = [len(frames) / took for frames in seen]
            gaps = [max([b[0] - a[0] for a, b in itertools.pairwise(frames)] or [took]) for frames in seen]
            result |= {
                "window_s": round(took, 2), "cpu_percent": round(100 * (after - before) / took, 1),
                "main_cpu_percent": round(spent.get(process.pid, 0.0), 1),
                "cpu_by_name_percent": _summed(names, spent),
                "xvfb_cpu_percent": round(100 * (screen.cpu_seconds() - screen_before) / took, 1),
                "rss_mib": sum(rss for rss, _ in memory.values()) // 1024,
                "pss_mib": sum(pss for _, pss in memory.values()) // 1024,
                "rss_by_name_mib": _summed(names, {pid: rss / 1024 for pid, (rss, _) in memory.items()}),
                "processes": len(pids), "threads": sum(threads_and_descriptors(pid)[0] for pid in pids),
                "tiles": len(found), "fps_sum": round(sum(rates), 1), "fps_min": round(min(rates or [0.0]), 2),
                "fps_median": round(float(np.median(rates or [0.0])), 2),
                "longest_freeze_s": round(max(gaps or [0.0]), 2),
            }
            late = delays(seen, state, suffix) if state and found else []
            if late:
                result |= {"latency_ms_p50": round(1000 * float(np.percentile(late, 50))),
                           "latency_ms_p95": round(1000 * float(np.percentile(late, 95)))}
            if shot:
                raw = np.ascontiguousarray(screen.pixels[:, :width, :3]).tobytes()
                subprocess.run(["ffmpeg", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s",
                                f"{width}x{height}", "-i", "-", "-frames:v", "1", os.fspath(shot)], input=raw,
                               check=True)
    finally:
        screen.close()
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("-d", type=float, default=20.0, help="seconds of measuring")
    parser.add_argument("-w", type=float, default=5.0, help="seconds of settling once all tiles show")
    parser.add_argument("-n", type=int, default=0, help="tiles expected; waits for them")
    parser.add_argument("--max-start", type=float, default=45.0)
    parser.add_argument("-s", default="1280x720")
    parser.add_argument("--state", type=Path)
    parser.add_argument("--shot", type=Path)
    parser.add_argument("-o", type=Path)
    parser.add_argument("--suffix", default="", help='"/main" for the main streams')
    parser.add_argument("--log", type=Path)
    parser.add_argument("--hz", type=float, default=40.0)
    parser.add_argument("--gl-threads", default="1")
    parser.add_argument("--name", default="")
    parser.add_argument("cmd", nargs=argparse.REMAINDER)
    a = parser.parse_args()
    width, height = map(int, a.s.split("x"))
    result = measure(a.cmd[1:] if a.cmd[:1] == ["--"] else a.cmd, tiles=a.n, width=width, height=height, seconds=a.d,
                     settle=a.w, most_start_s=a.max_start, hz=a.hz, state=a.state, suffix=a.suffix, shot=a.shot,
                     log=a.log, name=a.name, gl_threads=a.gl_threads)
    print(json.dumps(result))
    if a.o:
        with a.o.open("a") as file:
            file.write(json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
