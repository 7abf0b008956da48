"""``main.py cameras import | export | undo-import`` as a stranger runs them."""

from __future__ import annotations

from pathlib import Path

from tests.cli.test_commands import run

LIST = """kode,nama,alamat,sandi,pemilik
101,Losari Utara,10.0.0.1,geheim,Dishub
,Losari Selatan,10.0.0.2,geheim,Dishub
"""


def test_in_out_and_back(tmp_path: Path) -> None:
    table, registry = tmp_path / "c.csv", str(tmp_path / "r.db")
    table.write_text(LIST)
    words = ("cameras", "import", str(table), "--registry", registry, "--map", "kode=number", "--number-from", "500",
             "--url-template", "rtsp://{address}/m")
    tried = run(*words, "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert "Would be added: 2" in tried.stdout and "New owners: Dishub (city)" in tried.stdout
    assert run("cameras", "list", "--registry", registry).stdout == ""
    done = run(*words)
    assert done.returncode == 0 and "Added: 2" in done.stdout
    for name in ("o.csv", "o.geojson"):
        out = run("cameras", "export", str(tmp_path / name), "--registry", registry)
        assert out.returncode == 0 and "2 cameras written" in out.stdout, out.stderr
        assert b"geheim" not in (tmp_path / name).read_bytes()
        again = run("cameras", "import", str(tmp_path / name), "--registry", registry)
        assert "unchanged: 2" in again.stdout
    back = run("cameras", "undo-import", "--registry", registry)
    assert back.returncode == 0 and "2 cameras removed" in back.stdout
    assert run("cameras", "undo-import", "--registry", registry).returncode == 2
    assert run("cameras", "list", "--registry", registry).stdout == ""


def test_faults_are_told_and_good_lines_written_only_when_asked(tmp_path: Path) -> None:
    table, registry = tmp_path / "c.csv", str(tmp_path / "r.db")
    table.write_text("no,nama,rtsp\n1,A,rtsp://10.0.0.1/m\nx,B,gopher://c/\n")
    words = ("cameras", "import", str(table), "--registry", registry)
    wrong = run(*words)
    assert wrong.returncode == 1 and "Line 3, column 3 “rtsp”" in wrong.stderr
    assert run("cameras", "list", "--registry", registry).stdout == ""
    some = run(*words, "--good-lines")
    assert some.returncode == 1 and "Added: 1" in some.stderr
    assert len(run("cameras", "list", "--registry", registry).stdout.splitlines()) == 1
    for more in (("--map", "no=foo"), ("--number-from", "0")):
        assert run(*words, *more).returncode == 2


def test_a_terminal_that_lacks_a_sign_still_gets_the_list(tmp_path: Path) -> None:
    table, registry = tmp_path / "c.csv", str(tmp_path / "r.db")
    table.write_text("number,name,main_url\n1,Pasar “Baru”,rtsp://10.0.0.1/m\n", encoding="utf-8")
    assert run("cameras", "import", str(table), "--registry", registry).returncode == 0
    shown = run("cameras", "list", "--registry", registry, PYTHONIOENCODING="ascii")
    assert shown.returncode == 0 and "Pasar \\u201cBaru\\u201d" in shown.stdout, shown.stderr
