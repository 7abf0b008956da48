"""The station's certificate on the command line."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli import front
from app.evidence import identity, zones
from app.evidence.checking import check
from app.evidence.package import Export
from app.model.camera import Camera
from app.model.clip import ClipRequest, Zone
from app.model.custody import Act
from app.registry.registry import Registry, vault_of_this_user
from app.runtime import paths


def test_show_makes_it_once_and_rotate_keeps_the_former(capsys: pytest.CaptureFixture[str]) -> None:
    def station(*words: str) -> str:
        assert front.main(["station", *words, "--language", "en"], lambda _: 9) == 0
        return capsys.readouterr().out

    first = station("show")
    assert station("show") == first
    (fingerprint,) = identity.known_fingerprints()
    assert fingerprint.upper() in first.replace(":", "")
    assert b"PRIVATE" not in (identity.folder() / identity.KEY).read_bytes()
    second = station("rotate", "--name", "Pos 2")
    assert "Pos 2" in second and fingerprint.upper() not in second.replace(":", "")
    assert fingerprint.upper() in station("show").replace(":", "")
    made = identity.load(vault=vault_of_this_user())
    assert made.name == "Pos 2" and list(identity.known_fingerprints()) == [made.fingerprint, fingerprint]


def test_what_the_former_key_signed_stays_good_and_known(request_of: ClipRequest, tmp_path: Path) -> None:
    old = identity.load_or_make("Pos 1", vault=vault_of_this_user())
    request = replace(request_of, cameras=request_of.cameras[:1], custody=None)
    made = Export(request, old, tmp_path, with_zip=False).run()
    new = identity.rotate("Pos 2", vault=vault_of_this_user())
    assert new.fingerprint != old.fingerprint
    told = check(made.folder, known=identity.known_fingerprints())
    known, = (finding for finding in told.findings if finding.key == "station.known")
    assert told.good and known.facts == {"station": "Pos 1", "fingerprint": old.fingerprint}
    assert check(made.folder, expected=old.fingerprint).good and not check(made.folder, expected=new.fingerprint).good
    assert identity.load(vault=vault_of_this_user()).sign(b"x") and new.certificate != old.certificate


def test_custody_is_told_and_a_cut_end_is_found_by_a_package(request_of: ClipRequest, tmp_path: Path,
                                                             capsys: pytest.CaptureFixture[str]) -> None:
    def station(*words: str) -> tuple[int, str]:
        code = front.main(["station", "custody", *words, "--language", "en"], lambda _: 9)
        told = capsys.readouterr()
        return code, told.out + told.err

    assert station()[0] == 2                        # there is no registry yet
    request = replace(request_of, cameras=request_of.cameras[:1])
    paths.registry_path().parent.mkdir(parents=True)
    with Registry(paths.registry_path()) as registry:
        registry.custody.add(Act.PLAYBACK, {"camera": "cam-1"}, "Budi")
        registry.custody.add(Act.EXPORT, {"case": request.case, "cameras": ["cam-1"], "in_us": request.t0,
                                          "out_us": request.t1}, "Budi")
        taken = registry.custody.excerpt(lambda told: True)
    made = Export(replace(request, custody=taken), identity.load_or_make("Pos", tmp_path / "key"), tmp_path / "out",
                  with_zip=False).run()
    assert front.main(["verify", str(made.folder), "--language", "en"], lambda _: 9) == 0
    assert "up to line 2; 2 of its last 2 lines" in capsys.readouterr().out
    code, text = station(str(made.folder))
    lines = [json.loads(line) for line in text.splitlines()[:3]]
    assert code == 0 and [line["act"] for line in lines] == ["playback", "export", "verified"]
    assert lines[2]["what"]["good"] == "yes" and "The chain of custody holds: 3 lines" in text
    with closing(sqlite3.connect(paths.registry_path())) as db:
        db.executescript("DROP TRIGGER custody_grows; DROP TRIGGER custody_stays; DELETE FROM custody WHERE seq > 1")
    assert station()[0] == 0                        # the chain alone does not tell that its end is gone
    code, text = station(str(made.folder))
    assert code == 1 and "cut off or written anew" in text
    with closing(sqlite3.connect(paths.registry_path())) as db, db:
        db.execute("UPDATE custody SET line = replace(line, 'Budi', 'Badu')")
    code, text = station()
    assert code == 1 and "broken at line 1" in text


def test_zones_are_kept_for_a_camera(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "r.db"
    with Registry(path) as registry:
        camera, = registry.save_cameras(Camera("", 12, "Pasar", ()))

    def blur(*words: str) -> tuple[int, str]:
        code = front.main(["station", "blur", *words, "--registry", str(path), "--language", "en"], lambda _: 9)
        told = capsys.readouterr()
        return code, told.out + told.err

    def kept() -> zones.Zones:
        with Registry(path) as registry:
            return zones.read(str(registry.setting(zones.SETTING)))

    assert blur("12", "10,20,30.5,15", "0,0,100,8") == (0, "0012 Pasar: 2 zones are blurred in viewing copies.\n")
    assert kept() == {camera.id: (Zone(1000, 2000, 3050, 1500), Zone(0, 0, 10_000, 800))}
    for wrong in ("10,20,30", "10,20,95,5", "a,b,c,d", "1,1,0,5"):
        assert blur("12", wrong)[0] == 2
    assert blur("13", "1,1,5,5")[0] == 2 and len(kept()) == 1
    assert blur("12")[0] == 0 and kept() == {}
    with Registry(path) as registry:
        registry.edit([camera.id], {"rotation": 180})
    assert blur("12", "0,0,30,10")[0] == 0 and kept() == {camera.id: (Zone(7000, 9000, 3000, 1000),)}
    with Registry(path) as registry:
        registry.undo_edit()
    with Registry(path) as registry:
        registry.set_setting(zones.SETTING, "[1")
    code, text = blur("12", "1,1,5,5")
    assert code == 0 and "cannot be read; set them again" in text and kept() == {camera.id: (Zone(100, 100, 500, 500),)}


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes on Linux alone")
def test_a_package_whose_name_is_in_another_encoding_is_checked(tmp_path: Path,
                                                                capsys: pytest.CaptureFixture[str]) -> None:
    Registry.open(paths.ensure(paths.registry_path().parent) / paths.registry_path().name).close()
    package = tmp_path / os.fsdecode(b"caf\xe9")
    package.mkdir()
    assert front.main(["verify", str(package), "--language", "en"], lambda _: 9) == 1
    assert "This package is NOT" in capsys.readouterr().err
    with Registry(paths.registry_path()) as registry:
        line, = registry.custody.links()
        assert json.loads(line.line)["act"] == "verified" and "caf?" in line.line
