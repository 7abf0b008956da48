"""Every kind of list that people have, found by its content: Excel, playlists, maps, settings of other programs."""

from __future__ import annotations

import datetime
import io

import pytest
from openpyxl import Workbook

from app.model.camera import Place
from app.model.register import Level, OwnerKind
from app.registry.exchange.report import report_lines
from app.registry.exchange.table import Kind


def said(plan, **more) -> str:
    return "\n".join(report_lines(plan, **more))


def workbook(*rows, title: str = "Sheet") -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_a_citys_workbook_with_titles_numbers_as_floats_and_levels(registry, load):
    book = Workbook()
    notes, sheet = book.active, book.create_sheet("CCTV")
    notes.append(["Dibuat oleh Diskominfo"])
    sheet.append(["DAFTAR CCTV KOTA MAKASSAR"])
    sheet.merge_cells("A1:H1")
    sheet.append(["per", datetime.date(2026, 11, 1)])
    sheet.append([])
    sheet.append(["No", "Nomor CCTV", "Nama Titik", "Kecamatan", "Kelurahan", "Pemilik", "IP Address", "Lintang",
                  "Bujur", "Terbatas", "Tinggi (m)"])
    sheet.append([1, 412.0, "Balai Kota", "Ujung Pandang", "Baru", "Polrestabes", "10.12.1.50", -5.1349, 119.4127,
                  True, 6.5])
    data = io.BytesIO()
    book.save(data)
    plan = load(data.getvalue(), "names-nothing", url_template="rtsp://{address}:554/m", sub_template="rtsp://{ip}/s")
    assert plan.refused == () and plan.table.kind is Kind.XLSX and plan.table.sheet == "CCTV"
    assert plan.passed_over == ("No",)
    [camera] = registry.list_cameras()
    assert (camera.number, camera.name, camera.area) == (412, "Balai Kota", ("Ujung Pandang", "Baru"))
    assert [s.url for s in camera.streams] == ["rtsp://10.12.1.50:554/m", "rtsp://10.12.1.50/s"]
    assert (camera.place, camera.restricted, camera.height) == (Place(-5.1349, 119.4127), True, 6.5)
    assert [area.level for area in registry.areas.all()] == [Level.KECAMATAN, Level.KELURAHAN]
    [owner] = registry.owners.all()
    assert (owner.name, owner.kind, camera.owner) == ("Polrestabes", OwnerKind.POLICE, owner.id)
    assert "Polrestabes (police)" in said(plan) and "Sheets that were not read: Sheet" in said(plan)


def test_a_fault_in_a_workbook_names_row_and_column(load):
    plan = load(workbook(["Daftar"], [], ["No", "Nama", "RTSP", "Lintang", "Bujur"],
                         [7, "A", "rtsp://c/1", 119.41, -5.14], [8, "B", "rtsp://c/2", "#REF!", 1]), "a.xlsx")
    assert [(r.line, r.column, r.head) for r in plan.refused] == [(4, 4, "Lintang"), (5, 4, "Lintang")]
    assert "swapped" in plan.refused[0].sentence and "#REF!" in plan.refused[1].sentence


def test_an_address_without_a_pattern_is_never_guessed(load, registry):
    text = "no;nama;alamat;merk\n1;A;10.0.0.1;Hikvision\n2;B;10.0.0.2;Dahua\n"
    [refusal] = load(text).refused
    assert refusal.field == "url_template" and "rtsp://{address}" in refusal.sentence
    assert load(text, url_template="rtsp://{address}/{channel}").refused[0].field == "channel"
    assert "javascript" in load(text, url_template="javascript://{address}/").refused[0].sentence
    assert "{foo}" in load(text, url_template="rtsp://{foo}/").refused[0].sentence
    assert load(text, url_template="rtsp://{alamat}/x").written
    # A known camera whose address is another now: not passed over in silence.
    assert load("no;nama;alamat\n1;A;10.0.0.9\n", dry_run=True).refused[0].field == "url_template"
    assert load("no;nama;alamat\n1;A;10.0.0.1\n", dry_run=True).unchanged == ((2, 1),)


