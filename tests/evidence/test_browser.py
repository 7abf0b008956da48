"""verify.html in a real Chromium, opened as a file without network: what it shows, plays, refuses, and by what name."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.evidence import files
from app.evidence.identity import Identity
from app.evidence.outcome import Package
from app.model.clip import GapCause
from app.model.custody import Act
from tests.evidence.test_tampering import CLIP, HARMS
from tests.fakes.chromium import WHY_NOT, Browser, chromium
from widgets.bookmarks.words import CATEGORIES

pytestmark = pytest.mark.skipif(chromium() is None, reason=WHY_NOT)

OUTPUT = Path(__file__).resolve().parents[1] / "output"
MIDDLE = (600, 180)         # of the field onto which packages are dropped, in the page's pixels


def told(browser: Browser) -> tuple[str, list[list[str]]]:
    """What stands on the page once it is done: "good" or "bad", then class and text of each finding."""
    browser.until("['good', 'bad'].includes(document.querySelector('#verdict').className)", "a verdict")
    shown = browser.ask("[document.querySelector('#verdict').className, [...document.querySelectorAll('.findings li')]"
                        ".map((line) => [line.className, line.textContent])]")
    return shown[0], shown[1]


def given(browser: Browser, package: Path) -> tuple[str, list[list[str]]]:
    """A fresh page, and a package chosen by its buttons."""
    browser.ask("document.querySelector('#verdict').className = ''")
    browser.choose("#zip" if package.suffix == ".zip" else "#folder", package)
    return told(browser)


def plays(browser: Browser, count: int) -> None:
    """Every clip is decoded and moves on."""
    clips = "[...document.querySelectorAll('video')]"
    browser.until(f"{clips}.length === {count} && {clips}.every((v) => v.readyState >= 2 && v.videoWidth > 0)",
                  "pictures")
    browser.ask(f"Promise.all({clips}.map((v) => v.play()))")
    browser.until(f"{clips}.every((v) => v.currentTime > 0.2)", "clips that play")


def flipped_zip(made: Package, folder: Path) -> Path:
    """The package's ZIP with one byte of the first clip changed."""
    whole = bytearray(Path(str(made.zip)).read_bytes())
    whole[whole.index(b"mdat") + 4000] ^= 1
    path = folder / "harmed.zip"
    path.write_bytes(whole)
    return path


def sentence(page: Path, key: str, facts: dict[str, Any]) -> str:
    """The page's own English sentence of a finding."""
    text = page.read_text("utf-8")
    words = text[text.index("const EN = {"):]
    found = next(words[words.index(mark) + len(mark):] for mark in (f'"{key}": ', f" {key}: ") if mark in words)
    made: str = json.JSONDecoder().raw_decode(found)[0]
    for name, value in facts.items():
        made = made.replace("{" + name + "}", value)
    return made


def test_a_good_package_is_green_and_its_clips_play(made: Package, station: Identity) -> None:
    assert made.zip is not None
    page = made.folder / files.PAGE
    with Browser() as browser:
        browser.open(page)
        for package in (made.folder, made.zip):
            verdict, findings = given(browser, package)
            assert verdict == "good" and {kind for kind, _ in findings} == {"good", "note"}, findings
            assert [text for kind, text in findings if kind == "note"] == [
                sentence(page, "station.compare", {"station": station.name, "fingerprint": station.fingerprint})]
            plays(browser, 2)
        browser.picture(OUTPUT / "verify-good.png")
        browser.ask(f"document.querySelector('#expected').value = '{station.fingerprint.upper()}'")
        verdict, findings = given(browser, made.folder)
        assert verdict == "good" and {kind for kind, _ in findings} == {"good"}, findings
        for package in (made.folder, made.zip):         # as from a file manager
            browser.open(page)
            browser.drop(MIDDLE, package)
            assert told(browser)[0] == "good"
        plays(browser, 2)
        assert browser.complaints == []
        assert {address.partition(":")[0] for address in browser.requests} <= {"file", "blob", "data"}


