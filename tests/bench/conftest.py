"""After the last figure the table is written and shown."""

from __future__ import annotations

import pytest

from tests.bench import stage
from tests.bench.table import render


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Only where figures were measured: an ordinary run of the tests says nothing."""
    ran = [report for state in ("passed", "failed") for report in terminalreporter.stats.get(state, ())]
    if any("tests/bench/" in report.nodeid for report in ran):
        stage.RESULTS.mkdir(parents=True, exist_ok=True)     # a bench that measures nothing may run alone
        (stage.RESULTS / "table.md").write_text(render())
        terminalreporter.write_line(render())
