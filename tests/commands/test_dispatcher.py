"""From key or click to handler: conditions, refusals, holding and letting go."""

from typing import Any

import pytest

from app.commands import CAMERA, Command, Context, Dispatcher, Outcome, Ran, Result, Table
from app.model.errors import OperatorError

MOVE = Command("move", "move", "Test", ("Left", "Num 4"), hold=True)
LOOK = Command("look", "look", "Test", ("L",), when=CAMERA, menu="pane")
TYPE = Command("type", "type", "Test", ("1", "2"), takes_key=True)
NAME = Command("name", "name it", "Test", takes=("text",), fixed=(("size", 3),))
IDLE = Command("idle", "idle", "Test", ("I",))


class Bench:
    """A dispatcher with handlers that write down what they were called with."""

    def __init__(self) -> None:
        self.context = Context(window="w1")
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.dispatcher = Dispatcher(Table((MOVE, LOOK, TYPE, NAME, IDLE)), lambda: self.context)
        for command_id in ("move", "look", "type", "name"):
            self.dispatcher.bind(command_id, self._handler(command_id))
        self.ran: list[Ran] = []
        self.refused: list[Outcome] = []
        self.dispatcher.ran.connect(self.ran.append)
        self.dispatcher.refused.connect(self.refused.append)

    def _handler(self, command_id: str) -> Any:
        return lambda **args: self.calls.append((command_id, args))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_command_runs_and_is_recorded(bench: Bench) -> None:
    assert bench.dispatcher.run("name", text="gate")
    assert bench.calls == [("name", {"size": 3, "text": "gate"})]
    assert bench.ran == [Ran("name", {"size": 3, "text": "gate"}, "w1")]


def test_conditions_and_missing_arguments_refuse(bench: Bench) -> None:
    assert not bench.dispatcher.run("look")
    assert bench.dispatcher.run("name").reason == "“name it” needs text."
    assert [o.result for o in bench.refused] == [Result.REFUSED] * 2 and bench.calls == []
    assert bench.dispatcher.press("L") is None
    assert not bench.dispatcher.available("look")
    bench.context = Context(camera=True)
    assert bench.dispatcher.available("look") and bench.dispatcher.press("L")


def test_unknown_and_unbound_are_told(bench: Bench) -> None:
    for outcome in (bench.dispatcher.run("fly"), bench.dispatcher.run("idle"), bench.dispatcher.press("I")):
        assert outcome is not None and outcome.result is Result.UNKNOWN
    assert bench.dispatcher.unbound() == ("idle",) and not bench.dispatcher.available("idle")
    with pytest.raises(ValueError, match="no command fly"):
        bench.dispatcher.bind("fly", print)
    with pytest.raises(ValueError, match="bound twice"):
        bench.dispatcher.bind("look", print)
    bench.dispatcher.unbind("look")
    bench.dispatcher.bind("look", print)


def test_the_key_travels_with_commands_that_take_it(bench: Bench) -> None:
    bench.dispatcher.press("2")
    bench.dispatcher.press("Num 1")
    assert bench.calls == [("type", {"key": "2"}), ("type", {"key": "1"})]


def test_hold_and_release(bench: Bench) -> None:
    bench.dispatcher.press("Left")
    bench.dispatcher.press("Left")                             # auto-repeat that slipped through
    assert bench.dispatcher.held == {"move"}
    assert bench.dispatcher.release("Shift+Left")              # Shift came down in between
    assert bench.calls == [("move", {"down": True}), ("move", {"down": False})]
    assert bench.dispatcher.release("Left") is None


def test_a_sign_that_changes_with_shift_is_still_released() -> None:
    """Plus on a United States keyboard is Shift and "="; Shift may come up first, and the zoom must end."""
    calls: list[bool] = []
    dispatcher = Dispatcher(Table([Command("zoom", "zoom", "Test", ("+", "="), hold=True)]), Context)
    dispatcher.bind("zoom", lambda down: calls.append(down))
    dispatcher.press("+")
    dispatcher.release("=")
    assert calls == [True, False]


def test_two_keys_on_one_hold_command(bench: Bench) -> None:
    bench.dispatcher.press("Left")
    bench.dispatcher.press("Num 4")
    bench.dispatcher.release("Left")
    assert bench.calls == [("move", {"down": True})]
    bench.dispatcher.release("Num 4")
    assert bench.calls[-1] == ("move", {"down": False})


def test_losing_the_focus_lets_go(bench: Bench) -> None:
    bench.dispatcher.press("Left")
    bench.context = Context(typing=True, kiosk=True)           # whatever came up: letting go always works
    bench.dispatcher.release_all()
    assert bench.calls == [("move", {"down": True}), ("move", {"down": False})]
    assert bench.dispatcher.held == frozenset()


def test_a_held_command_from_a_menu_is_a_tap(bench: Bench) -> None:
    bench.dispatcher.run("move")
    assert bench.calls == [("move", {"down": True}), ("move", {"down": False})]
    bench.dispatcher.run("move", down=False)
    assert bench.calls[-1] == ("move", {"down": False})


def test_a_handler_refuses_with_a_sentence_and_a_bug_travels_on() -> None:
    dispatcher = Dispatcher(Table((IDLE, LOOK)), Context)
    told: list[Outcome] = []
    dispatcher.refused.connect(told.append)

    def refuse() -> None:
        raise OperatorError("Not now.")

    dispatcher.bind("idle", refuse)
    outcome = dispatcher.press("I")
    assert outcome == Outcome(Result.REFUSED, "idle", "Not now.") and told == [outcome]
    dispatcher.unbind("idle")
    dispatcher.bind("idle", lambda: {}["bug"])
    with pytest.raises(KeyError):
        dispatcher.run("idle")
