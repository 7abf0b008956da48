"""The graphics card gets large pictures only, and nothing where there is none."""

from __future__ import annotations

from pathlib import Path

from app.video import hardware


def test_without_a_card_the_processor_decodes(tmp_path: Path) -> None:
    assert hardware.method(tmp_path / "none", "linux") == hardware.SOFTWARE
    assert hardware.method(tmp_path, "darwin") == hardware.SOFTWARE


def test_a_render_device_is_used(tmp_path: Path) -> None:
    (tmp_path / "renderD128").touch()
    assert hardware.render_devices(tmp_path) == (tmp_path / "renderD128",)
    assert hardware.method(tmp_path, "linux") == "vaapi_drm"


def test_small_pictures_stay_in_software() -> None:
    assert hardware.chosen("vaapi_drm", "h264", 720) == hardware.SOFTWARE
    assert hardware.chosen("vaapi_drm", "h264", 2160) == "vaapi_drm"
    assert hardware.chosen("vaapi_drm", "hevc", 1080) == "vaapi_drm"
    assert hardware.chosen("vaapi_drm", "mjpeg", 4320) == hardware.SOFTWARE
    assert hardware.chosen(hardware.SOFTWARE, "hevc", 2160) == hardware.SOFTWARE