def test_a_clip_that_left_its_package(made: Package, station: Identity, tmp_path: Path) -> None:
    clip = Path(shutil.copy(made.folder / CLIP, tmp_path / "from-a-phone.mp4"))
    with Browser() as browser:
        for language, headline in (("en", "This clip is as the station sealed it."),
                                   ("id", "Klip ini sama seperti yang disegel stasiun.")):
            browser.open(made.folder / files.PAGE)
            if language == "id":
                browser.ask("document.querySelector('#language').click()")
            browser.choose("#clip", clip)
            verdict, findings = told(browser)
            assert verdict == "good" and [kind for kind, _ in findings] == ["note", "good", "good"], findings
            assert station.fingerprint in findings[0][1] and "“0001 Simpang Lima 1”" in findings[2][1]
            assert browser.ask("document.querySelector('#verdict').textContent") == headline
            plays(browser, 1)
            browser.picture(OUTPUT / f"verify-clip-{language}.png")
        browser.open(made.folder / files.PAGE)
        browser.drop(MIDDLE, clip)
        assert told(browser)[0] == "good"
        whole = bytearray(clip.read_bytes())
        whole[5000] ^= 1
        clip.write_bytes(whole)
        browser.ask("document.querySelector('#verdict').className = ''")
        browser.choose("#clip", clip)
        assert told(browser) == ("bad", [["bad", f"The seal inside {clip.name} does not hold."]])
        assert browser.ask("document.querySelectorAll('video').length") == 0
        browser.picture(OUTPUT / "verify-clip-bad.png")
        assert browser.complaints == []


def test_an_indonesian_reader_is_told_everything_in_indonesian(made: Package, package: Path) -> None:
    clip = package / CLIP
    whole = bytearray(clip.read_bytes())
    whole[len(whole) // 2] ^= 1
    clip.write_bytes(whole)
    with Browser("id") as browser:
        browser.open(made.folder / files.PAGE)
        assert browser.ask("[document.documentElement.lang, document.title]") == ["id", "Lawang · verifikasi"]
        verdict, findings = given(browser, made.folder)
        assert verdict == "good" and any("seluruh 12,000 dtk" in text for _kind, text in findings), findings
        plays(browser, 2)
        browser.picture(OUTPUT / "verify-good-id.png")
        shown = browser.ask("document.body.innerText")
        assert all(words in shown for words in ("Kategori\tbanjir", "penanda", "penyerahan dimulai", "Wilayah"))
        verdict, findings = given(browser, package)
        assert verdict == "bad" and [text for kind, text in findings if kind == "bad"] == [f"Berubah: {CLIP}."]
        plays(browser, 1)
        browser.picture(OUTPUT / "verify-bad-id.png")
        assert browser.complaints == []


def test_the_page_has_every_word_in_both_languages(made: Package) -> None:
    """A category of our own is English by itself; whatever else is told has its words."""
    page = (made.folder / files.PAGE).read_text("utf-8")
    english, indonesian = ({quoted or bare for quoted, bare in re.findall(
        r'(?:"([\w. ]+)"|[,\s](\w+)): "', page.partition(f"const {name} = {{")[2].partition("\n};")[0])}
        for name in ("EN", "ID"))
    assert {key for key in indonesian if not key.startswith(("category.", "why."))} == english
    told = {f"cause.{cause}" for cause in GapCause} | {f"act.{act}" for act in Act}
    assert told <= english and {f"category.{name}" for name in CATEGORIES} <= indonesian


def test_what_was_done_to_a_package_is_red_by_name(made: Package, stranger: Identity, station: Identity,
                                                   tmp_path: Path) -> None:
    page = made.folder / files.PAGE
    with Browser() as browser:
        browser.open(page)
        for name in ("a byte of a clip", "a file removed", "a file added", "words of the manifest", "a folder added",
                     "another station's signature", "a span shifted", "a path in the manifest", "a byte of the sums"):
            harm, wanted = HARMS[name]
            harmed = Path(shutil.copytree(made.folder, tmp_path / name.replace(" ", "-")))
            harm(harmed, stranger)
            if name == "a folder added":
                (harmed / "more" / "x.mp4").write_bytes(b"x")       # a file field does not tell of empty folders
            verdict, findings = given(browser, harmed)
            red = {text for kind, text in findings if kind == "bad"}
            heads = {key: sentence(page, key, {"name": file} if file else {}).partition("{")[0]
                     for key, file in wanted}
            assert verdict == "bad" and len(red) == len(heads), (name, findings)
            assert all(any(text.startswith(head) for text in red) for head in heads.values()), (name, red)
            if name == "a byte of a clip":
                plays(browser, 1)                       # the other one; what was changed is not shown
                browser.picture(OUTPUT / "verify-bad.png")
        verdict, findings = given(browser, flipped_zip(made, tmp_path))
        assert verdict == "bad" and [text for kind, text in findings if kind == "bad"] == [f"Changed: {CLIP}."]
        browser.ask(f"document.querySelector('#expected').value = '{stranger.fingerprint}'")
        verdict, findings = given(browser, made.folder)
        assert verdict == "bad" and [text for kind, text in findings if kind == "bad"] == [
            sentence(page, "station.foreign", {"station": station.name, "fingerprint": station.fingerprint})]
        assert browser.complaints == []
