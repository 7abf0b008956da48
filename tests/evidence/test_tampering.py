"""Packages that someone laid hands on: `main.py verify` and verify.html name exactly what is wrong."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli import front
from app.evidence import canonical, files
from app.evidence.checking import check
from app.evidence.findings import Checked, Verdict
from app.evidence.identity import Identity
from app.evidence.outcome import Package
from app.evidence.sentences import SENTENCES, sentence
from app.model.custody import BEGINNING, bound, linked
from app.runtime import paths

NODE = shutil.which("node")
RUNNER = Path(__file__).with_name("run_check.mjs")
CLIP = "0001-simpang-lima-1-1-1.mp4"

type Harm = Callable[[Path, Identity], None]


def flip(path: Path, at: int = -1) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def sign_again(folder: Path, who: Identity, change: Callable[[dict[str, Any]], None], *, sums: bool = True) -> None:
    """What a forger with a key can do: another manifest, signed and summed again."""
    told = json.loads((folder / files.MANIFEST).read_bytes())
    change(told)
    (folder / files.MANIFEST).write_bytes(canonical.canonical(told))
    (folder / files.SIGNATURE).write_bytes(who.sign((folder / files.MANIFEST).read_bytes()))
    if sums:
        hashes = {e["name"]: e["sha256"] for e in told["files"]}
        hashes |= {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in (files.MANIFEST, files.SIGNATURE)}
        (folder / files.SUMS).write_bytes(files.sums(hashes))


def foreign_signature(folder: Path, stranger: Identity) -> None:
    (folder / files.SIGNATURE).write_bytes(stranger.sign((folder / files.MANIFEST).read_bytes()))


def forged_words(folder: Path, _: Identity) -> None:
    path = folder / files.MANIFEST
    path.write_bytes(path.read_bytes().replace(b'"operator":"Budi"', b'"operator":"Badu"'))


def shift_span(told: dict[str, Any]) -> None:
    part = told["cameras"][0]["parts"][0]
    part["start_us"] += 4_000_000


def another_hash(told: dict[str, Any]) -> None:
    told["cameras"][0]["parts"][0]["sha256"] = "0" * 64


def custody_forged(told: dict[str, Any]) -> None:
    link = told["custody"]["links"][0]
    link["line"] = link["line"].replace("Budi", "Badu")


def custody_cut(told: dict[str, Any]) -> None:
    del told["custody"]["links"][1]


def custody_of_another(told: dict[str, Any]) -> None:
    custody = told["custody"]
    line = custody["links"][-1]["line"].replace("Banjir", "Pencurian")
    before = bound(linked(1, BEGINNING, custody["links"][0]["line"]).hash, custody["links"][1]["sha256"])
    custody["links"][-1]["line"], custody["head"] = line, linked(3, before, line).hash


HARMS: dict[str, tuple[Harm, set[tuple[str, str]]]] = {
    "a byte of a clip": (lambda f, _: flip(f / CLIP, 5000), {("changed", CLIP)}),
    "the last byte of a clip": (lambda f, _: flip(f / CLIP), {("changed", CLIP)}),
    "a byte of the record": (lambda f, _: flip(f / files.REPORT, 900), {("changed", files.REPORT)}),
    "the page": (lambda f, _: flip(f / files.PAGE, -3), {("changed", files.PAGE)}),
    "a byte of the signature": (lambda f, _: flip(f / files.SIGNATURE), {("signature.key", ""), ("sums.bad", "")}),
    "the signature cut": (lambda f, _: (f / files.SIGNATURE).write_bytes(b"0\x82") and None,
                          {("signature.form", ""), ("sums.bad", "")}),
    "words of the manifest": (forged_words, {("signature.content", ""), ("sums.bad", "")}),
    "a manifest that is none": (lambda f, _: (f / files.MANIFEST).write_bytes(b"{}") and None,
                                {("signature.content", ""), ("manifest.form", "")}),
    "a file removed": (lambda f, _: (f / CLIP).unlink(), {("missing", CLIP)}),
    "the manifest removed": (lambda f, _: (f / files.MANIFEST).unlink(), {("missing", files.MANIFEST)}),
    "the signature removed": (lambda f, _: (f / files.SIGNATURE).unlink(),
                              {("missing", files.SIGNATURE), ("sums.bad", "")}),
    "the sums removed": (lambda f, _: (f / files.SUMS).unlink(), {("missing", files.SUMS)}),
    "a byte of the sums": (lambda f, _: flip(f / files.SUMS, 3), {("sums.bad", "")}),
    "a file added": (lambda f, _: (f / "0003-extra.mp4").write_bytes(b"x") and None, {("added", "0003-extra.mp4")}),
    "a folder added": (lambda f, _: (f / "more").mkdir(), {("odd", "more")}),
    "a file renamed": (lambda f, _: (f / CLIP).rename(f / "other.mp4") and None,
                       {("missing", CLIP), ("added", "other.mp4")}),
    "another station's signature": (foreign_signature, {("station.other", ""), ("sums.bad", "")}),
    "signed again by another": (lambda f, s: sign_again(f, s, lambda told: None), {("station.other", "")}),
    "a span shifted": (lambda f, s: sign_again(f, s, shift_span), {("station.other", ""), ("span.silent", ""),
                                                                   ("part.start", CLIP)}),
    "a clip of another hash than the list's": (lambda f, s: sign_again(f, s, another_hash), {
        ("station.other", ""), ("part.unlisted", CLIP)}),
    "a line of custody forged": (lambda f, s: sign_again(f, s, custody_forged),
                                 {("station.other", ""), ("custody.broken", "")}),
    "a line of custody taken out": (lambda f, s: sign_again(f, s, custody_cut),
                                    {("station.other", ""), ("custody.broken", "")}),
    "the custody of another matter": (lambda f, s: sign_again(f, s, custody_of_another),
                                      {("station.other", ""), ("custody.other", "")}),
    "a path in the manifest": (lambda f, s: sign_again(f, s, lambda t: t["files"][0].update(name="../x"), sums=False),
                               {("manifest.form", "")}),
}


def bad(told: Checked) -> set[tuple[str, str]]:
    return {(f.key, f.facts.get("name", "")) for f in told.findings if f.verdict is Verdict.BAD}


def in_page(page: Path, package: Path, expected: str = "") -> dict[str, Any]:
    assert NODE is not None
    told = subprocess.run([NODE, str(RUNNER), str(page), str(package), expected], capture_output=True, text=True,
                          timeout=60)
    assert told.returncode == 0, told.stderr
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def bad_in_page(told: dict[str, Any]) -> set[tuple[str, str]]:
    return {(f["key"], f["facts"].get("name", "")) for f in told["findings"] if f["verdict"] == "bad"}


def test_what_nobody_touched_is_good(made: Package, station: Identity) -> None:
    for form in (made.folder, made.zip):
        assert form is not None
        told = check(form)
        assert told.good and told.fingerprint == station.fingerprint
        keys = {f.key for f in told.findings}
        assert keys == {"signature.good", "station.compare", "hashes", "sums.good", "span.whole", "custody.good"}
        assert check(form, expected=station.fingerprint.upper()).good
        assert {f.key for f in check(form, known={station.fingerprint: "Pos"}).findings} >= {"station.known"}


@pytest.mark.parametrize("name", HARMS)
def test_harm_is_named(package: Path, stranger: Identity, name: str) -> None:
    harm, wanted = HARMS[name]
    harm(package, stranger)
    told = check(package)
    assert bad(told) == wanted
    assert not told.good and all("{" not in sentence(f) for f in told.findings)


@pytest.mark.skipif(NODE is None, reason="no node here")
def test_the_page_names_the_same(made: Package, package: Path, stranger: Identity, tmp_path: Path) -> None:
    page = made.folder / files.PAGE
    assert in_page(page, made.folder)["good"] and in_page(page, Path(str(made.zip)))["good"]
    for name in ("a byte of a clip", "words of the manifest", "a byte of the signature", "a manifest that is none",
                 "a file removed", "a file renamed", "another station's signature", "a span shifted",
                 "a clip of another hash than the list's",
                 "a line of custody forged", "a line of custody taken out", "the custody of another matter",
                 "a path in the manifest", "a byte of the sums", "the signature cut", "a folder added"):
        harm, wanted = HARMS[name]
        harmed = Path(shutil.copytree(made.folder, tmp_path / "harmed" / name.replace(" ", "-")))
        harm(harmed, stranger)
        told = in_page(page, harmed)
        assert bad_in_page(told) == wanted, name
        assert not told["good"]


@pytest.mark.skipif(NODE is None, reason="no node here")
def test_the_page_has_words_for_every_finding_and_loads_nothing(made: Package) -> None:
    page = (made.folder / files.PAGE).read_text("utf-8")
    drawn = page[page.index('<script id="ui">'):]
    both = [drawn[drawn.index(f"const {name} ="):] for name in ("EN", "ID")]
    for key in SENTENCES.keys() - {"station.known"}:
        assert all(f"{key}:" in words or f'"{key}":' in words for words in both), key
    outside = page[:page.index('<script id="pki">')] + drawn
    assert "http" not in outside.replace("http-equiv", "") and "default-src 'none'" in outside
    assert "innerHTML" not in drawn and "<script src" not in page and "<link" not in page


def test_a_whole_forgery_is_found_by_the_fingerprint_alone(package: Path, station: Identity,
                                                           stranger: Identity) -> None:
    (package / files.CERTIFICATE).write_bytes(stranger.pem)
    entry = {"bytes": len(stranger.pem), "sha256": hashlib.sha256(stranger.pem).hexdigest()}

    def forge(told: dict[str, Any]) -> None:
        told["station"]["certificate_sha256"] = stranger.fingerprint
        next(e for e in told["files"] if e["name"] == files.CERTIFICATE).update(entry)
    sign_again(package, stranger, forge)
    assert check(package).good          # it holds together; only who signed tells
    assert bad(check(package, expected=station.fingerprint)) == {("station.foreign", "")}
    if NODE:
        told = in_page(package / files.PAGE, package, station.fingerprint)
        assert bad_in_page(told) == {("station.foreign", "")}


def zip_with(path: Path, entries: list[tuple[str, bytes]], kind: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", kind) as made:
        for name, content in entries:
            made.writestr(name, content)
    return path


def rewritten(source: Path, target: Path, change: Callable[[zipfile.ZipInfo], None]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            change(info)
            new.writestr(info, content)
    return target


def bad_zips(made: Package, folder: Path) -> dict[str, tuple[Path, str]]:
    def link(info: zipfile.ZipInfo) -> None:
        info.external_attr = 0o120777 << 16

    (folder / "none.zip").write_bytes(b"PK\x05\x06 no zip")
    whole = Path(str(made.zip)).read_bytes()
    (folder / "cut.zip").write_bytes(whole[:len(whole) // 2])
    large = bytearray(zip_with(folder / "large.zip", [("p/manifest.json", b"{}")]).read_bytes())
    at = large.index(b"PK\x01\x02")
    large[at + 20:at + 28] = (1 << 31).to_bytes(4, "little") * 2        # says 2 GB, holds two bytes
    (folder / "large.zip").write_bytes(large)
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = zip_with(folder / "twice.zip", [("p/a", b"1"), ("p/a", b"2")])
    return {
        "none": (folder / "none.zip", "archive.form"), "cut": (folder / "cut.zip", "archive.form"),
        "traversal": (zip_with(folder / "t.zip", [("../../etc/cron.d/x", b"x")]), "archive.path"),
        "absolute": (zip_with(folder / "a.zip", [("/etc/passwd", b"x")]), "archive.path"),
        "drive": (zip_with(folder / "d.zip", [("p/C:evil", b"x")]), "archive.path"),
        "two folders": (zip_with(folder / "f.zip", [("p/a", b"x"), ("q/b", b"x")]), "archive.path"),
        "link": (rewritten(Path(str(made.zip)), folder / "l.zip", link), "archive.path"),
        "bomb": (zip_with(folder / "b.zip", [("p/manifest.json", b"\0" * 10_000_000)], zipfile.ZIP_DEFLATED),
                 "archive.bomb"),
        "many": (zip_with(folder / "m.zip", [(f"p/{n}", b"") for n in range(2001)]), "archive.bomb"),
        "large": (folder / "large.zip", "archive.bomb"), "twice": (twice, "archive.twice"),
    }


def test_bad_archives_are_refused_and_nothing_is_unpacked(made: Package, tmp_path: Path) -> None:
    archives = bad_zips(made, tmp_path)
    before = sorted(tmp_path.rglob("*"))
    for name, (path, key) in archives.items():
        assert {k for k, _ in bad(check(path))} == {key}, name
    assert sorted(tmp_path.rglob("*")) == before
    if NODE:
        for name in ("cut", "traversal", "bomb", "large", "two folders", "link"):
            path, key = archives[name]
            assert {k for k, _ in bad_in_page(in_page(made.folder / files.PAGE, path))} == {key}, name


def test_a_byte_changed_within_the_zip_is_named(made: Package, tmp_path: Path) -> None:
    whole = bytearray(Path(str(made.zip)).read_bytes())
    whole[whole.index(b"mdat") + 4000] ^= 1
    path = tmp_path / "harmed.zip"
    path.write_bytes(whole)
    assert bad(check(path)) == {("changed", CLIP)}
    if NODE:
        assert bad_in_page(in_page(made.folder / files.PAGE, path)) == {("changed", CLIP)}


def test_the_command_line_says_it(made: Package, package: Path, station: Identity, stranger: Identity,
                                  capsys: pytest.CaptureFixture[str]) -> None:
    def verify(*words: str) -> tuple[int, str]:
        code = front.main(["verify", "--language", "en", *words], lambda _: 9)
        told = capsys.readouterr()
        return code, told.out + told.err

    code, text = verify(str(made.zip))
    assert code == 0 and "Everything in this package" in text and station.fingerprint in text
    assert verify(str(made.folder), "--fingerprint", station.fingerprint.upper())[0] == 0
    code, text = verify(str(made.folder), "--fingerprint", stranger.fingerprint)
    assert code == 1 and "Another station signed" in text
    flip(package / CLIP)
    code, text = verify(str(package))
    assert code == 1 and f"BAD  Changed: {CLIP}." in text and "NOT as the station signed" in text
    assert verify(str(package / "nowhere"))[0] == 2
    assert verify(str(package), "--fingerprint", "12")[0] == 2
    assert not paths.registry_path().exists()
