"""The real program, with a folder of pipes in the place of /dev/input: this machine may have no input devices at all.

What a pipe can do is handed in; what comes out of it are the kernel's own bytes. And somebody of another room, whom one
station alone does not have: a file ``holder`` in that folder names the camera that he takes.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import app.ptz.holding
import main  # the folder of the program is not on the path of a script elsewhere
import widgets.ptz.feature
from app.ptz.lease import Holder, Lease, OneStation
from app.stick.kernel import ABS_RZ, ABS_X, ABS_Y, Axis, Opened
from widgets.ptz.stick_hand import StickHand

AXES = {ABS_X: Axis(0, 1023), ABS_Y: Axis(0, 1023), ABS_RZ: Axis(0, 255)}


def opens(path: Path) -> Opened:
    centre = {code: (axis.least + axis.most) // 2 for code, axis in AXES.items()}
    return Opened(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "Stick", AXES, (0x120, 0x121),
                  lambda: (dict(centre), frozenset()))


class TwoRooms(OneStation):
    """As the station's own, and who else holds a camera."""

    def of(self, camera: str) -> Lease | None:
        file = Path(os.environ["LAWANG_TEST_STICKS"]) / "holder"
        if file.exists() and file.read_text() == camera:
            file.unlink()
            self.release(camera)
            self.touch(camera, Holder("Rina A.", "Polrestabes", 200), moving=True)
        return super().of(camera)


if __name__ == "__main__":
    app.ptz.holding.OneStation = TwoRooms
    made = partial(StickHand, folder=Path(os.environ["LAWANG_TEST_STICKS"]), opens=opens)
    widgets.ptz.feature.StickHand = made
    sys.exit(main.main())
