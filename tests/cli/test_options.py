"""Flags: what each value means, and a sentence for each wrong one, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli import front
from app.cli.options import WallOptions, camera_numbers, window_geometry
from app.model.errors import OperatorError
from app.runtime import language, paths


def parse(*words: str) -> tuple[int, list[WallOptions]]:
    seen: list[WallOptions] = []

    def run(options: WallOptions) -> int:
        seen.append(options)
        return 0
    return front.main(words, run), seen


@pytest.mark.parametrize(("text", "numbers"), [
    ("1", (1,)), ("1-4", (1, 2, 3, 4)), ("1-3,70", (1, 2, 3, 70)), ("70,1-2,1", (70, 1, 2)), (" 5 , 7-8", (5, 7, 8)),
    ("0101", (101,)),
])
def test_camera_numbers(text: str, numbers: tuple[int, ...]) -> None:
    assert camera_numbers(text) == numbers


@pytest.mark.parametrize("text", ["", "x", "1-", "-3", "5-1", "0", "1,,2", "1-99999999", "1;2"])
def test_wrong_camera_numbers(text: str) -> None:
    with pytest.raises(OperatorError):
        camera_numbers(text)


@pytest.mark.parametrize(("text", "geometry"), [
    ("1920x1080+0+0", (1920, 1080, 0, 0)), ("1280x720", (1280, 720, 0, 0)), ("640X480+10+20", (640, 480, 10, 20)),
    ("640x480-1920+0", (640, 480, -1920, 0)), ("640x480+-1920+5", (640, 480, -1920, 5)),
])
def test_window_geometry(text: str, geometry: tuple[int, int, int, int]) -> None:
    assert window_geometry(text) == geometry


@pytest.mark.parametrize("text", ["", "3x", "0x5", "99999x10", "1920x1080+5", "1920x1080++5+5", "1920x1080--5+5"])
def test_wrong_windows(text: str) -> None:
    with pytest.raises(OperatorError):
        window_geometry(text)


def test_no_subcommand_means_wall(tmp_path: Path) -> None:
    code, (options,) = parse()
    assert code == 0
    assert options == WallOptions(registry=paths.registry_path(), assistant=True)
    assert not parse("--no-assistant")[1][0].assistant and not parse("--bare")[1][0].assistant


def test_every_flag_arrives(tmp_path: Path) -> None:
    registry, stats = tmp_path / "r.db", tmp_path / "s.jsonl"
    code, (options,) = parse("--registry", str(registry), "--layout", "8X8", "--cameras", "1-2,70", "--window",
                             "800x600+1+2", "--fullscreen", "--bare", "--stats-json", str(stats), "--language", "id",
                             "--log", "video,wall")
    assert code == 0
    assert options == WallOptions(registry, "8x8", (1, 2, 70), (800, 600, 1, 2), True, True, stats, "id",
                                  ("video", "wall"))
    assert language.current_language() == "id"


@pytest.mark.parametrize("words", [
    ("--layout", "99x99"), ("--layout", "nix"), ("--cameras", "x"), ("--window", "big"), ("--language", "fr"),
    ("--log", "nix"), ("--stats-json", "/nonexistent/x"), ("--registry", "/nonexistent/x"), ("--bogus",), ("dance",),
    ("cameras",), ("wall", "--layout"), ("demo", "control", "101"), ("demo", "control", "101", "dance"),
    ("demo", "control", "nix", "freeze"), ("cameras", "list"),
])
@pytest.mark.parametrize("code", language.LANGUAGES)
def test_wrong_words_are_told_in_one_sentence(words: tuple[str, ...], code: str,
                                              capsys: pytest.CaptureFixture[str],
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", {"id": "id_ID.UTF-8", "en": "en_US.UTF-8"}[code])
    answer, seen = parse(*words)
    said = capsys.readouterr()
    assert (answer, seen, said.out) == (front.WRONG_WORDS, [], "")
    assert 10 < len(said.err.strip()) < 300 and "Traceback" not in said.err and said.err.count("\n") == 1


@pytest.mark.parametrize(("words", "named"), [
    (("wall", "--bogus"), "--bogus"), (("wall", "--layout"), "--layout"), (("demo", "--port", "x"), "--port"),
    (("cameras",), "import|export"), (("cameras", "dance"), "dance"), (("wall", "--l", "4x4"), "--l"),
])
def test_what_argparse_complains_of_is_said_in_indonesian(words: tuple[str, ...], named: str,
                                                          capsys: pytest.CaptureFixture[str]) -> None:
    assert parse(*words, "--language=id")[0] == front.WRONG_WORDS
    said = capsys.readouterr().err
    assert named in said and "Lihat:" in said
    assert not any(english in said for english in ("argument", "expected", "invalid", "required", "ambiguous"))


@pytest.mark.parametrize("command", [(), *((name,) for name in front.COMMANDS)])
def test_help_is_in_the_language(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parse(*command, "--language=id", "--help") if command else parse("--help", "--language=id")
    said = capsys.readouterr().out
    assert end.value.code == 0
    assert said.startswith("pemakaian:") and "show this help" not in said and "options" not in said


def test_a_bug_ends_with_one_sentence_and_a_trace_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    def bug(_options: WallOptions) -> int:
        raise RuntimeError("proof")
    assert front.main([], bug) == 1
    said = capsys.readouterr().err
    assert "RuntimeError" in said and "Traceback" not in said
    assert "RuntimeError: proof" in (paths.log_dir() / "desktop.log").read_text("utf-8")


def test_an_operator_error_from_the_wall_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(_options: WallOptions) -> int:
        raise OperatorError("Do this.")
    assert front.main(["wall"], refuse) == front.WRONG_WORDS
    assert capsys.readouterr().err == "Do this.\n"
