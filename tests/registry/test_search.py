"""Finding cameras: ranks, typos, filters, and an index that is never behind what was written."""

from __future__ import annotations

import queue
import shutil
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.model.camera import Camera
from app.model.pane import PaneState
from app.model.register import Owner, OwnerKind, Risk
from app.registry.directory import CameraDirectory
from app.registry.lane import RegistryLane
from app.registry.registry import Registry
from app.registry.search import SearchReader
from app.registry.search_answer import Question
from app.registry.search_groups import By, grouped, pruned
from app.registry.search_terms import Terms
from app.registry.search_text import Field, StateWord, fold, taken_apart, with_filter
from tests.fakes.city_of import city_of

DISHUB = Owner("", "Dishub Makassar", OwnerKind.CITY)
HOTEL = Owner("", "Hôtel Aryaduta", OwnerKind.PRIVATE)


@pytest.fixture
def city(registry, camera):
    """A few cameras in which each word stands in one column only."""
    dishub, hotel = registry.owners.save(DISHUB), registry.owners.save(HOTEL)
    registry.save_cameras(
        camera(412, name="Jl Pettarani Selatan", area=("Makassar", "Rappocini"), owner=dishub.id),
        camera(41, name="Losari", area=("Makassar", "Ujung Pandang"), tags=("pasar",)),
        camera(4, name="Pelabuhan", area=("Ambon",), notes="Lensa buram saat hujan"),
        camera(7, name="Pasar Sentral", area=("Makassar", "Wajo"), owner=hotel.id, tags=("banjir",)),
        camera(4100, name="Lorong 7", area=("Makassar", "Tallo", "Lorong 7")),
        camera(900, name="Gudang", area=()))
    registry.areas.change(("Makassar", "Tallo"), risk=Risk.RED)
    return registry


def found(registry: Registry, text: str, most: int = 50, keep=None) -> list[int]:
    """Numbers, best first, from the index as another connection sees it."""
    db = sqlite3.connect(f"file:{registry.path}?mode=ro", uri=True)
    try:
        return SearchReader(db).find(taken_apart(text), most, keep)
    finally:
        db.close()


@pytest.mark.parametrize(("text", "numbers"), [
    ("41", [41, 412, 4100]), ("0041", [41, 412, 4100]), ("412", [412]), ("0", []),
    ("pasar", [7, 41]),                     # the name before the tag
    ("7", [7, 4100]),                       # the number before the name
    ("pett", [412]), ("PETT sel", [412]), ("pett-sel", [412]), ("abuhan", [4]), ("hôtel", [7]), ("hotel", [7]),
    ("dishub", [412]), ("buram", [4]), ("makassar 41", [41, 412, 4100]), ("wajo pasar", [7]),
    ("lorong 7", [4100]), ("zzz", []), ("kota zzz", []), ("gudang makassar", []),
    ("petarani", [412]), ("pettaraani", [412]), ("pettarano", [412]), ("petatrani", [412]), ("pelabuahn", [4]),
    ("petar", [412]),                       # a typo in what is only half typed
    ("lsoari", [41]), ("xosari", [41]),
    ("pst", []),                            # three letters are too short for a typo
    ("pettaroon", []),                      # two typos
    ("owner:dishub", [412]), ("pemilik:hotel", [7]), ('owner:"dishub makassar"', [412]), ("owner:dishub losari", []),
    ("tag:pasar", [41]), ("label:banjir tag:pasar", [7, 41]), ("area:makassar tag:banjir", [7]),
    ("risk:red", [4100]), ("risiko:merah", [4100]), ("risk:r", [4100]), ("risk:purple", []), ("risk:none lo", [41]),
    ("owner: 412", [412]), ("wrong:412", []), ('"', []), ("' OR 1 AND NEAR(", []), ("a" * 500, []), ("-*()^", []),
])
def test_what_is_found(city, text, numbers):
    assert found(city, text) == numbers


def test_the_index_follows_every_write(city):
    cameras = {c.number: c for c in city.list_cameras()}
    city.save_cameras(replace(cameras[41], name="Anjungan", number=42), replace(cameras[412], number=41))
    assert found(city, "anjungan") == [42]
    assert found(city, "losari") == []
    assert found(city, "41") == [41, 4100]
    [dishub] = [o for o in city.owners.all() if o.name.startswith("Dishub")]
    city.owners.save(replace(dishub, name="Perhubungan"))
    assert found(city, "perhub") == [41]
    city.areas.rename(("Makassar",), "Ujung Kota")
    assert len(found(city, "area:kota")) == 4
    assert found(city, "area:makassar") == []
    city.areas.change(("Ujung Kota", "Tallo"), risk=Risk.GREEN)
    assert (found(city, "risk:red"), found(city, "risk:green")) == ([], [4100])
    city.cameras.remove([cameras[7].id])
    assert found(city, "banjir") == []


def test_a_write_that_fails_leaves_the_index_as_it_was(city, camera):
    with pytest.raises(RuntimeError), city.transaction():
        city.save_cameras(camera(77, name="Setengah"))
        raise RuntimeError
    assert found(city, "setengah") == []


