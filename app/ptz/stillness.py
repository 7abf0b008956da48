"""Whether a picture as a whole still moves: what stands behind the traffic is compared, not the traffic. Pure.

Nine overlapping parts of the picture tell by phase correlation how far each was shifted between two looks. A camera
that pans or tilts shifts all of them alike, one that zooms pushes them apart; cars, people, rain and noise do neither.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

type Thumb = npt.NDArray[np.float32]
type Spectra = npt.NDArray[np.complex64]
type Floats = npt.NDArray[np.float64]
type Motion = tuple[float, float, float]    # columns to the right, rows down, and outwards at half the width: pixels

WIDTH = 160                 # pixels across a thumb: a degree of a wide lens is 2 to 3 of them
LOOKS_S = (0.0, 0.07, 0.14, 0.3, 0.6, 0.9)      # when to look: close together for what is fast, apart for what is slow
STANDS: Motion = (0.0, 0.0, 0.0)
_EDGE = 0.1                 # of the height at top and bottom: clocks and names that the camera writes do not move
_MOVED, _STILL = 1.2, 0.6   # pixels: shifted from the one on, standing up to the other; a pole in the wind is between
_ALIKE, _SHARE = 1.0, 0.15  # pixels that parts may differ from the whole, and that share of the way
_LEAST = 4                  # of nine parts must go together
_SURE = 6.0                 # deviations by which a shift must stand out of the other shifts
_FINE = 0.22                # of the sampling rate: finer detail is noise after an encoder


def thumb(pixels: npt.NDArray[np.uint8]) -> Thumb | None:
    """Green of a picture of shape (height, width, 4), averaged down to WIDTH columns; None for one that is smaller."""
    step = pixels.shape[1] // WIDTH
    if step < 1 or pixels.shape[0] < step * 32:
        return None
    rows, columns = pixels.shape[0] // step, WIDTH
    green = pixels[:rows * step, :columns * step, 1]
    if step > 4:            # every other pixel is enough to average, and half the work
        green, step = green[::2, ::2][:rows * (step // 2), :columns * (step // 2)], step // 2
        rows = green.shape[0] // step
    return green.reshape(rows, step, columns, step).mean((1, 3), dtype=np.float32)


class Watching:
    """Looks at one camera. Two of them must agree on how fast it goes: a bus that fills the picture passes in one.

    A look costs about 3 ms: an average, nine small transforms, and comparisons with the first look and the last.
    """

    def __init__(self) -> None:
        self._looks: list[tuple[float, Spectra]] = []
        self._shape: tuple[int, ...] = ()
        self._found: list[tuple[float, Motion]] = []        # over how many seconds, and what they tell

    def __len__(self) -> int:
        return len(self._looks)

    def add(self, seconds: float, look: Thumb) -> None:
        """The next look; one of another size than those before begins anew."""
        if look.shape != self._shape:
            self._looks, self._found, self._shape = [], [], look.shape
        if self._looks and seconds <= self._looks[-1][0]:
            return
        here = (seconds, _spectra(look))
        for began, before in self._looks[-1:] + self._looks[:1] * (len(self._looks) > 1):
            motion = _between(before, here[1], self._shape)
            if motion is not None:
                self._found.append((seconds - began, motion))
        self._looks.append(here)

    @property
    def moves(self) -> bool | None:
        """Whether the camera moved; None when the looks do not tell: too few, too dark, too plain, too fast.

        Short spans are asked first: over a long one a fast camera shows something else altogether.
        """
        said: list[Motion] = []
        verdict: bool | None = None
        for span, motion in sorted(self._found, key=lambda found: found[0]):
            if motion == STANDS:
                verdict = False
                continue
            speed = (motion[0] / span, motion[1] / span, motion[2] / span)
            if any(_agree(speed, other) for other in said):
                return True
            said.append(speed)
            verdict = None
        return verdict


def _agree(one: Motion, two: Motion) -> bool:
    """The same way, and neither more than twice as fast."""
    long, short = sorted((math.hypot(*one), math.hypot(*two)), reverse=True)
    return sum(a * b for a, b in zip(one, two, strict=True)) > 0.8 * long * short and long <= 2 * short


def _between(before: Spectra, after: Spectra, shape: tuple[int, ...]) -> Motion | None:
    """The motion that most parts share; STANDS for a picture that stands, None when too few agree."""
    shifts, sure = shifts_between(before, after, _part(shape))
    places = _places(shape)[sure]
    shifts = shifts[sure]
    if len(shifts) < _LEAST:
        return None
    still = int(np.sum(np.hypot(*shifts.T) <= _STILL))
    if still >= _LEAST:
        return STANDS
    best, most = STANDS, 0.0
    for motion, simple in _guesses(shifts, places):
        wanted = np.array(motion[:2]) + places * motion[2]
        apart = np.hypot(*(shifts - wanted).T)
        # A zoom explains more than a turn by itself: it must explain more parts.
        alike = float(np.sum(apart <= _ALIKE + _SHARE * np.hypot(*wanted.T))) + (0.5 if simple else 0.0)
        if alike > most:
            best, most = motion, alike
    far = float(np.max(np.hypot(*(np.array(best[:2]) + places * best[2]).T)))
    return best if most >= _LEAST and far >= _MOVED and still * 2 < most else None


def _guesses(shifts: Floats, places: Floats) -> list[tuple[Motion, bool]]:
    """Motions that one part alone (a turn) or two together (with a zoom) would mean."""
    found: list[tuple[Motion, bool]] = [((float(x), float(y), 0.0), True) for x, y in shifts]
    for one, two in combinations(range(len(shifts)), 2):
        apart = places[two] - places[one]
        grows = float(np.dot(shifts[two] - shifts[one], apart) / np.dot(apart, apart))
        x, y = ((shifts[one] - places[one] * grows) + (shifts[two] - places[two] * grows)) / 2
        found.append(((float(x), float(y), grows), False))
    return found


def shifts_between(before: Spectra, after: Spectra, part: tuple[int, int]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """By how many columns and rows each part was shifted, (parts, 2), and which of them stand out of chance."""
    cross = after * np.conj(before)
    # Half whitened: an encoder's noise is no structure, and one bright lamp is not all of the picture.
    answers = np.fft.irfft2(cross / np.sqrt(np.abs(cross) + 1e-9) * _window(*part)[1], s=part)
    flat = answers.reshape(len(answers), -1)
    peaks = flat.argmax(1)
    sure = flat.max(1) - flat.mean(1) > _SURE * flat.std(1) + 1e-6
    shifts = np.empty((len(answers), 2))
    for n, (answer, at) in enumerate(zip(answers, peaks, strict=True)):
        for axis, here in enumerate(divmod(int(at), part[1])):
            line = answer[:, int(at) % part[1]] if axis == 0 else answer[int(at) // part[1]]
            exact = here + _between_pixels(line[here - 1], line[here], line[(here + 1) % len(line)])
            shifts[n, 1 - axis] = exact - len(line) if exact > len(line) / 2 else exact
    return shifts, sure


def _between_pixels(before: float, peak: float, after: float) -> float:
    """Where the top of the parabola through three neighbours lies, -0.5..0.5."""
    bend = float(before) - 2 * float(peak) + float(after)
    return 0.0 if bend >= 0 else min(max(0.5 * (float(before) - float(after)) / bend, -0.5), 0.5)


def _part(shape: tuple[int, ...]) -> tuple[int, int]:
    """Rows and columns of one part: half of the thumb without its edges."""
    return (shape[0] - 2 * round(shape[0] * _EDGE)) // 2, shape[1] // 2


def _places(shape: tuple[int, ...]) -> Floats:
    """The middle of each part from the middle of the thumb, (9, 2): columns, rows in half widths."""
    rows, columns = _part(shape)
    return np.array([((column - 1) * columns / 2, (row - 1) * rows / 2) for row in range(3) for column in range(3)]
                    ) / (shape[1] / 2)


def _spectra(thumb: Thumb) -> Spectra:
    """Of its nine parts, (9, rows, columns // 2 + 1)."""
    rows, columns = _part(thumb.shape)
    cut = round(thumb.shape[0] * _EDGE)
    parts = np.stack([thumb[cut + row * rows // 2:cut + row * rows // 2 + rows,
                            column * columns // 2:column * columns // 2 + columns]
                      for row in range(3) for column in range(3)])
    parts -= parts.mean((1, 2), keepdims=True)
    return np.asarray(np.fft.rfft2(parts * _window(rows, columns)[0]), np.complex64)


@lru_cache(maxsize=4)
def _window(height: int, width: int) -> tuple[Thumb, Thumb]:
    """Hann against the edges, and a low pass for the spectrum of rfft2."""
    window = np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    fine = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
    return window, np.exp(-((fine / _FINE) ** 2)).astype(np.float32)
