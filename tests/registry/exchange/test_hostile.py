"""Files made to hurt: a sentence with its line, nothing changed, memory bounded."""

from __future__ import annotations

import io
import os
import sys
import tracemalloc
import zipfile

import pytest
from openpyxl import Workbook

from app.registry.exchange import xlsx_guard
from app.registry.exchange.report import report_lines


def zipped(**parts: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/") + ".xml", content)
    return data.getvalue()


def sheet(body: bytes, **more: bytes) -> bytes:
    """A whole workbook with this inside its sheetData."""
    book, data = Workbook(), io.BytesIO()
    book.active.append([1])
    book.save(data)
    made = io.BytesIO()
    with zipfile.ZipFile(data) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                head, _begin, rest = content.partition(b"<sheetData>")
                content = head + b"<sheetData>" + body + b"</sheetData>" + rest.partition(b"</sheetData>")[2]
            new.writestr(part.filename, content)
        for name, content in more.items():
            new.writestr(name, content)
    return made.getvalue()


ALIASES = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)) + \
    "streams: *i\n"
LAUGHS = '<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>\n<{0}><x>&b;</x></{0}>'


@pytest.mark.parametrize(("name", "content", "words"), [
    ("bomb.yml", ALIASES, "Line 1: the file is too deep or refers to itself too often"),
    ("deep.yml", "streams: " + "[" * 100_000, "Line 1: the file is too deep"),
    ("tag.yml", "streams:\n  a: !!python/object/apply:os.system ['id']\n", "Line 2: the tag !!python"),
    ("include.yml", "cameras: !include other.yml\n", "Line 1: the tag !include"),
    ("broken.yml", "streams:\n  a: [1\nb: 2\n", "Line 3: this is no whole YAML"),
    ("other.yml", "hello: world\n", "none of Frigate"),
    ("big.yml", "streams:\n" + "  a: rtsp://x/\n" * 400_000, "larger than 4 MB"),
    ("laughs.kml", LAUGHS.format("kml"), "Line 2: the file declares a document type"),
    ("laughs.xspf", LAUGHS.format("playlist"), "Line 2: the file declares a document type"),
    ("deep.kml", "<kml>" + "<Folder>" * 100_000, "Line 1: elements lie deeper than 64"),
    ("half.kml", "<kml>\n<Document>\n</kml>", "Line 3: this is no whole XML"),
    ("long.kml", "<kml>\n<Placemark><name>" + "x" * 10_000_000, "Line 2: a cell is longer"),
    ("encoding.kml", '<?xml version="1.0" encoding="no-such"?><kml/>', "this is no whole XML"),
    ("deep.geojson", '{"type":' + "[" * 200_000, "too deep"),
    ("half.geojson", '{"type": "FeatureCollection",\n"features": [\n{"type": "Fea', "Line 3: this is no whole JSON"),
    ("end.geojson", '{"type": "FeatureCollection", "features": [', "Line 1: this is no whole JSON"),
    ("other.json", '{"a": 1}', "no GeoJSON"),
    ("page.xls", "<html><table></table></html>", "is a web page"),
    ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "old Excel"),
    ("a.pdf", b"%PDF-1.7", "is a PDF"),
    ("a.kmz", zipped(doc=b"") .replace(b"doc.xml", b"doc.kml"), "KMZ"),
    ("junk.xlsx", zipped(xl__workbook=b"<x/>"), "The workbook cannot be read"),
    ("cut.xlsx", sheet(b"")[:900], "The workbook cannot be read"),
    ("zeros.xlsx", zipped(xl__workbook=b"<x/>", xl__worksheets__sheet1=b"0" * 140_000_000), "would unpack to 133 MB"),
    ("entity.xlsx", sheet(b"<!-- <row --><row/>"), "comments or entities"),
    ("wide.xlsx", sheet(b"<row>" + b"<c/>" * 100_000 + b"</row>"), "Line 1: the row has more cells"),
    ("long.xlsx", sheet(b'<row r="1"><c t="inlineStr"><is><t>no</t></is></c></row><row r="2"><c t="inlineStr"><is><t>'
                        + b"x" * 10_000_000 + b"</t></is></c></row>"), "Line 2, column 1: a cell is longer"),
    ("empty.xlsx", sheet(b""), "empty"),
    ("rows.csv", "number,name,main_url\n" + "1,a,b\n" * 1_000_000, "Line 100001: the list has more than 100000 rows"),
    ("rows.m3u", "#EXTM3U\n" + "rtsp://c/1\n" * 200_000, "more than 100000 rows"),
    ("none.m3u", "#EXTM3U\n# nothing\n", "no addresses"),
    ("files.m3u", "#EXTM3U\n#EXTINF:0,A\nconcat:/etc/passwd|x\n", "Line 3"),
    ("lines.csv", b"number,name,main_url\n1,\xff\xfe\x81,rtsp://c/1\n", "Line 2: the text is neither"),
])
def test_a_hostile_file_gets_a_sentence_and_changes_nothing(registry, load, name, content, words):
    plan = load(content, name, number_from=1)
    assert words in "\n".join(report_lines(plan))
    assert not plan.written and registry.last_change() == 0 and registry.list_cameras() == []


def test_too_many_texts_in_a_workbook(load, monkeypatch):
    monkeypatch.setattr(xlsx_guard, "MOST_TEXTS", 10)
    data = sheet(b'<row r="1"><c><v>1</v></c></row>', **{"xl/sharedStrings.xml": b"<sst>" + b"<si/>" * 20 + b"</sst>"})
    assert "more than 10 texts" in str(load(data, "a.xlsx").refused[0])


def test_a_million_rows_cost_no_memory_to_speak_of(load):
    content = ("number,name,main_url\n" + "1,a,b\n" * 1_000_000).encode()
    tracemalloc.start()
    try:
        load(content, "rows.csv")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 120 * 1024 ** 2


def test_text_of_two_bytes_without_a_mark(load, registry):
    for number, codec in enumerate(("utf-16-le", "utf-16-be"), 1):
        plan = load(f"number,name,main_url\n{number},Losari,rtsp://c/{number}\n".encode(codec))
        assert plan.written and plan.table.encoding == "UTF-16"


def test_half_a_character_is_replaced_and_the_rest_read(registry, load):
    plan = load("""{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": null, "properties":
{"number": 1, "name": "Losari \\ud83d", "main_url": "rtsp://10.0.0.1/m", "\\ud800": 1}}]}""", "half.geojson")
    assert plan.written and plan.passed_over == ("?",)
    assert [camera.name for camera in registry.list_cameras()] == ["Losari ?"]


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes on Linux alone")
def test_the_name_of_a_list_may_be_in_another_encoding(registry, load):
    name = os.fsdecode(b"caf\xe9.csv")
    assert load("number,name,main_url\n1,A,rtsp://10.0.0.1/m\n", name).written
    assert registry.imports.last().file == "caf?.csv"