def test_rows_edited_by_hand_are_caught_up_with(city):
    by_hand = sqlite3.connect(city.path)
    by_hand.execute("UPDATE cameras SET name = 'Tangan' WHERE number = 41")
    by_hand.commit()
    reader = SearchReader(by_hand)
    assert reader.is_behind
    assert city.search.catch_up() == 1
    assert not reader.is_behind
    assert found(city, "tangan") == [41]
    assert city.search.catch_up() == 0
    by_hand.close()


def test_a_file_of_before_the_index_gets_one(open_registry, tmp_path, vault):
    shutil.copy(Path(__file__).parent / "shipped" / "0001.db", tmp_path / "old.db")
    registry = open_registry("old.db")
    assert found(registry, "balai") == [112]


def test_states_that_the_file_does_not_know_are_asked_for(city):
    assert found(city, "lo", keep=lambda number: number == 4100) == [4100]


@given(st.text(max_size=30))
@example("🄐")
def test_nothing_that_is_typed_is_an_error(text):
    asked = taken_apart(text)
    assert all(word == fold(word) and word for word in asked.words)


def test_taken_apart():
    asked = taken_apart('pett owner:"Dishub Makassar" tag:banjir state:lost risiko:merah pemilik:hotel')
    assert asked.words == ("pett",)
    assert asked.filters == {Field.OWNER: (("dishub", "makassar"), ("hotel",)), Field.TAG: (("banjir",),)}
    assert asked.risks == {Risk.RED}
    assert asked.states == {StateWord.LOST}
    assert asked.wants(PaneState.LOST) and not asked.wants(PaneState.LIVE) and not asked.wants(None)
    assert taken_apart("keadaan:bermasalah").wants(PaneState.FROZEN)
    assert taken_apart("state:off").wants(None)
    assert not taken_apart("  owner:  ")


def test_a_filter_takes_the_place_of_its_like():
    text = with_filter("pett owner:polres", Field.OWNER, "Dishub Makassar", "id")
    assert text == 'pett pemilik:"Dishub Makassar"'
    assert with_filter(text, Field.OWNER, "", "id") == "pett"


def test_terms():
    terms = Terms(["pettarani", "pelabuhan", "pos"])
    assert terms.holding("bu") == ()
    assert terms.holding("buh") == ("pelabuhan",)
    assert ("pettarani", True) in terms.near("petarani")
    assert terms.near("pos") == () and terms.near("1234") == ()


@given(st.text("abc", min_size=4, max_size=7), st.integers(0, 7), st.sampled_from("xz"))
def test_every_single_typo_is_near(word, at, letter):
    at %= len(word)
    terms = Terms([word])
    swapped = word[:at] + word[at:at + 2][::-1] + word[at + 2:]
    for typo in (word[:at] + letter + word[at:], word[:at] + letter + word[at + 1:], swapped):
        if typo != word and len(typo) >= 4:
            assert any(near == word or (begins and word.startswith(near)) for near, begins in terms.near(typo))


# --- the finder ---


@pytest.fixture
def lane(tmp_path, vault):
    lane = RegistryLane(tmp_path / "cameras.db", open_registry=lambda path: Registry(path, vault=vault, station="here"))
    lane.start()
    lane.wait_open(10)
    yield lane
    assert lane.close()


def asked(lane: RegistryLane, question: Question, asker: str = "test"):
    answers: queue.Queue = queue.Queue()
    assert lane.directory.ask(asker, question, lambda answer: answers.put((answer, threading.current_thread().name)))
    return answers.get(timeout=10)


def test_the_finder_answers_on_its_own_thread_while_the_lane_is_busy(lane, camera):
    saved: queue.Queue = queue.Queue()
    lane.submit(lambda r: r.save_cameras(camera(5, name="Losari Utara"), camera(6, name="Wajo")), saved.put)
    saved.get(timeout=10)
    begun, go_on = threading.Event(), threading.Event()
    lane.submit(lambda r: (begun.set(), go_on.wait(10)))
    assert begun.wait(10)
    try:
        answer, thread = asked(lane, Question("lsoari"))
    finally:
        go_on.set()
    assert (thread, answer.indexed, [c.number for c in answer.cameras]) == ("finder", True, [5])


def test_of_one_askers_questions_only_the_newest_is_answered(lane):
    answers: queue.Queue = queue.Queue()
    held, go_on = threading.Event(), threading.Event()
    lane.directory.ask("first", Question(), lambda _a: (held.set(), go_on.wait(10)))
    assert held.wait(10)
    for text in ("a", "ab", "abc"):
        lane.directory.ask("dock", Question(text), lambda a: answers.put(a.question.text))
    lane.directory.ask("palette", Question("x"), lambda a: answers.put(a.question.text))
    go_on.set()
    assert [answers.get(timeout=10), answers.get(timeout=10)] == ["abc", "x"]
    assert answers.empty()


