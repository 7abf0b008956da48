"""CSV lists: every shape people save them in, line-exact sentences, all or nothing."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.model.camera import Place, StreamRole
from app.model.errors import OperatorError
from app.registry.exchange.bring import import_list
from app.registry.exchange.kinds import read_list
from app.registry.exchange.plan import Change
from app.registry.exchange.report import report_lines

HEAD = "number,name,main_url,sub_url,username,password,area,latitude,longitude\n"


def said(report) -> str:
    return "\n".join(report_lines(report))


def test_a_full_row_becomes_a_camera(registry, load):
    report = load(HEAD + "0112,Balai Kota,rtsp://10.0.0.5/m,rtsp://10.0.0.5/s,admin,geheim,"
                         "Makassar > Ujung Pandang,-5.1349,119.4127\n")
    assert (report.added, report.changed, report.refused, report.written) == (((2, 112),), (), (), True)
    [camera] = registry.list_cameras()
    assert (camera.number, camera.name, camera.area) == (112, "Balai Kota", ("Makassar", "Ujung Pandang"))
    assert camera.place == Place(-5.1349, 119.4127)
    assert [s.url for s in camera.streams] == ["rtsp://10.0.0.5/m", "rtsp://10.0.0.5/s"]
    assert (camera.credentials.username, camera.credentials.password.reveal()) == ("admin", "geheim")


@pytest.mark.parametrize("text", [
    "number,name,main_url\n7,Losari,rtsp://c/m\n",
    "number,name,main_url,sub_url,username\n7,Losari,rtsp://c/m\n",
    "NUMBER;Name;Main URL;;\r\n7;Losari;rtsp://c/m;;\r\n",
    "name\tmain_url\tnumber\n\nLosari\trtsp://c/m\t7\n\n",
    "7,Losari,rtsp://c/m\n",
    '"number","name","main_url"\r"7","Losari","rtsp://c/m"\r',
])
def test_what_is_left_out_may_be_left_out(registry, load, text):
    report = load(text)
    assert report.refused == ()
    [camera] = registry.list_cameras()
    assert (camera.number, camera.name, [s.url for s in camera.streams]) == (7, "Losari", ["rtsp://c/m"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
def test_every_encoding_that_offices_write_is_read(registry, load, encoding):
    report = load("number,name,main_url\n7,Café Jalan Émile,rtsp://c/m\n".encode(encoding))
    assert report.refused == ()
    assert registry.list_cameras()[0].name == "Café Jalan Émile"


def test_the_second_time_nothing_changes_and_a_dry_run_writes_nothing(registry, load):
    text = HEAD + "1,A,rtsp://c/1,,u,p,Ambon,,\n2,B,rtsp://c/2,,,,,,\n"
    assert len(load(text, dry_run=True).added) == 2
    assert registry.list_cameras() == []
    assert registry.last_change() == 0
    load(text)
    mark, report = registry.last_change(), load(text)
    assert (report.added, report.changed, report.unchanged) == ((), (), ((2, 1), (3, 2)))
    assert registry.last_change() == mark
    assert "unchanged: 2" in said(report)


def test_a_known_number_is_changed_and_empty_cells_leave_what_is_known(registry, load):
    load(HEAD + "1,A,rtsp://c/1,rtsp://c/s,u,p,Ambon,-3.7,128.2\n")
    [before] = registry.list_cameras()
    registry.save_cameras(replace(before, streams=(replace(before.streams[0], width=1920, height=1080),
                                                   before.streams[1])))
    report = load("number,name,main_url\n1,A baru,rtsp://c/1\n")
    assert report.changed == ((2, 1),)
    [after] = registry.list_cameras()
    assert after.name == "A baru"
    assert (after.id, after.place, after.area, after.credentials) == (
        before.id, before.place, before.area, before.credentials)
    assert after.streams[0].width == 1920, "the size of a stream is kept while its address stays"
    load(HEAD + "1,,rtsp://c/2,,,q,,,\n")
    [last] = registry.list_cameras()
    assert (last.credentials.username, last.credentials.password.reveal()) == ("u", "q")
    assert (last.streams[0].url, last.streams[0].width, last.stream(StreamRole.SUB)) == (
        "rtsp://c/2", 0, before.stream(StreamRole.SUB))


BAD = [
    ("x,A,rtsp://c/m", "number must be a whole number"),
    ("0,A,rtsp://c/m", "number must be"),
    ("-3,A,rtsp://c/m", "number must be"),
    ("1.0,A,rtsp://c/m", "number must be"),
    ("1000000,A,rtsp://c/m", "number must be"),
    ("٣,A,rtsp://c/m", "number must be"),
    ("3,,rtsp://c/m", "name is empty"),
    ("3,A,", "main_url is empty"),
    ("3,A,gopher://c/m", "gopher:// are not opened"),
    ("3,A,rtsp:///m", "names no host"),
    ("3,A,rtsp://c/m,javascript:alert(1)", "no scheme"),
    ("3,A,rtsp://c/m,,,,,119.4,-5.1", "swapped"),
    ("3,A,rtsp://c/m,,,,,119.4,", "go together"),
    ("3,A,rtsp://c/m,,,,,95,200", "latitude goes from"),
    ("3,A,rtsp://c/m,,,,,nan,1", "in degrees"),
    ("3,A,rtsp://c/m,,,,,1e400,1", "in degrees"),
    ("3,A,rtsp://u:p1@c/m,,v,,,,", "different users"),
    ("3,A,rtsp://u:p1@c/m,rtsp://u:p2@c/s", "different users"),
    ("3,A,rtsp://c/m,,,,,,,,extra", "11 cells"),
    (f"3,{'n' * 201},rtsp://c/m", "longer than 200"),
    (f"3,A,rtsp://c/m,,,,{'>'.join('abcdefghi')}", "more than 8 levels"),
    ('3,"A\nB",rtsp://c/m', "line break"),
    ("3,A\x1b[2J,rtsp://c/m", "control character"),
    ("1,Again,rtsp://c/m", "number 1 is already used on line 2"),
]


@pytest.mark.parametrize(("row", "words"), BAD)
def test_a_bad_row_is_named_by_its_line_and_nothing_is_imported(registry, load, row, words):
    report = load(HEAD + "1,Good,rtsp://c/1\n\n" + row + "\n5,Good too,rtsp://c/5\n")
    [refusal] = report.refused
    assert refusal.line == 4
    assert words in refusal.sentence
    assert "Nothing was imported" in said(report)
    assert not report.written
    assert registry.list_cameras() == []
    assert registry.last_change() == 0


def test_a_row_after_a_cell_of_two_lines_is_still_named_by_its_own_line(load):
    report = load(HEAD + '1,"A\r\nB",rtsp://c/1\r\n2,C,nothing\r\n')
    assert [r.line for r in report.refused] == [2, 4]


@pytest.mark.parametrize(("content", "words"), [
    (b"", "empty"),
    (b"\n\n", "empty"),
    (b"number,title\n1,A\n", "missing: name, main_url"),
    (b"number,name,name,main_url\n1,A,B,rtsp://c/\n", "twice: name"),
    (HEAD.encode() + b"1,A\0,rtsp://c/m\n", "Line 2: the file holds a NUL"),
    (HEAD.encode() + b'1,"A,rtsp://c/m\n2,B,rtsp://c/m\n', "Line 2: a cell begins with a quotation mark"),
    (HEAD.encode() + b'1,"A"x,rtsp://c/m\n', "Line 2: the quotation marks"),
    (HEAD.encode() + b"1,A,rtsp://c/m\n2," + b"x" * 10_000_000 + b",rtsp://c/m\n", "Line 3: a cell is longer"),
    (HEAD.encode() + b"1,A,rtsp://c/m\n2," + b"x" * 11_000 + b",rtsp://c/m\n", "Line 3: a cell is longer"),
    (HEAD.encode() + b"1,A\x81,rtsp://c/m\n", "Line 2: the text is neither"),
    (b"\xff\xfe\x00", "neither"),
    (b"x" * (32 * 1024 * 1024 + 1), "larger than 32 MB"),
])
def test_a_hostile_file_gets_a_sentence_and_changes_nothing(registry, load, content, words):
    report = load(content)
    assert len(report.refused) == 1
    assert words in said(report)
    assert registry.last_change() == 0


def test_a_dry_run_needs_no_right_to_write(registry, open_registry, tmp_path):
    (tmp_path / "list.csv").write_text(HEAD + "1,A,rtsp://c/m\n")
    other = open_registry(read_only=True)
    assert import_list(other, tmp_path / "list.csv", dry_run=True).added == ((2, 1),)
    with pytest.raises(OperatorError, match="read-only"):
        import_list(other, tmp_path / "list.csv")


def test_a_missing_file_is_a_sentence(registry, tmp_path):
    assert "cannot be read" in said(import_list(registry, tmp_path / "none.csv"))


def test_no_report_repeats_a_password(load):
    report = load(HEAD + "1,A,rtsp://u:Gsangatrahasia/x@c/m,,,,,,\n2,B,rtsp://u:Gsangatrahasia@c/m,,,lain,,,\n"
                         "x,C,rtsp://c/m,,u,Gsangatrahasia,,,\n")
    assert len(report.refused) == 3
    assert "sangatrahasia" not in said(report) + repr(report)


def test_columns_that_mean_nothing_are_told(load):
    report = load(HEAD.strip() + ",warna\n1,A,rtsp://c/m,,,,,,,merah\n")
    assert report.passed_over == ("warna",)
    assert "warna" in said(report)


@pytest.mark.parametrize("text", ["number,name,main_url\n1,Jl A, Blok B,rtsp://c/m\n",
                                  "1,A,rtsp://c/m,,u,p,,,,x\n"])
def test_a_separator_within_a_name_is_noticed(load, text):
    [refusal] = load(text).refused
    assert "quotation marks" in refusal.sentence


def test_decimal_commas_and_slashes_in_names_are_understood(registry, load):
    load("number;name;main_url;area;latitude;longitude\n"
         "1;A;rtsp://c/m;Makassar / Tallo › RT 01/RW 05;-5,1349;119,4127\n")
    [camera] = registry.list_cameras()
    assert camera.area == ("Makassar", "Tallo", "RT 01/RW 05")
    assert camera.place == Place(-5.1349, 119.4127)


def test_a_picture_is_turned_by_quarters(registry, load):
    load("no,nama,rtsp,rotasi gambar\n1,A,rtsp://c/m,\n2,B,rtsp://d/m,90°\n3,C,rtsp://e/m,270.0\n")
    assert [c.rotation for c in registry.list_cameras()] == [0, 90, 270]
    dry = load("number,rotation\n1,180\n2,\n3,0\n", dry_run=True)
    assert [change for step in dry.steps for change in step.changes] == [
        Change("rotation", "0", "180"), Change("rotation", "270", "0")]
    assert [c.rotation for c in registry.list_cameras()] == [0, 90, 270], "a dry run writes nothing"
    load("number,rotation\n1,180\n2,\n3,0\n")
    assert [c.rotation for c in registry.list_cameras()] == [180, 90, 0], "an empty cell changes nothing"


@pytest.mark.parametrize("text", ["45", "-90", "terbalik", "90 90", "360"])
def test_another_rotation_is_a_sentence_at_its_cell(load, text):
    [refusal] = load(f"number,name,main_url,rotation\n1,A,rtsp://c/m,{text}\n").refused
    assert refusal.field == "rotation" and refusal.line == 2
    assert "0, 90, 180 or 270 degrees clockwise" in refusal.sentence and text in refusal.sentence


def test_a_wrong_column_does_not_print_six_thousand_sentences(load):
    report = load(HEAD + "".join(f"x{n},A,rtsp://c/m\n" for n in range(300)))
    assert len(report.refused) == 300
    assert len(report_lines(report)) == 52
    assert "250 more lines" in said(report)


def test_a_city_of_6000_is_imported_in_one_go(registry, load):
    rows = "".join(f"{n},Jl Pettarani {n},rtsp://10.1.{n // 250}.{n % 250}/m,rtsp://10.1.{n // 250}.{n % 250}/s,"
                   f"admin,kata{n},Makassar > Kecamatan {n % 15},-5.1{n:04d},119.4\n" for n in range(1, 6001))
    report = load(HEAD + rows)
    assert len(report.added) == len(registry.list_cameras()) == 6000


cells = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
@given(st.lists(st.lists(cells, min_size=1, max_size=10), min_size=1, max_size=6), st.sampled_from(",;\t"))
def test_any_table_is_reported_and_bad_ones_change_nothing(registry, load, rows, separator):
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    before = registry.list_cameras()
    report = load(HEAD.replace(",", separator) + text.getvalue(), dry_run=False)
    lines = sum(map((HEAD + text.getvalue()).count, "\r\n"))
    assert all(0 <= refusal.line <= lines for refusal in report.refused)
    if report.refused:
        assert registry.list_cameras() == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_sentence(tmp_path, data):
    path = tmp_path / "any.csv"
    path.write_bytes(data)
    try:
        rows = read_list(path).rows
    except OperatorError as error:
        assert str(error)
    else:
        assert [r.number for r in rows] == sorted({r.number for r in rows})
