"""All domes of a demo city in one process: their ONVIF services and their films. Run by the demo's own Python.

First line on standard input: JSON ``{"host", "folder", "domes": [{"number", "name", "night", "pan"}], "rtsp_port",
"logins"}``; answered by one line ``{"services": {number: address}, "films": {number: {role: socket path}}}``. Every
further line switches a fault: ``{"dome": 107, "fault": "late_s", "value": 0.3}``, or lets something happen:
"motion", "tamper" and "input" begin and end, "lose_events" forgets subscriptions. Answered by ``{"ok": true}``.
Ends with standard input.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
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


def main() -> None:
    """Serve until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)          # Ctrl+C is for the parent, which ends us in order
    os.nice(NICE)
    setup = json.loads(sys.stdin.readline())
    panoramas: dict[bool, Panorama] = {}
    domes = {int(about["number"]): _dome(about, setup, panoramas) for about in setup["domes"]}
    _answer_searches([server for server, _film in domes.values()], setup["host"])
    _say({"services": {number: f"{server.base}/onvif/device_service" for number, (server, _film) in domes.items()},
          "films": {number: {role: str(path) for role, path in film.paths.items()}
                    for number, (_server, film) in domes.items()}})
    known = {field.name for field in fields(Faults)} | set(EVENTS) | {LOSE}
    for line in sys.stdin:
        order = json.loads(line)
        server = domes.get(int(order.get("dome", 0)), (None, None))[0]
        fault, value = order.get("fault"), order.get("value")
        if server is None or fault not in known:
            _say({"ok": False, "error": f"known: {', '.join(sorted(known))}"})
            continue
        if fault in EVENTS:
            server.camera.points.happen(fault, bool(value))
        elif fault == LOSE:
            server.camera.points.lose()
        else:
            setattr(server.head.faults, fault, value)
        _say({"ok": True})
    # A parent that was killed cannot take its folder away; it holds nothing but our sockets.
    shutil.rmtree(setup["folder"], ignore_errors=True)
    os._exit(0)                                           # encoders and listeners hold nothing that needs saving


if __name__ == "__main__":
    main()
