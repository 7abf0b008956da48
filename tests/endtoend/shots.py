"""Screenshots as files to look at and as arrays to ask."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from tests.endtoend.conftest import OUTPUT
from tests.fixtures.screen import Display


def shot(screen: Display, name: str, size: tuple[int, int], place: tuple[int, int] = (0, 0)) -> Path:
    """A part of the screen as PNG in tests/output; quickly packed, for a busy machine."""
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / f"{name}.png"
    subprocess.run(["import", "-window", "root", "-crop", f"{size[0]}x{size[1]}+{place[0]}+{place[1]}", "+repage",
                    "-quality", "11", str(path)], env=screen.environment, check=True, timeout=30)
    return path


def pixels(path: Path) -> npt.NDArray[np.uint8]:
    """Shape (height, width, 3), red green blue."""
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()
