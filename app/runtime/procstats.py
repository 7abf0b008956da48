"""What a process costs: CPU seconds, memory, threads and descriptors, for --stats-json and the soak tests."""

from __future__ import annotations

import os
import threading
from dataclasses import asdict, dataclass
from typing import Any

import psutil


@dataclass(frozen=True, slots=True)
class ProcessCost:
    """One process at one moment. ``cpu_seconds`` since its start, user and system; ``rss`` and ``pss`` in bytes.

    ``pss`` counts shared memory once over all who share it (0 where the system does not tell); ``descriptors`` is 0
    on Windows.
    """

    pid: int
    name: str
    cpu_seconds: float
    rss: int
    pss: int
    threads: int
    descriptors: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def cost_of(pid: int, name: str = "", *, exact_memory: bool = False) -> ProcessCost | None:
    """The cost of a process, or None when it is gone or not ours to look at.

    ``exact_memory`` reads pss, which costs the kernel about 1 ms per 100 MB: not for each second.
    """
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            times = process.cpu_times()
            pss = int(getattr(process.memory_full_info(), "pss", 0)) if exact_memory else 0
            return ProcessCost(pid, name or process.name(), times.user + times.system, process.memory_info().rss, pss,
                               process.num_threads(), process.num_fds() if hasattr(process, "num_fds") else 0)
    except psutil.Error:
        return None


class CpuShare:
    """CPU of processes between two looks, in share of one core (1.0 = one core busy)."""

    def __init__(self) -> None:
        self._before: dict[int, tuple[float, float]] = {}

    def of(self, cost: ProcessCost, now: float) -> float:
        """``now``: monotonic seconds. The first look at a process gives 0.0."""
        before = self._before.get(cost.pid)
        self._before[cost.pid] = (cost.cpu_seconds, now)
        if before is None or now <= before[1]:
            return 0.0
        return max(0.0, cost.cpu_seconds - before[0]) / (now - before[1])

    def forget_all_but(self, pids: set[int]) -> None:
        """Processes that ended; their ids come again for others."""
        self._before = {pid: seen for pid, seen in self._before.items() if pid in pids}


class InLine:
    """How long the thread that made this has stood in line for a processor: ready to run, while others had them all.

    Linux tells it (``/proc/self/task/N/schedstat``); elsewhere it is 0.
    """

    def __init__(self) -> None:
        try:
            self._file = os.open(f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY)
        except OSError:
            self._file = -1

    def seconds(self) -> float:
        """Since the thread began."""
        if self._file < 0:
            return 0.0
        try:
            return int(os.pread(self._file, 64, 0).split()[1]) / 1e9    # "on a processor, in line, turns"
        except (OSError, IndexError, ValueError):
            return 0.0

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
