"""What goes on beside a stop at its worst: 16 threads that parse WSDL, 500 devices to be asked, or hostile ones.

    python -m tests.bench.slow_neighbours parse          # until standard input ends
    python -m tests.bench.slow_neighbours serve          # a virtual camera; its address on standard output
    python -m tests.bench.slow_neighbours hostile        # devices that mean harm; their addresses on standard output
"""

# ruff: noqa: T201 - a program of the command line
from __future__ import annotations

import os
import sys
import threading

THREADS = 16
NICE = 10               # as the devices worker runs (app.devices.worker)


def parse() -> None:
    """Reads WSDL documents anew for ever, as a wrapper without shared documents does for each camera."""
    from zeep import Transport
    from zeep.wsdl import Document

    from app.devices.documents import SETTINGS, folder
    os.nice(NICE)

    def again() -> None:
        while True:
            Document(str(folder() / "ptz.wsdl"), Transport(), settings=SETTINGS)
    for _n in range(THREADS):
        threading.Thread(target=again, daemon=True).start()


def serve() -> None:
    """A camera that answers everything."""
    from app.demo.onvif.answers import Camera, Identity
    from app.demo.onvif.head import Head
    from app.demo.onvif.server import OnvifServer
    os.nice(NICE)
    server = OnvifServer(Camera(Identity("Bench", "SN", {"main": "rtsp://127.0.0.1/main"}), Head()), {})
    server.start()
    print(f"{server.base}/onvif/device_service")


def hostile() -> None:
    """Bombs, floods, drips and silence."""
    from tests.fakes.hostile_device import KINDS, HostileDevice
    os.nice(NICE)
    print(*(HostileDevice(kind).address for kind in KINDS))


if __name__ == "__main__":
    {"parse": parse, "serve": serve, "hostile": hostile}[sys.argv[1]]()
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)
