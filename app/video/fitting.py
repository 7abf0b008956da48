"""What a player must be like for what a pane wants, and whether one still is. Pure.

Runs on: the video thread.
"""

from __future__ import annotations

from app.model.camera import StreamRole
from app.model.pane import Fit
from app.model.turning import sides
from app.video.choice import Offer
from app.video.engine import Want
from app.video.frames import bytes_per_picture
from app.video.line import Line
from app.video.view import NATIVE_PIXELS, Run, Shape, View


def offer_of(run: Run, want: Want) -> Offer:
    """What the camera of a run has to choose from."""
    main, sub = want.camera.stream(StreamRole.MAIN), want.camera.stream(StreamRole.SUB)
    width, height = (sub.width, sub.height) if sub is not None else (0, 0)
    line = run.line
    if line is not None and line.profile.role is StreamRole.SUB and line.height:
        width, height = line.width, line.height
    return Offer(main is not None, sub is not None, sides(width, height, want.camera.rotation)[1])


def lines_for(run: Run, want: Want) -> int:
    """How many lines a pane needs: its own, but for a picture that stands on its side and fills a pane that lies."""
    rotation, line = want.camera.rotation, run.line
    stream = line if line is not None and line.width else want.camera.stream(StreamRole.SUB)
    if not rotation % 180 or want.fit is not Fit.FILL or stream is None or not stream.width:
        return want.height
    width, height = sides(stream.width, stream.height, rotation)
    return max(want.height, round(want.width * height / width))


def shape_for(want: Want, role: StreamRole, line: Line) -> Shape:
    """What a player has to be like to show this."""
    if want.zoomed:
        # Digital zoom cuts from the whole picture: the pane's size does not matter, so resizing costs nothing.
        width, height = sides(line.width, line.height, want.camera.rotation)
        return Shape(role, width or want.width, height or want.height, Fit.FIT, True, want.camera.rotation)
    return Shape(role, want.width, want.height, want.fit, False, want.camera.rotation)


def fits(view: View, line: Line, shape: Shape) -> bool:
    """Whether a player still is what is wanted, fed by the stream that is wanted."""
    return (view.fed and not view.dead and view.line is line and view.epoch == line.epoch and view.shape == shape
            and view.codec == line.codec and view.source == (line.width, line.height))


def room_for(shape: Shape) -> int:
    """Bytes of one picture at most, whatever libVLC makes of the camera's own shape."""
    if shape.native:
        pixels = min(max(shape.width * shape.height, 1), NATIVE_PIXELS)
        return bytes_per_picture(shape.width, max(1, pixels // shape.width))
    if shape.fit is not Fit.FILL:
        return bytes_per_picture(shape.width, shape.height)
    # A covering picture is larger than its pane, by how much their shapes differ; four times covers 16:9 in 4:1.
    return min(4 * bytes_per_picture(shape.width, shape.height), bytes_per_picture(4096, 4096))
