"""The printed record (berita acara): who asked for what, what each camera gave, one still each, every hash.

Runs on: a worker thread; a case of 64 cameras takes about a second.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from typing import Any

from fpdf import FPDF
from PIL import Image

from app.evidence.files import moment
from app.evidence.words import words
from app.runtime import paths
from app.runtime.zone import zone_or_utc

_MARGIN, _WIDTH = 18, 174           # mm on A4
_LABEL = 38                         # mm; the widest label of either language
_STILL = 110                        # mm wide: number plates can be read in print, two cameras fit on a page
_INK, _GREY = 20, 110


class _Paper(FPDF):
    def __init__(self, text: Mapping[str, str]) -> None:
        super().__init__()
        self.said = text
        for style, file in (("", "Inter-Regular.ttf"), ("B", "Inter-SemiBold.ttf")):
            self.add_font("Inter", style, paths.resources_dir() / "evidence" / "fonts" / file)
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(True, 20)
        self.alias_nb_pages("{all}")

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("Inter", size=8)
        self.set_text_color(_GREY)
        self.cell(0, 5, self.said["page"].replace("{n}", str(self.page_no())), align="C")
        self.set_text_color(_INK)

    def head(self, text: str) -> None:
        self.ln(3)
        self.set_font("Inter", "B", 12)
        self.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT", align="L")
        self.ln(1)

    def line_of(self, label: str, value: str) -> None:
        if not value:
            return
        self.set_font("Inter", size=9)
        self.set_text_color(_GREY)
        self.cell(_LABEL, 5, label)
        self.set_text_color(_INK)
        self.multi_cell(0, 5, value, new_x="LMARGIN", new_y="NEXT", align="L")

    def plain(self, text: str, size: int = 9) -> None:
        self.set_font("Inter", size=size)
        self.multi_cell(0, 4.6, text, new_x="LMARGIN", new_y="NEXT", align="L")


def report(manifest: Mapping[str, Any], stills: Mapping[str, bytes], language: str) -> bytes:
    """The record as PDF. ``manifest`` need not list the record itself; ``stills``: file name -> JPEG."""
    text = words(language)
    zone = zone_or_utc(str(manifest["zone"]))
    paper = _Paper(text)
    paper.set_title(text["title"])
    paper.set_creator("Lawang")
    paper.set_creation_date(moment(manifest["made_us"]))
    paper.add_page()
    paper.set_font("Inter", "B", 17)
    paper.multi_cell(0, 9, text["title"], new_x="LMARGIN", new_y="NEXT", align="L")
    paper.ln(1)
    paper.plain(text["intro"])
    paper.ln(2)
    _opening(paper, manifest, zone)
    for camera in manifest["cameras"]:
        _camera(paper, camera, stills, zone)
    _hashes(paper, manifest)
    _signatures(paper)
    return bytes(paper.output())


def _opening(paper: _Paper, manifest: Mapping[str, Any], zone: tzinfo) -> None:
    text, case, asked = paper.said, manifest["case"], manifest["requested"]
    paper.line_of(text["case"], case["name"])
    for field in ("words", "category", "agency", "recipient", "legal_basis"):
        # A category of our own in the record's language; one that somebody added as it was written.
        paper.line_of(text[field], text.get(f"{field}.{case[field]}", case[field]))
    paper.line_of(text["operator"], manifest["operator"])
    paper.line_of(text["station"], manifest["station"]["name"])
    paper.line_of(text["made"], _at(manifest["made_us"], zone))
    paper.line_of(text["requested"], f"{_at(asked['in_us'], zone)} {text['to']} {_at(asked['out_us'], zone)}")
    paper.line_of(text["program"], f"{manifest['program']['name']} {manifest['program']['version']}")


def _camera(paper: _Paper, camera: Mapping[str, Any], stills: Mapping[str, bytes], zone: tzinfo) -> None:
    text, who = paper.said, camera["identity"]
    paper.head(f"{text['camera']} {who['number']:04d} · {who['name']}")
    paper.line_of(text["area"], " / ".join(who["area"]))
    paper.line_of(text["owner"], who["owner"])
    paper.line_of(text["agreement"], who["agreement"])
    paper.line_of(text["device"], " ".join(filter(None, (who["make"], who["model"], who["serial"], who["mac"]))))
    paper.line_of(text["place"], ", ".join(filter(None, (who["latitude"], who["longitude"]))))
    if who["rotation"]:
        paper.line_of(text["turned"], text["turned_by"].format(degrees=who["rotation"]))
    if not camera["parts"]:
        paper.plain(text["nothing"])
    for number, part in enumerate(camera["parts"], 1):
        paper.line_of(f"{text['part']} {number}", "\n".join(_part(text, part, zone)))
    gaps = [f"{_at(g['start_us'], zone)} {text['to']} {_at(g['end_us'], zone)}: {text['cause.' + g['cause']]}"
            for g in camera["gaps"]]
    paper.line_of(text["gaps"], "\n".join(gaps) or text["no_gaps"])
    paper.line_of(text["clock"], "\n".join(_clock(text, clock) for clock in camera["clocks"]))
    for segment in camera["unreadable"]:
        paper.plain(text["unreadable"].format(name=segment["name"]))
    for segment in (s for part in camera["parts"] for s in part["sources"] if s["changed_since_recorded"]):
        paper.plain(text["changed"].format(name=segment["name"]))
    if camera["left_out_before_key_picture"]:
        paper.plain(text["headless"].format(n=camera["left_out_before_key_picture"]))
    if camera["still"] and (picture := stills.get(camera["still"]["file"])):
        paper.ln(1)
        _picture(paper, picture)
        paper.plain(text["still"].format(at=_at(camera["still"]["at_us"], zone)), 8)


def _picture(paper: _Paper, picture: bytes) -> None:
    with Image.open(io.BytesIO(picture)) as opened:
        height = _STILL * opened.height / opened.width
    # A tall picture is made narrower: it must fit on a page with its caption.
    width = _STILL if height <= 180 else _STILL * 180 / height
    if paper.will_page_break(min(height, 180) + 6):
        paper.add_page()
    paper.image(io.BytesIO(picture), w=width)
    paper.ln(1)


def _part(text: Mapping[str, str], part: Mapping[str, Any], zone: tzinfo) -> Sequence[str]:
    lines = [part["file"], f"{_at(part['start_us'], zone)} {text['to']} {_at(part['end_us'], zone)}",
             text["pictures"].format(n=part["pictures"], w=part["width"], h=part["height"], codec=part["codec"])]
    marks = [text[key].format(s=_seconds(text, part[field]))
             for key, field in (("before", "before_us"), ("after", "after_us")) if part[field]]
    if marks:
        lines.append("; ".join(marks))
    if part["split"]:
        lines.append(text["split." + part["split"]])
    return lines


def _clock(text: Mapping[str, str], clock: Mapping[str, Any]) -> str:
    offset, ntp = clock["camera_minus_station_us"], clock["station_synchronised"]
    return text["clock_line"].format(
        source=text["source." + clock["source"]], error=_seconds(text, clock["error_us"]),
        offset=text["unknown"] if offset is None else text["seconds"].format(s=_seconds(text, offset)),
        ntp=text["unknown"] if ntp is None else text["yes"] if ntp else text["no"])


def _hashes(paper: _Paper, manifest: Mapping[str, Any]) -> None:
    text = paper.said
    paper.head(text["hashes"])
    for entry in manifest["files"]:
        if paper.will_page_break(10):
            paper.add_page()
        paper.set_font("Inter", "B", 8)
        paper.cell(0, 4.4, f"{entry['name']}  ·  {entry['bytes']:,} {text['bytes']}", new_x="LMARGIN", new_y="NEXT")
        paper.set_font("Courier", size=8)
        paper.cell(0, 4.4, _grouped(entry["sha256"]), new_x="LMARGIN", new_y="NEXT")
    paper.head(text["certificate"])
    paper.set_font("Courier", size=8)
    paper.cell(0, 4.4, _grouped(manifest["station"]["certificate_sha256"]), new_x="LMARGIN", new_y="NEXT")
    paper.plain(text["compare"])
    if manifest["custody"]:
        chain = manifest["custody"]
        paper.head(text["custody"].format(line=chain["links"][-1]["seq"] if chain["links"] else 0))
        paper.set_font("Courier", size=8)
        paper.cell(0, 4.4, _grouped(chain["head"]), new_x="LMARGIN", new_y="NEXT")
    paper.ln(1)
    paper.plain(text["check"])


def _signatures(paper: _Paper) -> None:
    text = paper.said
    if paper.will_page_break(50):
        paper.add_page()
    paper.head(text["signed"])
    paper.plain(f"{text['place_date']}: " + "." * 60)
    paper.ln(4)
    paper.set_font("Inter", size=9)
    for label in (text["giver"], text["taker"]):
        paper.cell(_WIDTH / 2, 5, label)
    paper.ln(20)
    for _ in range(2):
        paper.cell(_WIDTH / 2, 5, "(" + " ." * 26 + " )")


def _grouped(digest: str) -> str:
    """In eights: what a person compares by eye."""
    return " ".join(digest[at:at + 8] for at in range(0, len(digest), 8))


def _seconds(text: Mapping[str, str], us: int) -> str:
    whole, rest = divmod(abs(us), 1_000_000)
    return f"{'-' if us < 0 else ''}{whole}{text['point']}{rest // 1000:03d}"


def _at(us: int, zone: tzinfo) -> str:
    """``2026-09-21 22:13:20.000 WITA (14:13:20 UTC)``."""
    utc = moment(us)
    there = utc.astimezone(zone)
    local = f"{there:%Y-%m-%d %H:%M:%S}.{there.microsecond // 1000:03d}"
    return f"{local} UTC" if zone is UTC else f"{local} {there:%Z} ({utc:%H:%M:%S} UTC)"
