"""The demo city as one object: owns the RTSP server's process and the encoders', and ends them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from app.demo.cameras import FULL, SMALL, ClipSize, DemoCamera, all_cameras, choose, clip_name
from app.demo.control import Control, state_file
from app.demo.domes import FPS, Domes, dome_numbers
from app.runtime.paths import cache_dir as usual_cache_dir
from app.runtime.paths import ensure

SYSTEM_PYTHON = "/usr/bin/python3"      # has gi; our own environment has not
HERE = Path(__file__).resolve().parent
ROLES = ("main", "sub")
START_S = 15.0                          # GStreamer's first start builds its plug-in registry
STALE_S = 7 * 86400.0                   # clips of an older version: 180 MB that nobody will ask for again
END_S = 1.0                             # each process gets this long to end by itself, then it is killed


class CityError(RuntimeError):
    """The demo city cannot start; the text says why and what mends it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the clips are: ``done`` of ``total`` cameras served, ``camera`` the newest of them."""

    done: int
    total: int
    camera: DemoCamera
    cached: bool
    problem: str = ""


class DemoCity:
    """Cameras of the demo city on real RTSP addresses; a context manager.

    ``start`` returns when the server listens and all clips already in the cache are served; the rest appears as it is
    made. ``on_progress`` is called from the encoders' threads. ``stop`` ends every process within 3 s.
    """

    def __init__(self) -> None:
        self.cameras: tuple[DemoCamera, ...] = ()
        self.rtsp_port = self.login_port = self.control_port = 0
        self._logins: frozenset[int] = frozenset()
        self._folder = Path()
        self._size: ClipSize = FULL
        self._server: subprocess.Popen[str] | None = None
        self._encoders: list[subprocess.Popen[str]] = []
        self._threads: list[threading.Thread] = []
        self._jobs: deque[DemoCamera] = deque()
        self._changed = threading.Condition()
        self._served: dict[int, set[str]] = {}
        self._failed: dict[int, str] = {}
        self._ending = False
        self._about: dict[str, Any] = {}
        self.domes: Domes | None = None
        self._on_progress: Callable[[Progress], None] | None = None

    def start(self, cache_dir: Path | None = None, cameras: str | Sequence[int] = "all", port: int = 0,
              on_progress: Callable[[Progress], None] | None = None, *, small: bool = False,
              logins: Mapping[int, tuple[str, str]] | None = None, encoders: int = 0,
              domes: bool = True) -> Self:
        """Serve ``cameras`` (see ``cameras.choose``) on ``port`` (0: any free one) of 127.0.0.1.

        ``small`` makes short small clips for tests; ``logins`` maps call-up numbers to (user, password) for digest
        login (those answer on ``login_port``); ``domes``: cameras that turn do, unless ``small``; ``encoders``
        bounds the encoding processes (0: one per core, at most 4).
        Raises CityError, ValueError (unknown camera).
        """
        self.cameras = choose(cameras)
        self._folder = ensure(cache_dir or usual_cache_dir() / "demo")
        self._size = SMALL if small else FULL
        self._on_progress = on_progress
        self._logins = frozenset(logins or ())
        self._sweep()
        try:
            self._serve(port, logins or {})
            turning = self._serve_domes() if domes and not small else set()
            waiting = [camera for camera in self.cameras
                       if camera.number not in turning and not self._serve_cached(camera)]
            for camera in waiting:
                self._tell(do="expect", camera=camera.label)    # it answers "not now" until its clip is made
            self._jobs.extend(waiting)
            count = min(len(waiting), encoders or min(4, os.cpu_count() or 1))
            for k in range(count):
                thread = threading.Thread(target=self._encode, name=f"demo-encoder-{k + 1}", daemon=True)
                self._threads.append(thread)
                thread.start()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End everything; safe to call twice."""
        with self._changed:
            self._ending = True
            self._jobs.clear()
            processes = [*self._encoders, *([self._server] if self._server else [])]
            self._changed.notify_all()
        for process in processes:
            with contextlib.suppress(OSError):
                assert process.stdin is not None
                process.stdin.close()               # the end of its input is its order to end
        until = time.monotonic() + END_S
        for process in processes:
            try:
                process.wait(max(0.05, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(END_S)
        for process in processes:
            if process.stdout is not None:
                process.stdout.close()
        if self.domes is not None:
            self.domes.close()
            shutil.rmtree(self.domes.folder, ignore_errors=True)
            self.domes = None
        if self._folder != Path():
            state_file(self._folder, os.getpid()).unlink(missing_ok=True)
            self._sweep()
        self._encoders, self._server, self._threads = [], None, []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None,
                 _trace: TracebackType | None) -> None:
        self.stop()

    def url(self, number: int, role: str = "main") -> str:
        """The address of one stream; it says "not now" (503) until its clip is made."""
        port = self.login_port if number in self._logins else self.rtsp_port
        return f"rtsp://127.0.0.1:{port}/{number:04d}/{role}"

    def urls(self) -> dict[int, dict[str, str]]:
        """Per call-up number the addresses of both roles, in wall order."""
        return {c.number: {role: self.url(c.number, role) for role in ROLES} for c in self.cameras}

    def size(self, role: str) -> tuple[int, int]:
        """Width and height of the clips in pixels."""
        return self._size.main if role == "main" else self._size.sub

    def control(self) -> Control:
        """A new connection to the control channel; the caller closes it."""
        return Control(self.control_port)

    def wait_ready(self, seconds: float, numbers: Sequence[int] | None = None) -> bool:
        """Wait until these cameras (all when None) are served in both roles; False when time ran out or one failed."""
        wanted = set(numbers if numbers is not None else (c.number for c in self.cameras))
        with self._changed:
            self._changed.wait_for(lambda: self._ending or all(
                n in self._failed or len(self._served.get(n, ())) == len(ROLES) for n in wanted), seconds)
            return all(len(self._served.get(n, ())) == len(ROLES) for n in wanted)

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that this city owns now."""
        domes = (self.domes.pid,) if self.domes is not None else ()
        others = (*self._encoders, *([self._server] if self._server else []))
        return domes + tuple(process.pid for process in others if process.poll() is None)

    def _serve(self, port: int, logins: Mapping[int, tuple[str, str]]) -> None:
        try:
            self._server = subprocess.Popen([SYSTEM_PYTHON, "-B", "-m", "rtsp"], cwd=HERE, text=True,
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        except OSError as error:
            raise CityError(f"{SYSTEM_PYTHON} does not start: {error}") from error
        self._tell(host="127.0.0.1", port=port, logins={f"{n:04d}": list(pair) for n, pair in logins.items()})
        assert self._server.stdout is not None
        late = threading.Timer(START_S, self._server.kill)
        late.start()
        line = self._server.stdout.readline()
        late.cancel()
        late.join()
        if not line:
            raise CityError("The RTSP server of the demo city did not start. It needs the system packages python3-gi, "
                            "gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-good and gstreamer1.0-plugins-bad.")
        about = json.loads(line)
        self.rtsp_port, self.login_port = int(about["rtsp_port"]), int(about["login_port"])
        self.control_port = int(about["control_port"])
        self._about = about
        self._leave_word(about)

    def _leave_word(self, about: dict[str, Any]) -> None:
        """Where ``demo control`` finds this city."""
        path = state_file(self._folder, os.getpid())
        part = path.with_suffix(".part")
        part.write_text(json.dumps({**about, "cameras": [c.number for c in self.cameras]}))
        part.replace(path)

    def _tell(self, **command: Any) -> None:
        """One line to the server; all but the first are answered, so that what was told is done on return."""
        server = self._server
        if server is None or server.stdin is None or server.stdout is None:
            return
        with contextlib.suppress(OSError, ValueError):      # it ended; stop() or the next start says so
            server.stdin.write(json.dumps(command) + "\n")
            server.stdin.flush()
            if "do" in command:
                server.stdout.readline()

    def _serve_domes(self) -> set[int]:
        """Cameras that turn are filmed while they are watched; they need no clips."""
        cameras = [camera for camera in self.cameras if camera.number in dome_numbers()]
        if not cameras:
            return set()
        try:
            self.domes = Domes(cameras, self.rtsp_port, self._sockets())
        except OSError:
            return set()                            # their clips stand still, but they are there
        self._leave_word({**self._about, "domes_port": self.domes.control_port})
        for camera in cameras:
            for role, path in self.domes.films[camera.number].items():
                with self._changed:
                    self._tell(do="live", camera=camera.label, role=role, path=path, fps=FPS)
                    self._served.setdefault(camera.number, set()).add(role)
            self._report(camera, cached=True)
        return {camera.number for camera in cameras}

    @staticmethod
    def _sockets() -> Path:
        """A short path of this process' own: a local socket's name holds about 100 bytes."""
        return Path(tempfile.mkdtemp(prefix=f"lawang-{os.getpid()}-domes-"))

    def _serve_cached(self, camera: DemoCamera) -> bool:
        indices = {role: self._folder / f"{clip_name(camera, self._size)}-{role}.json" for role in ROLES}
        if not all(index.exists() for index in indices.values()):
            return False
        for role, index in indices.items():
            self._add(camera, role, index)
        self._report(camera, cached=True)
        return True

    def _add(self, camera: DemoCamera, role: str, index: Path) -> None:
        with self._changed:
            self._tell(do="add", camera=camera.label, role=role, index=str(index))
            self._served.setdefault(camera.number, set()).add(role)
            self._changed.notify_all()

    def _report(self, camera: DemoCamera, cached: bool, problem: str = "") -> None:
        if self._on_progress is not None:
            done = sum(len(roles) == len(ROLES) for roles in self._served.values())
            self._on_progress(Progress(done, len(self.cameras), camera, cached, problem))

    def _encode(self) -> None:
        """One encoder process and its jobs; runs on its own thread until no job is left."""
        with self._changed:
            if self._ending:
                return
            process = subprocess.Popen([sys.executable, "-m", "app.demo.worker"], cwd=HERE.parents[1], text=True,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
            self._encoders.append(process)
        assert process.stdin is not None and process.stdout is not None
        while True:
            with self._changed:
                if self._ending or not self._jobs:
                    break
                camera = self._jobs.popleft()
            job = {"number": camera.number, "small": self._size is SMALL, "folder": str(self._folder)}
            try:
                process.stdin.write(json.dumps(job) + "\n")
                process.stdin.flush()
            except OSError:
                self._fail(camera, "the encoder ended")
                break
            if not self._follow(process, camera):
                break
        with contextlib.suppress(OSError):
            process.stdin.close()

    def _follow(self, process: subprocess.Popen[str], camera: DemoCamera) -> bool:
        """Read what an encoder says about one camera; False when it ended in between."""
        assert process.stdout is not None
        for line in process.stdout:
            said = json.loads(line)
            if "ready" in said:
                self._add(camera, said["ready"], Path(said["index"]))
            elif "done" in said:
                self._report(camera, cached=False)
                return True
            else:
                self._fail(camera, said["why"])
                return True
        if not self._ending:
            self._fail(camera, "the encoder ended")
        return False

    def _fail(self, camera: DemoCamera, why: str) -> None:
        with self._changed:
            self._failed[camera.number] = why
            self._tell(do="give-up", camera=camera.label)
            self._changed.notify_all()
        self._report(camera, cached=False, problem=why)

    def _sweep(self) -> None:
        """Remove half-written clips of encoders that are gone, and clips of an older program after a week."""
        for part in self._folder.glob("*.part"):
            pid = part.name.split(".")[-2]
            if not pid.isdigit() or not Path(f"/proc/{pid}").exists():
                part.unlink(missing_ok=True)
        old = [p for p in self._folder.glob("[0-9]*-*-*.*") if p.stat().st_mtime < time.time() - STALE_S]
        if old:
            current = {clip_name(c, size) for c in all_cameras() for size in (FULL, SMALL)}
            for path in old:
                if path.name.rsplit("-", 1)[0] not in current:
                    path.unlink(missing_ok=True)
