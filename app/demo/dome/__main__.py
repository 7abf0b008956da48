"""All domes of a demo city in one process: their ONVIF services and their films. Run by the demo's own Python.

First line on standard input: JSON ``{"host", "folder", "domes": [{"number", "name", "night", "pan"}], "rtsp_port",
"logins"}``; answered by one line ``{"services": {number: address}, "films": {number: {role: socket path}},
"control_port"}``. Every further line switches a fault: ``{"dome": 107, "fault": "late_s", "value": 0.3}``, or lets
something happen: "motion", "tamper" and "input" begin and end, "lose_events" forgets subscriptions. Answered by
``{"ok": true}``. The same lines are taken at ``control_port`` of this machine. Ends with standard input.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socketserver
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from app.demo.dome.film import SIZES, Film
from app.demo.dome.panorama import Panorama
from app.demo.onvif.answers import Camera, Identity
from app.demo.onvif.discovery import Discovery
from app.demo.onvif.head import Faults, Head, Look
from app.demo.onvif.points import EVENTS
from app.demo.onvif.server import OnvifServer

LOSE = "lose_events"            # forgets its subscriptions
type Obey = Callable[[dict[str, Any]], dict[str, Any]]
NICE = 5                        # a wall that shows pictures goes first


def _say(words: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def _dome(about: dict[str, Any], setup: dict[str, Any], panoramas: dict[bool, Panorama]) -> tuple[OnvifServer, Film]:
    label = f"{int(about['number']):04d}"
    start = Look(float(about["pan"]))
    presets = {str(n + 1): (f"Arah {n + 1}", Look(float(about["pan"]) + 90 * n, -10.0, 1.0 + n / 2)) for n in range(4)}
    head = Head(home=start, presets=presets)
    streams = {role: f"rtsp://{setup['host']}:{setup['rtsp_port']}/{label}/{role}" for role in SIZES}
    night = bool(about["night"])
    if night not in panoramas:
        panoramas[night] = Panorama(night)
    camera = Camera(Identity(about["name"], f"LW-DOME-{label}", streams), head)
    server = OnvifServer(camera, setup.get("logins") or {}, setup["host"])
    server.start()
    return server, Film(head, panoramas[night], Path(setup["folder"]), label, camera.imaging)


def _answer_searches(servers: list[OnvifServer], host: str) -> None:
    try:
        Discovery([(server.camera.identity, f"{server.base}/onvif/device_service") for server in servers], host).start()
    except OSError:                                       # another program has the port for itself: domes still turn
        return


class _Control(socketserver.StreamRequestHandler):
    """One who tells domes what to do, line by line."""

    def handle(self) -> None:
        obey: Obey = self.server.obey  # type: ignore[attr-defined]
        for line in self.rfile:
            try:
                answer = obey(json.loads(line))
            except (ValueError, TypeError, AttributeError):
                answer = {"ok": False, "error": "not understood"}
            self.wfile.write(json.dumps(answer).encode() + b"\n")


def _listen(host: str, obey: Obey) -> int:
    """The port at which orders are taken, by threads that end with this process."""
    server = socketserver.ThreadingTCPServer((host, 0), _Control)
    server.daemon_threads = True
    server.obey = obey  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, name="domes control", daemon=True).start()
    return int(server.server_address[1])


def _obey(domes: Mapping[int, OnvifServer], order: dict[str, Any]) -> dict[str, Any]:
    known = {field.name for field in fields(Faults)} | set(EVENTS) | {LOSE}
    server, fault, value = domes.get(int(order.get("dome", 0))), order.get("fault"), order.get("value")
    if server is None or fault not in known:
        return {"ok": False, "error": f"known: {', '.join(sorted(known))}"}
    if fault in EVENTS:
        server.camera.points.happen(fault, bool(value))
    elif fault == LOSE:
        server.camera.points.lose()
    else:
        setattr(server.head.faults, fault, value)
    return {"ok": True}


def main() -> None:
    """Serve until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)          # Ctrl+C is for the parent, which ends us in order
    os.nice(NICE)
    setup = json.loads(sys.stdin.readline())
    panoramas: dict[bool, Panorama] = {}
    domes = {int(about["number"]): _dome(about, setup, panoramas) for about in setup["domes"]}
    servers = {number: server for number, (server, _film) in domes.items()}
    _answer_searches(list(servers.values()), setup["host"])
    _say({"services": {number: f"{server.base}/onvif/device_service" for number, server in servers.items()},
          "control_port": _listen(setup["host"], lambda order: _obey(servers, order)),
          "films": {number: {role: str(path) for role, path in film.paths.items()}
                    for number, (_server, film) in domes.items()}})
    for line in sys.stdin:
        _say(_obey(servers, json.loads(line)))
    # A parent that was killed cannot take its folder away; it holds nothing but our sockets.
    shutil.rmtree(setup["folder"], ignore_errors=True)
    os._exit(0)                                           # encoders and listeners hold nothing that needs saving


if __name__ == "__main__":
    main()
