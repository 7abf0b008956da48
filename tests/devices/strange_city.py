"""A network of its own behind a pair of virtual cables, with ONVIF devices in it that lie about where they are.

    python -m tests.devices.strange_city ADDRESS        # in the namespace: serves until its standard input ends
"""

# ruff: noqa: T201 - a program of the command line
from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LIES = ("http://127.0.0.1:{port}", "http://192.168.77.7:{port}", "")       # "": tells the truth


def possible() -> bool:
    """Whether this process may make networks."""
    if os.name != "posix" or not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"lw{os.getpid()}t"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode:
        return False
    subprocess.run(["ip", "netns", "del", name], check=True)
    return True


@contextlib.contextmanager
def network(ours: str, theirs: str) -> Iterator[tuple[str, list[int]]]:
    """The name of our interface, and the ports of the devices at ``theirs``; both addresses lie in one /24."""
    name, here, there = f"lw{os.getpid()}", f"lwh{os.getpid()}"[:15], f"lwt{os.getpid()}"[:15]

    def ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True)
    ip("netns", "add", name)
    try:
        ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name)
        ip("addr", "add", f"{ours}/24", "dev", here)
        ip("link", "set", here, "up")
        ip("-n", name, "addr", "add", f"{theirs}/24", "dev", there)
        ip("-n", name, "link", "set", there, "up")
        ip("-n", name, "link", "set", "lo", "up")
        with subprocess.Popen(["ip", "netns", "exec", name, sys.executable, "-m", "tests.devices.strange_city", theirs],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                              cwd=Path(__file__).resolve().parents[2]) as city:
            assert city.stdin is not None and city.stdout is not None
            try:
                yield here, [int(port) for port in city.stdout.readline().split()]
            finally:
                city.stdin.close()
                city.wait(20)
    finally:
        ip("netns", "del", name)            # takes both ends of the cable along


def main(address: str) -> None:
    """Three devices, one of them honest; all answer searches on this interface."""
    from app.demo.onvif.answers import Camera, Identity
    from app.demo.onvif.discovery import Discovery
    from app.demo.onvif.head import Head
    from app.demo.onvif.server import OnvifServer
    servers = []
    for n, lie in enumerate(LIES, 1):
        server = OnvifServer(Camera(Identity(f"Kubah {n}", f"SN-{n}", {"main": "rtsp://127.0.0.1/main"}), Head()),
                             {"operator": "rahasia"}, host=address)
        server.told = lie.format(port=server.port) or server.base
        server.start()
        servers.append(server)
    discovery = Discovery([(one.camera.identity, f"{one.told}/onvif/device_service") for one in servers], address)
    discovery.start()
    print(*(server.port for server in servers), flush=True)
    sys.stdin.read()
    discovery.close()
    for server in servers:
        server.close()


if __name__ == "__main__":
    main(sys.argv[1])