def test_without_an_index_memory_answers(lane, camera):
    done: queue.Queue = queue.Queue()
    lane.submit(lambda r: (r.save_cameras(camera(5, name="Losari")), r._store.run("DROP TABLE camera_search")),
                done.put)
    assert done.get(timeout=10).error is None
    answer, thread = asked(lane, Question("losari tag:x"))
    assert (answer.cameras, answer.indexed, thread) == ((), False, "finder")
    answer, _thread = asked(lane, Question("los"))
    assert [c.number for c in answer.cameras] == [5]
    lane.submit(lambda r: r.save_cameras(camera(8, name="Tanpa Indeks")), done.put)
    assert done.get(timeout=10).error is None


def test_a_tree_by_owner_with_a_filter_of_states(lane, camera):
    done: queue.Queue = queue.Queue()

    def fill(registry):
        owner = registry.owners.save(DISHUB)
        return registry.save_cameras(camera(1, owner=owner.id), camera(2), camera(3, area=()))

    lane.submit(fill, done.put)
    first, second, _third = done.get(timeout=10).value
    answer, _thread = asked(lane, Question("", By.OWNER))
    assert [(b.path, b.total) for b in answer.tree.branches] == [(("Dishub Makassar",), 1), (("",), 2)]
    states = {first.id: PaneState.LOST, second.id: PaneState.LIVE}
    answer, _thread = asked(lane, Question("", By.AREA, states, only_wrong=True))
    assert [c.number for c in answer.cameras] == [1]
    answer, _thread = asked(lane, Question("state:off", By.AREA, states))
    assert [c.number for c in answer.cameras] == [3]
    answer, _thread = asked(lane, Question("jl keadaan:langsung", By.AREA, states))
    assert [c.number for c in answer.cameras] == [2] and answer.tree is None


@pytest.mark.parametrize("by", list(By))
def test_a_pruned_tree_holds_what_grouping_anew_gives(by):
    cameras = city_of(300).cameras
    whole = grouped(cameras, by, {})
    kept = [c for c in cameras if c.number % 7 == 0 and c.area[:1] == ("Makassar",)]
    pruned_ = pruned(whole, {c.number for c in kept})
    anew = grouped(kept, by, {})

    def flat(branch):
        return {branch.path: (branch.total, [c.id for c in branch.cameras])} | {
            key: value for child in branch.branches for key, value in flat(child).items()}

    assert kept and flat(pruned_) == flat(anew) and pruned_.total == anew.total
    assert pruned(whole, {c.number for c in cameras}) is whole
    assert pruned(whole, set()).total == 0 and not pruned(whole, set()).branches


def test_a_filter_that_finds_the_same_cameras_parts_them_once(lane, camera):
    done: queue.Queue = queue.Queue()
    lane.submit(lambda registry: registry.save_cameras(
        camera(1, owner=registry.owners.save(DISHUB).id), camera(2)), done.put)
    assert done.get(timeout=10).value
    first, _thread = asked(lane, Question("owner:dish", By.AREA))
    second, _thread = asked(lane, Question("owner:dishub", By.AREA))
    assert [c.number for c in second.cameras] == [1] and second.tree is first.tree
    parted, _thread = asked(lane, Question("owner:dishub", By.TAG))
    assert parted.tree is not first.tree
    other, _thread = asked(lane, Question("owner:zzz", By.AREA))
    assert other.cameras == () and other.tree.total == 0


def test_words_only_like_the_typed_ones_come_when_few_are_right(lane, camera):
    done: queue.Queue = queue.Queue()
    lane.submit(lambda registry: registry.save_cameras(
        camera(1, name="Losari"), camera(2, name="Losarx"), camera(3, name="Losari utara")), done.put)
    assert done.get(timeout=10).value
    answer, _thread = asked(lane, Question("losari"))
    assert [c.number for c in answer.cameras] == [1, 3, 2]
    lane.submit(lambda registry: registry.save_cameras(camera(4, name="Losari timur")), done.put)
    assert done.get(timeout=10).value
    answer, _thread = asked(lane, Question("losari"))
    assert [c.number for c in answer.cameras] == [1, 3, 4]


def test_closing_twice_and_asking_afterwards(tmp_path, vault):
    lane = RegistryLane(tmp_path / "c.db", open_registry=lambda path: Registry(path, vault=vault, station="here"))
    lane.start()
    lane.wait_open(10)
    assert lane.close() and lane.close()
    assert not lane.directory.ask("late", Question(), lambda _answer: None)


def test_memory_finds_what_the_index_finds_but_for_typos(city):
    """The fallback knows the same columns and filters."""
    directory = CameraDirectory(city.list_cameras())
    directory.replace_register(city.owners.all(), city.areas.all())
    for text in ("41", "0041", "pasar", "pett", "abuhan", "hotel", "buram", "owner:dishub", "tag:pasar", "risk:red",
                 "area:wajo", "zzz", "lorong 7"):
        assert {c.number for c in directory.find(text)} == set(found(city, text)), text


def test_a_camera_without_registry_is_found_by_a_synchronous_directory():
    answers: list = []
    CameraDirectory([Camera("a", 5, "Losari")]).ask("x", Question("los"), answers.append)
    assert [c.id for c in answers[0].cameras] == ["a"]
