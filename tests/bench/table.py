"""build/bench/*.json -> build/bench/table.md: python -m tests.bench.table"""

# ruff: noqa: T201 - a program of the command line
from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.bench import stage

type Row = tuple[str, str, str]         # what, measured, bound


def rows() -> list[tuple[Row, dict[str, Any]]]:
    """Every figure there is, with the bound that issue 2 sets, and the whole record it comes from."""
    found: list[tuple[Row, dict[str, Any]]] = []
    for path in sorted(stage.RESULTS.glob("*.json")):
        record = json.loads(path.read_text())
        found += [(row, record) for row in _ROWS.get(path.stem, _none)(record)]
    return found


def _none(_record: dict[str, Any]) -> list[Row]:
    return []


def _sixteen(r: dict[str, Any]) -> list[Row]:
    own = r["lawang"]
    return [
        ("16 panes: CPU against mpv in 16 windows", f"{r['to_mpv']:.2f} × ({own['cpu_percent']:.0f} % / "
         f"{r['mpv']['cpu_percent']:.0f} %)", "< 1 ×"),
        ("16 panes: CPU against ffmpeg decode + scale", f"{r['to_baseline']:.2f} × (ffmpeg "
         f"{r['baseline']['cpu_percent']:.0f} %)", "≤ 1.35 ×"),
        ("16 panes: pictures/s, worst pane", f"{own['fps_min']:.1f}", "≥ 14.5"),
        ("16 panes: delay median / 95 %", f"{own['latency_ms_p50']:.0f} / {own['latency_ms_p95']:.0f} ms (mpv "
         f"{r['mpv']['latency_ms_p50']:.0f} / {r['mpv']['latency_ms_p95']:.0f})", "≤ 200 / 300 ms"),
        ("16 panes: memory rss / pss", f"{own['rss_mib']:.0f} / {own['pss_mib']:.0f} MiB", "–"),
    ]


def _sixty_four(r: dict[str, Any]) -> list[Row]:
    own = r["lawang"]
    return [
        ("64 panes: pictures/s, worst pane", f"{own['fps_min']:.1f}", "≥ 14.5"),
        ("64 panes: CPU against ffmpeg decode + scale", f"{r['to_baseline']:.2f} × ({own['cpu_percent']:.0f} % / "
         f"{r['baseline']['cpu_percent']:.0f} %)", "≤ 1.25 ×"),
        ("64 panes: desktop process", f"{own['main_cpu_percent']:.1f} % of a core", "≤ 8 %"),
        ("64 panes: memory rss / pss", f"{own['rss_mib']:.0f} / {own['pss_mib']:.0f} MiB", "≤ 800 MB"),
        ("64 panes: program start to all panes", f"{own.get('all_tiles_s', 0):.1f} s", "≤ 6 s"),
    ]


def _first_picture(r: dict[str, Any]) -> list[Row]:
    return [("first picture, running stream, another pane", f"{r['second_pane_ms_p50']} ms, p99 "
             f"{r['second_pane_ms_p99']} ms", "≤ 120, p99 250 ms"),
            ("first picture, running stream, new size", f"{r['new_size_ms_p50']} ms, p99 {r['new_size_ms_p99']} ms",
             "≤ 120, p99 250 ms")]


def _cold(r: dict[str, Any]) -> list[Row]:
    return [("first picture, cold stream", f"{r['median_s']:.2f} s, longest {r['max_s']:.2f} s", f"≤ {r['bound_s']} s")]


def _cold_64(r: dict[str, Any]) -> list[Row]:
    return [("64 cold panes, engine start to all pictures", f"{r['all_s']:.1f} s", "≤ 6 s")]


def _stall(r: dict[str, Any]) -> list[Row]:
    found = r["found"].values()
    return [("GUI thread, longest gap", f"{r['worst_ms']:.0f} ms", "≤ 50 ms"),
            ("… without its wait for a processor", f"{max(told['unqueued_ms'] for told in found):.0f} ms", "–"),
            ("… most processor time at a stretch", f"{max(told['busy_ms'] for told in found):.0f} ms", "–")]