def test_a_street_is_no_address(load, registry):
    plan = load("no,nama,alamat,rtsp\n1,A,Jl. Pettarani 5,rtsp://c/1\n2,B,Jl. Losari,rtsp://c/2\n")
    assert plan.written and plan.passed_over == ("alamat",)


M3U = """#EXTM3U
#EXTINF:-1 tvg-id="x" group-title="Makassar > Tallo",Pantai Losari
#EXTVLCOPT:rtsp-user=admin
#EXTVLCOPT:rtsp-pwd=geheim
rtsp://10.0.0.1/a

#EXTINF:0,Balai Kota
rtsp://u:p@10.0.0.2/b
rtsp://10.0.0.3/c
"""


def test_a_playlist_of_vlc_needs_a_first_number_and_is_known_again(registry, load):
    [refusal] = load(M3U, "a.m3u").refused
    assert refusal.field == "number" and "from 1 on" in refusal.sentence
    plan = load(M3U, "a.m3u", number_from=500)
    assert plan.added == ((5, 500), (8, 501), (9, 502))
    first, second, third = registry.list_cameras()
    assert (first.name, first.area, first.credentials.username) == ("Pantai Losari", ("Makassar", "Tallo"), "admin")
    assert (second.credentials.password.reveal(), third.name) == ("p", "10.0.0.3")
    assert len(load(M3U, "b.txt", number_from=700).unchanged) == 3, "known again by their addresses"


def test_numbers_that_the_list_uses_are_not_given_away(load):
    plan = load("no,nama,rtsp\n,A,rtsp://c/1\n5,B,rtsp://c/2\n,C,rtsp://c/3\n", number_from=5)
    assert plan.added == ((2, 6), (3, 5), (4, 7))


def test_xspf(registry, load):
    plan = load("""<?xml version="1.0" encoding="UTF-8"?>
<playlist xmlns="http://xspf.org/ns/0/" xmlns:vlc="http://www.videolan.org/vlc/playlist/ns/0/" version="1">
<trackList>
<track><location>rtsp://10.0.0.9/x</location><title>Pasar &amp; Kota</title>
<extension application="http://www.videolan.org/vlc/playlist/0"><vlc:option>rtsp-user=joe</vlc:option></extension>
</track>
<track><location>ftp://10.0.0.9/x</location></track>
</trackList></playlist>""", "list", number_from=1, good_lines=True)
    assert plan.added == ((4, 1),) and plan.refused[0].line == 7
    assert registry.list_cameras()[0].name == "Pasar & Kota"
    assert registry.list_cameras()[0].credentials.username == "joe"


@pytest.fixture
def two(registry, camera):
    registry.save_cameras(camera(5, name="Titik Lima", place=None), camera(6, name="Titik Enam", place=None))
    return registry


def test_positions_come_from_geojson_by_number_or_name(two, load):
    plan = load("""{"type": "FeatureCollection", "name": "x", "features": [
{"type": "Feature", "properties": {"nomor": 5, "warna": 1}, "geometry": {"type": "Point",
"coordinates": [119.41, -5.14, 3]}},
{"type": "Feature", "properties": {"nomor": "6"}, "geometry": {"type": "Point", "coordinates": [-5.14, 119.41]}},
{"type": "Feature", "properties": {"nomor": 99}, "geometry": {"type": "Point", "coordinates": [119.41, -5.14]}},
{"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}}
]}""", "map.json", dry_run=True)
    assert plan.changed == ((2, 5),) and [r.line for r in plan.refused] == [4, 5]
    assert "swapped" in plan.refused[0].sentence and "no camera has this number" in plan.refused[1].sentence
    assert "1 shape" in said(plan) and "latitude: – → -5.14" in said(plan, dry_run=True)


KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>Kota</name><Folder>
<Placemark><name>titik lima</name><description><![CDATA[<b>dekat</b> pasar]]></description>
<Point><coordinates>119.5,-5.2,0</coordinates></Point></Placemark>
<Placemark><ExtendedData><Data name="Nomor"><value>0006</value></Data></ExtendedData>
<Point><coordinates> 119.6,-5.3 </coordinates></Point></Placemark>
</Folder></Document></kml>"""


def test_positions_come_from_kml(two, load):
    assert load(KML.replace("lima", "limo"), "a.kml").refused[0].sentence.endswith("Perhaps 0005 Titik Lima is meant.")
    plan = load(KML, "a.kml")
    assert plan.refused == ()
    five, six = two.list_cameras()
    assert (five.place, five.notes, six.place) == (Place(-5.2, 119.5), "dekat pasar", Place(-5.3, 119.6))


FRIGATE = """mqtt: {enabled: false}
x: &base
  ffmpeg: {hwaccel_args: preset-vaapi}
go2rtc:
  streams:
    gate: ["rtsp://admin:pw@10.9.9.1/main", "ffmpeg:gate#audio=opus"]
cameras:
  gate:
    <<: *base
    friendly_name: Gerbang
    ffmpeg:
      inputs:
        - path: rtsp://127.0.0.1:8554/gate
          roles: [record]
        - path: rtsp://admin:pw@10.9.9.1/sub
          roles: [detect]
  yard:
    ffmpeg:
      inputs:
        - path: rtsp://admin:{FRIGATE_RTSP_PASSWORD}@10.9.9.2/main
"""
GO2RTC = """streams:
  pintu: rtsp://a:${PW}@10.1.1.1/s
  dapur:
    - rtsp://a:b@10.1.1.2/main#backchannel=0
    - ffmpeg:dapur#video=h264
  dapur_sub: rtsp://a:b@10.1.1.2/sub
  exe: exec:ffmpeg -i x
"""
MEDIAMTX = """paths:
  cam1:
    source: rtsp://10.2.2.2/x
  all_others:
  pub: {source: publisher}
