"""Makes the fonts of the printed record: python tools/otf_to_ttf.py resources/fonts/Inter-Regular.otf TARGET.ttf

fpdf2 embeds fonts as TrueType. Inter is kept with cubic curves (CFF), which it would label wrongly: strict readers of
PDF complain, and some print nothing. Here the curves become quadratic, exact to a thousandth of the letter's height.
"""

from __future__ import annotations

import sys

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

ERROR = 0.001           # of the em


def convert(source: str, target: str) -> None:
    font = TTFont(source)
    glyphs, made = font.getGlyphSet(), {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, font["head"].unitsPerEm * ERROR, reverse_direction=True))
        made[name] = pen.glyph()
    font["loca"], glyf = newTable("loca"), newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = font.getGlyphOrder(), made
    font["glyf"] = glyf
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    for field in ("maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
                  "maxStackElements", "maxSizeOfInstructions", "maxComponentElements"):
        setattr(maxp, field, 1 if field == "maxZones" else 0)
    for table in ("CFF ", "VORG", "DSIG"):
        if table in font:
            del font[table]
    font["post"].formatType = 3.0       # without names of glyphs
    font.sfntVersion = "\000\001\000\000"
    for name, glyph in made.items():
        glyph.recalcBounds(glyf)
        font["hmtx"][name] = font["hmtx"][name][0], getattr(glyph, "xMin", 0)
    font.save(target)


if __name__ == "__main__":
    convert(*sys.argv[1:3])
