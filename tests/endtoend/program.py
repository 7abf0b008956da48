"""The real program as a process on a display of the tests: started, driven by keys, read through --stats-json."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from tests.fixtures.screen import Display

ROOT = Path(__file__).resolve().parents[2]
RUNNING: set[int] = set()   # pids of programs that have not ended
WORKERS = ("_worker", "app.devices.worker", "ptz-moving.json")      # how their command lines end
LOOK_S = 0.05               # how often a condition is looked at; the program itself tells once a second
LEAST_S = 20.0              # the shortest limit; promises are measured by tests/bench
END_S = 15.0                # an orderly end takes 1 to 3 s, a loaded machine gets time


@dataclass(frozen=True)
class Line:
    """One line of --stats-json. ``at``: monotonic seconds; ``panes``: pane key -> what it says."""

    at: float
    panes: dict[str, dict[str, Any]]
    processes: dict[str, dict[str, Any]]
    stall_ms: float

    def states(self) -> dict[int, str]:
        """Pane index of the first window -> state."""
        return {int(key.partition("/")[2]): pane["state"] for key, pane in self.panes.items()}

    def pane(self, index: int) -> dict[str, Any]:
        """The pane of that index in whichever window comes first; an empty one when it is not shown."""
        return next((pane for key, pane in self.panes.items() if key.endswith(f"/{index}")), {"state": "absent"})

    def live(self, indices: Iterable[int]) -> bool:
        """Live and painting: the state alone would be the program's word."""
        return all(self.pane(i)["state"] == "live" and self.pane(i)["painted"] > 3 for i in indices)