def _registry(r: dict[str, Any]) -> list[Row]:
    found: list[Row] = []
    for count, bound in ((6_000, "≤ 1.5 s"), (60_000, "≤ 3 s")):
        if console := r.get(f"console_{count}"):
            found += [(f"{count:,} cameras: start to a console that answers a key", f"{console['usable_s']:.2f} s",
                       bound),
                      (f"{count:,} cameras: memory of the desktop process", f"{console['memory_mib']:.0f} MiB",
                       "≤ 250 MB" if count == 6_000 else "–")]
        if lane := r.get(f"lane_{count}"):
            found += [(f"{count:,} cameras: file to directory", f"{lane['open_s']:.2f} s", bound),
                      (f"{count:,} cameras: one changed, until the directory knows", f"{lane['change_ms']:.0f} ms",
                       "≤ 100 ms"),
                      (f"{count:,} cameras: another program's change", f"{lane['other_s_max']:.2f} s", "≤ 1 s")]
    return found


def _tours(r: dict[str, Any]) -> list[Row]:
    turns = r["turns"]
    return [(f"page of a 16-pane tour ({len(turns)} turns): live at the turn / black panes",
             f"{r['least_live']} / {r['dark']}", "16 / 0"),
            ("… opened beforehand, all live after", f"{r['opened_s']:.1f} s", "–")]


def _soak(r: dict[str, Any]) -> list[Row]:
    looks = r["looks"]
    return [(f"{r['minutes']:g} minutes, {r['switches']} layout switches: memory after warming up",
             f"{100 * (r['growth'] - 1):+.1f} % ({looks[-1].get('own_mib', 0):.0f} MiB of its own)", "≤ +2 %"),
            ("… threads / descriptors, first and last", f"{looks[0]['threads']} → {looks[-1]['threads']} / "
             f"{looks[0]['descriptors']} → {looks[-1]['descriptors']}", "constant"),
            ("… delay median, first and last", f"{r['glass'][0]['p50_ms']} → {r['glass'][-1]['p50_ms']} ms",
             "the same")]


def _recording(r: dict[str, Any]) -> list[Row]:
    return [("64 streams recorded beside 16 shown, a recorded stream", f"{r['percent_per_stream']:.2f} % of a core",
             "≤ 0.4 %"),
            ("… pictures/s of the wall, worst pane", f"{min(turn['fps_min'] for turn in r['beside']):.1f} (alone "
             f"{min(turn['fps_min'] for turn in r['alone']):.1f})", "≥ 14.5"),
            ("… longest pause between two files", f"{r['longest_pause_s'] * 1000:.0f} ms", "no gap")]


def _bookmark(r: dict[str, Any]) -> list[Row]:
    return [("B to row and hold committed, 16 panes recorded", f"{r['p50']:.0f} ms, 95 % {r['p95']:.0f} ms", "≤ 50 ms")]


def _dome(light: str) -> Callable[[dict[str, Any]], list[Row]]:
    def rows_of(r: dict[str, Any]) -> list[Row]:
        found = r["found"]
        states = list(dict.fromkeys(name.partition("_")[2] for name in found))
        return [(f"dome of the demo by {light}, {role} stream: {', '.join(states)}",
                 ", ".join(f"{found[f'{role}_{state}']['cpu_percent']:.1f}" for state in states) + " % of a core",
                 "≤ 8 %") for role in ("sub", "main")]
    return rows_of


_ROWS = {"sixteen": _sixteen, "sixty_four": _sixty_four, "first_picture": _first_picture, "cold_picture": _cold,
         "cold_64": _cold_64, "stall": _stall, "registry": _registry, "tours": _tours, "soak": _soak,
         "recording": _recording, "recording_bookmark": _bookmark, "dome_day": _dome("day"),
         "dome_night": _dome("night")}


def render() -> str:
    """The table as Markdown; a pipe in a command would break it, none has one."""
    lines = ["| work | measured | bound | load | date | command |", "|---|---|---|---|---|---|"]
    lines += [f"| {what} | {measured} | {bound} | {r['load']:.1f} | {r['date']} | `{r['command']}` |"
              for (what, measured, bound), r in rows()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (stage.RESULTS / "table.md").write_text(render())
    print(render())
