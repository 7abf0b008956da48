"""A real Chromium without a window, driven over the DevTools protocol through a pipe: no port, no driver, no library.

A page under test is opened as file://, as a person does who clicks on it.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

NAMES = ("chromium", "google-chrome", "google-chrome-stable")
ANSWER_S = 60.0             # a loaded machine of 2 cores starts it in 10 s
LOOK_S = 0.05
# It listens on descriptor 3 and answers on 4; ours have other numbers, so this puts them there.
_JOIN = ("import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); "
         "os.execv(sys.argv[3], sys.argv[3:])")
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
          "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
          "--no-default-browser-check", "--disable-breakpad", "--mute-audio", "--password-store=basic",
          "--autoplay-policy=no-user-gesture-required", "--window-size=1200,1000",
          "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe")


def chromium() -> str | None:
    """The browser's path; None without one, or with one from a snap, which may not read a test's files."""
    for name in NAMES:
        path = shutil.which(name)
        if path and "snap" not in Path(path).resolve().as_posix():
            return path
    return None


WHY_NOT = "no Chromium here, or one from a snap, which may not read a test's files"


class Browser:
    """One browser with one page; ``with Browser() as browser``. ``complaints``: errors of the page's own console."""

    def __init__(self, language: str = "en") -> None:
        """``language`` is the browser's own: what a page hears of its reader."""
        self._profile = tempfile.mkdtemp(prefix="chromium-of-tests-")
        self._calls = 0
        self._unread = b""
        self.complaints: list[str] = []
        self.requests: list[str] = []           # addresses that the page asked for
        path = chromium()
        assert path is not None, WHY_NOT
        # Above 4, so that joining one to its place does not close another.
        ends = [_raised(end) for end in (*os.pipe(), *os.pipe())]
        theirs, self._to, self._from, writes = ends
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _JOIN, str(theirs), str(writes), path, *_FLAGS, f"--accept-lang={language}",
                 f"--user-data-dir={self._profile}", "about:blank"], pass_fds=(theirs, writes),
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                env=os.environ | {"HOME": self._profile, "XDG_CONFIG_HOME": self._profile, "LANG": "en_US.UTF-8"})
        finally:
            os.close(theirs)
            os.close(writes)
        self._session = ""

    def __enter__(self) -> Self:
        try:
            page = next(one for one in self._call("Target.getTargets")["targetInfos"] if one["type"] == "page")
            attached = self._call("Target.attachToTarget", targetId=page["targetId"], flatten=True)
            self._session = attached["sessionId"]
            for domain in ("Page", "Runtime", "Network", "DOM", "Log"):
                self._call(f"{domain}.enable")
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._end()

    def open(self, page: Path) -> None:
        """A local page, until its scripts have run."""
        self._call("Page.navigate", url=page.as_uri())
        self.until("document.readyState === 'complete' && location.protocol === 'file:'", "the page")

    def ask(self, script: str) -> Any:
        """What an expression gives in the page; a promise is waited for. Raises AssertionError when it throws."""
        told = self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True,
                          userGesture=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def until(self, script: str, what: str, seconds: float = ANSWER_S) -> Any:
        """Until the expression is true; gives what it gave."""
        deadline = time.monotonic() + seconds
        while not (found := self.ask(script)):
            assert time.monotonic() < deadline, f"{what} did not come true in {seconds:.0f} s; {self.complaints}"
            select.select([self._from], [], [], LOOK_S)
        return found

    def choose(self, selector: str, *paths: Path) -> None:
        """Files, or one folder, for a file field, as its dialog gives them."""
        root = self._call("DOM.getDocument")["root"]["nodeId"]
        node = self._call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self._call("DOM.setFileInputFiles", nodeId=node, files=[str(path.absolute()) for path in paths])

    def drop(self, at: tuple[int, int], *paths: Path) -> None:
        """Files or a folder dropped on the page, as from a file manager."""
        data = {"items": [], "files": [str(path.absolute()) for path in paths], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self._call("Input.dispatchDragEvent", type=kind, x=at[0], y=at[1], data=data)

    def picture(self, path: Path) -> Path:
        """The whole page as PNG."""
        told = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(told["data"]))
        return path

    # --- the protocol ---

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._calls += 1
        number = self._calls
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + ANSWER_S
        while True:
            told = self._next(deadline, method)
            if told.get("id") == number:
                assert "error" not in told, f"{method}: {told['error']}"
                result: dict[str, Any] = told["result"]
                return result
            self._hear(told)

    def _hear(self, told: dict[str, Any]) -> None:
        method, given = told.get("method", ""), told.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(given["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(str(given["exceptionDetails"].get("exception", given["exceptionDetails"])))
        elif method == "Log.entryAdded" and given["entry"]["level"] == "error":
            self.complaints.append(given["entry"]["text"])

    def _next(self, deadline: float, what: str) -> dict[str, Any]:
        while b"\0" not in self._unread:
            left = deadline - time.monotonic()
            assert left > 0 and select.select([self._from], [], [], left)[0], f"the browser does not answer {what}"
            chunk = os.read(self._from, 1 << 20)
            assert chunk, f"the browser ended at {what}"
            self._unread += chunk
        line, _, self._unread = self._unread.partition(b"\0")
        told: dict[str, Any] = json.loads(line)
        return told

    def _end(self) -> None:
        here = psutil.Process(self._process.pid) if self._process.poll() is None else None
        family = [*here.children(recursive=True), here] if here else []
        with suppress(OSError, AssertionError):
            self._session = ""
            os.write(self._to, json.dumps({"id": 0, "method": "Browser.close"}).encode() + b"\0")
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for one in psutil.wait_procs([p for p in family if p.pid != self._process.pid], 3)[1]:
            with suppress(psutil.Error):
                one.kill()
        os.close(self._to)
        os.close(self._from)
        _until_gone(lambda: shutil.rmtree(self._profile, ignore_errors=True), Path(self._profile))


def _until_gone(remove: Callable[[], None], path: Path) -> None:
    """A process that ends may still write into its profile."""
    for _ in range(20):
        remove()
        if not path.exists():
            return
        select.select([], [], [], LOOK_S)


def _raised(descriptor: int) -> int:
    other = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return other