def unsteady(lines: Sequence[Line], keys: Iterable[str]) -> list[tuple[str, float, str, float]]:
    """What was not as it should be on panes that nothing happened to: (pane, when, state, painted) of each second.

    Never a state that says trouble, never a second without a picture. The machine is shared and may take the
    processor away for a moment: a quarter of the seconds may be slow, a wall that flickers is slow in more.
    """
    told = []
    for key in keys:
        seconds = [(key, round(line.at, 1), line.panes.get(key, {"state": "absent", "painted": 0.0})) for line in lines]
        wrong = [(key, at, pane["state"], pane["painted"]) for _, at, pane in seconds
                 if pane["state"] not in ("live", "late") or not pane["painted"]]
        slow = [(key, at, pane["state"], pane["painted"]) for _, at, pane in seconds
                if pane["state"] != "live" or pane["painted"] < 5]
        told += wrong or (slow if len(slow) > max(1, len(seconds) // 4) else [])
    return told


@dataclass
class Program:
    """``python main.py WORDS`` with a throwaway profile. Ends with its ``with`` block."""

    home: Path
    display: Display
    words: Sequence[str]
    name: str = "wall"
    extra: dict[str, str] = field(default_factory=dict)
    entry: str = "main.py"      # what is run instead, when something of the machine has to be stood in for
    process: subprocess.Popen[str] = field(init=False)
    started: float = 0.0

    @property
    def stats(self) -> Path:
        return self.home / f"{self.name}-stats.jsonl"

    @property
    def said(self) -> Path:
        """What it wrote to standard output and error."""
        return self.home / f"{self.name}-said.txt"

    @property
    def environment(self) -> dict[str, str]:
        return self.display.environment | {"LAWANG_HOME": str(self.home), "PYTHONDONTWRITEBYTECODE": "1"} | self.extra

    def start(self) -> Self:
        self.home.mkdir(parents=True, exist_ok=True)
        self.started = time.monotonic()
        with self.said.open("a") as said:
            self.process = subprocess.Popen([sys.executable, self.entry, *self.words, "--stats-json", str(self.stats)],
                                            cwd=ROOT, env=self.environment, stdout=said, stderr=said, text=True,
                                            start_new_session=True)
        RUNNING.add(self.process.pid)
        return self

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.end()

    # -- looking -----------------------------------------------------------------------------------------------------

    def lines(self, since: float = 0.0) -> list[Line]:
        """Everything told since then (monotonic seconds) in this life of the program."""
        found = []
        try:
            text = self.stats.read_text("utf-8")
        except FileNotFoundError:
            return []
        for row in text.splitlines():
            try:
                told = json.loads(row)
            except ValueError:
                continue                    # the line that is being written at this moment
            if told["monotonic"] > max(since, self.started):
                found.append(Line(told["monotonic"], told["panes"], told["processes"], told["gui"]["stall_ms"]))
        return found

    def until(self, condition: Callable[[Line], bool], seconds: float, what: str = "it", since: float = 0.0) -> Line:
        """The first line after ``since`` that fulfils the condition; fails with what the program said instead.

        ``seconds`` is what is usual: a machine that others load gets twice as much, and never less than LEAST_S.
        """
        began, seconds = time.monotonic(), max(2 * seconds, LEAST_S)
        while time.monotonic() < began + seconds:
            for line in self.lines(since):
                if condition(line):
                    return line
            self.must_run()
            threading.Event().wait(LOOK_S)
        last = self.lines()[-1:]
        told = {key: (pane["state"], pane["cause"], pane["painted"]) for line in last for key, pane
                in line.panes.items()}
        raise AssertionError(f"{what} did not come true in {seconds:.0f} s; the program says {told}; "
                             f"{[line.processes for line in last]}; {self.words_said()}")

    def must_run(self) -> None:
        code = self.process.poll()
        assert code is None, f"the program ended with {code}: {self.words_said()}"

    def words_said(self) -> str:
        return self.said.read_text("utf-8", "replace")[-3000:] if self.said.exists() else ""

    def workers(self, kind: str = "") -> dict[str, int]:
        """Name -> pid of the worker processes as the operating system sees them, of one kind or all."""
        found = {}
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                line = " ".join(child.cmdline())
            except psutil.Error:
                continue
            if kind in line and line.endswith(WORKERS) and child.status() != psutil.STATUS_ZOMBIE:
                found[f"{line.rpartition('.')[2]}-{child.pid}"] = child.pid
        return found

    def log(self) -> str:
        return "".join(path.read_text("utf-8", "replace") for path in sorted((self.home / "state").rglob("*.log*")))

    # -- doing -------------------------------------------------------------------------------------------------------

    def window(self) -> str:
        """The X id of its first window that is seen; needed for keys, because Xvfb has no window manager."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)],
                                   env=self.environment, capture_output=True, text=True, timeout=20).stdout.split()
            if found:
                return found[0]
            self.must_run()
            threading.Event().wait(LOOK_S)
        raise AssertionError("it has no window")

    def keys(self, *keys: str) -> None:
        """As an operator types them."""
        subprocess.run(["xdotool", "windowfocus", "--sync", self.window(), "key", "--clearmodifiers", "--delay", "60",
                        *keys], env=self.environment, check=True, capture_output=True, timeout=20)

    def kill(self) -> None:
        """As the kernel does when memory ends: no word, no tidying up."""
        RUNNING.discard(self.process.pid)
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        """As an operator ends it; returns the exit code."""
        RUNNING.discard(self.process.pid)
        if self.process.poll() is None:
            # A stopped worker cannot leave; a test that failed half-way may have left one.
            for pid in self.workers().values():
                os.kill(pid, signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(END_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"it did not end within {END_S:.0f} s: {self.words_said()}") from None
        return self.process.returncode


def run_command(home: Path, *words: str) -> str:
    """One ``main.py`` subcommand to its end; returns what it printed."""
    done = subprocess.run([sys.executable, "main.py", *words], cwd=ROOT, capture_output=True, text=True, timeout=60,
                          env=os.environ | {"LAWANG_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"})
    assert done.returncode == 0, done.stderr
    return done.stdout
