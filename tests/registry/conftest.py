"""A registry in a throwaway folder, and cameras to put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.model.camera import Camera, Place, StreamProfile, StreamRole
from app.model.secret import Credentials, Secret
from app.registry.registry import Registry
from app.runtime.secrets import Vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "config" / "registry.key")


@pytest.fixture
def open_registry(tmp_path: Path, vault: Vault) -> Iterator[Callable[..., Registry]]:
    """Opens registries by file name; all are closed at the end."""
    opened: list[Registry] = []

    def opener(name: str = "cameras.db", **more: object) -> Registry:
        registry = Registry(tmp_path / name, vault=vault, station="here", **more)
        opened.append(registry)
        return registry

    yield opener
    for registry in opened:
        registry.close()


@pytest.fixture
def registry(open_registry: Callable[..., Registry]) -> Registry:
    return open_registry()


@pytest.fixture
def camera() -> Callable[..., Camera]:
    """A camera without id, as a form would make it; keywords replace its fields."""

    def make(number: int, password: str = "", **fields: object) -> Camera:
        values: dict[str, object] = {
            "id": "", "number": number, "name": f"Jl Pettarani {number}", "area": ("Makassar", "Rappocini"),
            "place": Place(-5.1471, 119.4327),
            "streams": (StreamProfile(StreamRole.MAIN, f"rtsp://10.0.0.{number % 250 + 1}/main", 1280, 720),
                        StreamProfile(StreamRole.SUB, f"rtsp://10.0.0.{number % 250 + 1}/sub")),
            "credentials": Credentials("admin", Secret(password)) if password else Credentials(),
        }
        return Camera(**{**values, **fields})  # type: ignore[arg-type]

    return make
