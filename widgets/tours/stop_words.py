"""What a stop of a tour is called, and which stops fit what someone types. No Qt.

Runs on: GUI thread; answers from memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from app.model.camera import Camera
from app.model.scene import Scene, Stop, StopKind
from app.registry.directory import CameraDirectory
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_
from app.runtime.language import ngettext
from app.tours.pages import AREA_SIGN, area_of, camera_of_preset, preset_of

KINDS = {StopKind.CAMERA: N_("Camera"), StopKind.AREA: N_("Area"), StopKind.TAG: N_("Tag"),
         StopKind.SCENE: N_("Scene"), StopKind.PRESET: N_("Preset")}
SIGNS = {StopKind.CAMERA: "video-camera", StopKind.AREA: "map-pin", StopKind.TAG: "tag", StopKind.SCENE: "squares-four",
         StopKind.PRESET: "crosshair-simple"}
ROW_PX = 24                 # a row of these lists
_MOST_OF_A_KIND = 8         # what is offered of areas, tags and scenes; another letter shortens the list


def words(stop: Stop, directory: CameraDirectory, scenes: Sequence[Scene],
          preset: Callable[[str, str], str] = lambda _camera, token: token) -> str:
    """"0107 Jl Ahmad Yani", "0107 Jl Ahmad Yani › Bridge", "Makassar › Tallo", "#pasar", "Losari malam"; what is gone
    from the register says so. ``preset`` names a preset (camera id, token)."""
    match stop.kind:
        case StopKind.AREA:
            return " › ".join(area_of(stop.ref))
        case StopKind.TAG:
            return f"#{stop.ref}"
        case StopKind.SCENE:
            scene = next((each for each in scenes if each.id == stop.ref), None)
            return scene.name if scene is not None else _("a scene that is gone")
        case _camera:
            camera = directory.by_id(camera_of_preset(stop.ref))
            if camera is None:
                return _("a camera that is gone")
            token = preset_of(stop)
            return f"{camera.label} {camera.name}" + (f" › {preset(camera.id, token)}" if token else "")


def count_words(count: int) -> str:
    """"12 cameras"."""
    return ngettext("{count} camera", "{count} cameras", count).format(count=count)


def groups_of(cameras: Iterable[Camera]) -> tuple[dict[tuple[str, ...], int], dict[str, int]]:
    """How many cameras lie in each area, below it included, and how many bear each tag."""
    areas: dict[tuple[str, ...], int] = {}
    tags: dict[str, int] = {}
    for camera in cameras:
        for depth in range(1, len(camera.area) + 1):
            path = camera.area[:depth]
            areas[path] = areas.get(path, 0) + 1
        for tag in camera.tags:
            tags[tag] = tags.get(tag, 0) + 1
    return areas, tags


def fitting(text: str, areas: dict[tuple[str, ...], int], tags: dict[str, int],
            scenes: Sequence[Scene]) -> list[tuple[Stop, str]]:
    """Areas, tags and scenes whose name holds every word typed, with what is said after the name; widest areas first.
    Without words: the widest areas, and everything else from its beginning."""
    wanted = text.casefold().removeprefix("#").split()

    def fits(name: str) -> bool:
        folded = name.casefold()
        return all(word in folded for word in wanted)
    found = [(Stop(StopKind.AREA, AREA_SIGN.join(path)), count_words(count)) for path, count in sorted(
        areas.items(), key=lambda item: (len(item[0]), item[0])) if fits(" ".join(path))][:_MOST_OF_A_KIND]
    found += [(Stop(StopKind.TAG, tag), count_words(count)) for tag, count in sorted(tags.items())
              if fits(tag)][:_MOST_OF_A_KIND]
    return found + [(Stop(StopKind.SCENE, scene.id), f"*{scene.number}") for scene in scenes
                    if fits(scene.name)][:_MOST_OF_A_KIND]