"""


@pytest.mark.parametrize(("text", "kind", "name", "line", "urls", "faults"), [
    (FRIGATE, Kind.FRIGATE, "Gerbang", 8, ["rtsp://10.9.9.1/main", "rtsp://10.9.9.1/sub"], [17]),
    (GO2RTC, Kind.GO2RTC, "dapur", 3, ["rtsp://10.1.1.2/main", "rtsp://10.1.1.2/sub"], [2]),
    (MEDIAMTX, Kind.MEDIAMTX, "cam1", 2, ["rtsp://10.2.2.2/x"], []),
])
def test_settings_of_other_programs(registry, load, text, kind, name, line, urls, faults):
    plan = load(text, "config.yml", number_from=9, good_lines=True)
    assert plan.table.kind is kind and plan.added[0][0] == line
    assert [r.line for r in plan.refused] == faults
    assert all("whose value only the other program knows" in r.sentence for r in plan.refused)
    [camera] = registry.list_cameras()
    assert (camera.name, [s.url for s in camera.streams]) == (name, urls)


@pytest.mark.parametrize(("head", "field"), [
    ("Nama Kamera", "name"), ("NO. KAMERA", "number"), ("Kec.", "kecamatan"), ("Kata Sandi", "password"),
    ("Latitude (°)", "latitude"), ("garis_bujur", "longitude"), ("Pemilik", "owner"), ("IP Address", "address"),
    ("Link RTSP", "main_url"), ("Keterangan", "notes"), ("Merk", "make"), ("warna", "")])
def test_heads_of_offices_are_recognised(head, field):
    from app.registry.exchange.columns import field_of
    assert field_of(head) == field


def test_a_mapping_goes_first_and_is_remembered(registry, load):
    text = "kode;sebutan;sumber;rtsp\n{0};A;rtsp://c/{0};rtsp://x/{0}\n"
    assert load(text.format(1)).refused
    mapping = {"kode": "number", "Sebutan": "name", "sumber": "main_url", "rtsp": "-"}
    assert load(text.format(1), mapping=mapping).written
    assert load(text.format(2)).written, "the second list needs no mapping"
    assert [c.streams[0].url for c in registry.list_cameras()] == ["rtsp://c/1", "rtsp://c/2"]
    assert "no column “fehlt”" in said(load(text.format(3), mapping={"fehlt": "name"}))
    assert "no field “foo”" in said(load(text.format(3), mapping={"kode": "foo"}))


def test_a_number_of_another_camera_is_told_with_the_nearest_free_one(registry, load, camera):
    registry.save_cameras(camera(207, name="Lorong 7"), camera(208, name="Lorong 8"))
    text = "no,nama,rtsp\n207,Lorong 9,rtsp://10.9.9.9/m\n"
    [refusal] = load(text).refused
    assert (refusal.line, refusal.column) == (2, 1)
    assert "0207 is already used by Lorong 7 (10.0.0.208)" in refusal.sentence and "0206" in refusal.sentence
    assert load(text, overwrite=True).changed == ((2, 207),)


@pytest.mark.parametrize(("zone", "words"), [("WIT A", "Perhaps WITA is meant."), ("CET", "WIB, WITA, WIT.")])
def test_an_unknown_zone_is_told(load, zone, words):
    [refusal] = load(f"no,nama,rtsp,zona\n1,A,rtsp://c/1,{zone}\n").refused
    assert refusal.column == 4 and refusal.sentence.endswith(words)


def test_owners_and_areas_are_told_before_they_are_made(registry, load):
    plan = load("no,nama,rtsp,pemilik,wilayah\n1,A,rtsp://c/1,Hotel Melati,Makassar > Tallo\n"
                "2,B,rtsp://c/2,hotel melati,Makassar > Tallo\n", dry_run=True)
    assert plan.new_owners == ("Hotel Melati",)
    assert [path for path, _level in plan.new_areas] == [("Makassar",), ("Makassar", "Tallo")]
    assert "Hotel Melati (private)" in said(plan, dry_run=True) and registry.owners.all() == []


def test_good_lines_alone_are_written_only_when_asked(registry, load):
    text = "no,nama,rtsp\n1,A,rtsp://c/1\nx,B,rtsp://c/2\n"
    assert not load(text).written and registry.list_cameras() == []
    plan = load(text, good_lines=True)
    assert plan.written and [r.line for r in plan.refused] == [3] and len(registry.list_cameras()) == 1


def test_changes_are_told_old_and_new_and_passwords_never(registry, load):
    load("no,nama,rtsp,sandi,pengguna\n1,A,rtsp://c/1,geheim1,u\n")
    plan = load("no,nama,rtsp,sandi,pengguna\n1,B,rtsp://c/1,geheim2,u\n", dry_run=True)
    text = said(plan, dry_run=True)
    assert "name: A → B; password: *** → ***" in text and "geheim" not in text + repr(plan)


def test_a_column_of_whole_addresses_is_the_main_stream_whatever_it_is_called(registry, load):
    assert load("no,nama,alamat\n1,A,rtsp://u:geheim@10.0.0.1/m\n").written
    [camera] = registry.list_cameras()
    assert (camera.streams[0].url, camera.credentials.password.reveal()) == ("rtsp://10.0.0.1/m", "geheim")
    [refusal] = load("no,nama,rtsp,alamat ip\n2,B,,rtsp://u:geheim@10.0.0.1/m\n").refused
    assert "whole address" in refusal.sentence and "geheim" not in str(refusal)
    [refusal] = load("no,nama,rtsp,alamat ip\n2,B,,u:geheim@10.0.0.1\n").refused
    assert "geheim" not in str(refusal)


def test_a_pipe_is_no_list(load, tmp_path, registry):
    import os

    from app.registry.exchange.bring import import_list
    os.mkfifo(tmp_path / "pipe")
    assert "is no file" in str(import_list(registry, tmp_path / "pipe").refused[0])
