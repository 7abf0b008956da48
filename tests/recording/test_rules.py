"""Who is recorded, when, for how long, and why in words: the most specific rule wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.model.camera import Camera, Place, StreamRole
from app.model.errors import OperatorError
from app.recording.deciding import Deciding, changed_for
from app.recording.hours import hours_of, in_words
from app.recording.policy import DAY_US, MINUTE_US, Policy, Rank, Verdict, policy_of
from app.recording.rules import (
    MOST_DAYS,
    Mode,
    Priority,
    Rule,
    Scope,
    from_text,
    of_cameras,
    readable,
    to_text,
    winner,
    with_rule,
    without,
)
from app.runtime.language import set_language
from app.runtime.settings import SETTINGS

WITA = ZoneInfo("Asia/Makassar")
GATE = Camera("g", 1, "Gate", ("Makassar", "Wajo"), Place(-5.1, 119.4), tags=("gate", "river"))
RULES = (Rule(Scope.ALL, "", Mode.WALL), Rule(Scope.AREA, "Makassar", Mode.SCHEDULE, 0, "mon-fri 07:00-18:00"),
         Rule(Scope.AREA, "Makassar/Wajo", Mode.EVENT), Rule(Scope.TAG, "gate", Mode.ALWAYS, 30),
         Rule(Scope.CAMERA, "g", Mode.NEVER))


def at(text: str, zone: ZoneInfo = WITA) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1e6)


def test_camera_stands_above_tag_above_narrow_area_above_wide_one_above_all():
    left = list(RULES)
    for expected in reversed(RULES):
        assert winner(left, GATE) == expected
        left.remove(expected)
    assert winner(left, GATE) is None
    assert winner(RULES, Camera("x", 2, "X", ("Makassarese",))) == RULES[0]     # no prefix of a name, of a path


def test_of_two_tags_never_wins_and_else_the_one_that_records_more():
    always, never, wall = (Rule(Scope.TAG, tag, mode) for tag, mode in (
        ("gate", Mode.ALWAYS), ("river", Mode.NEVER), ("river", Mode.WALL)))
    assert winner((always, never), GATE) is never
    assert winner((wall, always), GATE) is always


@pytest.mark.parametrize(("text", "moment", "inside"), [
    ("mon-fri 07:00-18:00", "2026-11-23 07:00", True), ("mon-fri 07:00-18:00", "2026-11-23 18:00", False),
    ("mon-fri 07:00-18:00", "2026-11-22 12:00", False), ("22:00-06:00", "2026-11-23 05:59", True),
    ("22:00-06:00", "2026-11-23 06:00", False), ("sun 22:00-06:00", "2026-11-23 03:00", True),
    ("sun 22:00-06:00", "2026-11-24 03:00", False), ("fri-mon 00:00-24:00", "2026-11-22 23:59", True),
    ("fri-mon 00:00-24:00", "2026-11-24 00:00", False), ("sen-jum 07.00 – 18.00", "2026-11-27 17:59", True),
    ("00:00-24:00", "2026-11-25 12:00", True)])
def test_hours_of_a_week_in_the_zone_of_the_camera(text, moment, inside):
    hours = hours_of(text)
    assert hours.within(at(moment), WITA) is inside
    assert hours_of(hours.text) == hours
    assert hours.within(at(moment, ZoneInfo("Asia/Jayapura")), ZoneInfo("Asia/Jayapura")) is inside


def test_hours_are_shown_with_the_days_of_the_language_and_either_can_be_typed():
    kept = hours_of("sen-jum 7:00-18:00, Min 08.00-12.00, 22:00-23:00").text
    assert kept == "mon-fri 07:00-18:00, sun 08:00-12:00, 22:00-23:00" == in_words(kept)
    set_language("id")
    try:
        assert in_words(kept) == "sen-jum 07:00-18:00, min 08:00-12:00, 22:00-23:00"
        assert hours_of(in_words(kept)) == hours_of(kept)
        policy = Policy(rules=(Rule(Scope.ALL, "", Mode.SCHEDULE, hours=kept),), days=7)
        assert "sen-jum 07:00-18:00" in policy.why(GATE, at("2026-11-23 08:00"), shown=False)
    finally:
        set_language("en")


@pytest.mark.parametrize("text", ["", "noon", "mon 25:00-26:00", "mon-abc 07:00-08:00", "mon 7-18", "mon 07:60-08:00"])
def test_hours_that_make_no_sense_are_refused_with_a_sentence(text):
    with pytest.raises(OperatorError):
        hours_of(text)


def test_a_schedule_records_in_its_hours_and_leaves_the_last_minutes_beyond_them():
    policy = Policy(rules=RULES[:2], days=7)
    inside, outside = at("2026-11-23 08:00"), at("2026-11-23 20:00")
    assert policy.verdict(GATE, inside, shown=False).keep
    assert policy.verdict(GATE, inside, shown=False).pull
    assert not policy.verdict(GATE, outside, shown=False).write
    late = policy.verdict(GATE, outside, shown=True)
    assert (late.write, late.pull, late.keep, late.rank) == (True, False, False, Rank.LAST_MINUTES)


def test_an_event_rule_has_the_time_before_and_keeps_only_what_an_event_asks_for():
    policy = Policy(rules=RULES[:3])
    calm, alarmed = (policy.verdict(GATE, at("2026-11-22 08:00"), shown=False, urgent=urgent) for urgent in (0, 1))
    assert (calm.write, calm.pull, calm.keep) == (True, True, False)
    assert (alarmed.keep, alarmed.rank) == (True, Rank.NEEDED)


def test_never_means_not_even_the_last_minutes():
    assert not Policy(rules=RULES).verdict(GATE, 0, shown=True, urgent=True).write


def test_how_long():
    policy = Policy(rules=RULES[:4], days=7, minutes=5)
    assert policy.keep_us(GATE, kept=True) == 30 * DAY_US
    assert policy.keep_us(GATE, kept=False) == 5 * MINUTE_US
    assert policy.keep_us(None, kept=True) == 7 * DAY_US
    five_years = Policy(rules=(Rule(Scope.ALL, "", Mode.ALWAYS, MOST_DAYS),))
    assert five_years.keep_us(GATE, kept=True) == 1826 * DAY_US


def test_why_in_words():
    noon = at("2026-11-23 12:00")
    says = {count: Policy(rules=RULES[:count]).why(GATE, noon, shown=True) for count in range(6)}
    assert says[0].startswith("The last 5 min are recorded because it is on a wall. Beyond that: no rule")
    assert says[1] == "Recorded, kept for 7 days: the rule for all cameras says: while on a wall."
    assert says[2] == "Recorded, kept for 7 days: the rule for the area “Makassar” says: in the hours " \
                      "mon-fri 07:00-18:00."
    assert says[3].endswith("the rule for the area “Makassar/Wajo” says: around events.")
    assert says[4] == "Recorded, kept for 30 days: the rule for the tag “gate” says: always."
    assert says[5] == "Not recorded now: the rule for this camera says: never."


def test_what_matters_most_comes_first():
    cameras = [Camera(name, number, name, tags=(name,)) for number, name in enumerate(("wall", "always", "event"), 1)]
    policy = Policy(rules=(Rule(Scope.TAG, "always", Mode.ALWAYS), Rule(Scope.TAG, "event", Mode.EVENT)))
    found = policy.wanted({"wall"}, [(camera, policy.rule_of(camera)) for camera in cameras], 0, {"event"})
    assert [(name, verdict.rank) for name, (_camera, verdict) in found.items()] == [
        ("event", Rank.NEEDED), ("always", Rank.ALWAYS), ("wall", Rank.LAST_MINUTES)]


def test_rules_are_kept_as_text_and_nonsense_is_passed_over():
    assert set(from_text(to_text(RULES))) == set(RULES)
    assert from_text("") == from_text("{") == from_text('{"a":1}') == ()
    good = to_text(RULES[:1])
    assert from_text(good[:-1] + ',{"scope":"tag","of":"x","mode":"often","days":1,"hours":""},7]') == RULES[:1]
    assert with_rule(RULES, Rule(Scope.TAG, " gate ", Mode.WALL, 3))[1] == Rule(Scope.TAG, "gate", Mode.WALL, 3)
    assert without(RULES, Scope.TAG, "gate") == RULES[:3] + RULES[4:]
    for wrong in (Rule(Scope.TAG, " ", Mode.ALWAYS), Rule(Scope.ALL, "", Mode.ALWAYS, MOST_DAYS + 1),
                  Rule(Scope.ALL, "", Mode.SCHEDULE)):
        with pytest.raises(OperatorError):
            with_rule((), wrong)


def test_the_tags_of_the_settings_page_are_rules():
    settings = {setting.key: setting.default for setting in SETTINGS} | {"recording.tags": "gate, river"}
    assert policy_of(settings).verdict(GATE, 0, shown=False).keep
    ruled = settings | {"recording.rules": to_text((Rule(Scope.TAG, "river", Mode.NEVER),))}
    assert not policy_of(ruled).verdict(GATE, 0, shown=True).write


def test_rules_of_single_cameras_change_many_at_once_and_leave_all_others_alone():
    tag = Rule(Scope.TAG, "gate", Mode.ALWAYS)
    own = Rule(Scope.CAMERA, "a", Mode.SCHEDULE, 30, "mon-fri 07:00-18:00")
    rules, changed = of_cameras((own, tag), ["a", "b"], Mode.EVENT, days=3)
    assert set(changed) == {"a", "b"}
    assert set(rules) == {tag, Rule(Scope.CAMERA, "a", Mode.EVENT, 3), Rule(Scope.CAMERA, "b", Mode.EVENT, 3)}
    # Days alone: who has no rule of its own gets none.
    rules, changed = of_cameras((own, tag), ["a", "b"], None, keep_mode=True, days=0)
    assert (set(rules), changed) == ({tag, replace(own, days=0)}, ("a",))
    assert of_cameras((own, tag), ["a", "b"], None) == ((tag,), ("a",))
    assert of_cameras((own, tag), ["b"], None) == ((own, tag), ())
    with pytest.raises(OperatorError, match="needs hours"):
        of_cameras((tag,), ["b"], Mode.SCHEDULE)
    with pytest.raises(OperatorError, match="at most 2000"):
        of_cameras((tag,), map(str, range(2001)), Mode.NEVER)


def test_what_decides_is_found_by_key_as_by_asking_each_rule():
    cameras = [GATE, replace(GATE, id="h", tags=("river",)), replace(GATE, id="i", area=("Makassar",), tags=()),
               Camera("j", 4, "J", ("Makassarese",)), Camera("k", 5, "K", tags=("gate", "river", "gate"))]
    rules = (*RULES, Rule(Scope.TAG, "river", Mode.WALL), Rule(Scope.TAG, "yard", Mode.ALWAYS, 9))
    for last in range(len(rules) + 1):
        deciding = Deciding(rules[:last])
        assert [deciding.winner(one) for one in cameras] == [winner(rules[:last], one) for one in cameras]
        assert [set(deciding.fitting(one)) for one in cameras] == [
            {rule for rule in rules[:last] if rule.fits(one)} for one in cameras]
    assert Deciding(rules).fitting(GATE)[:3] == [RULES[4], RULES[3], rules[5]]
    assert Deciding(rules).counts(cameras) == {RULES[4]: 1, rules[5]: 1, RULES[1]: 1, RULES[0]: 1, RULES[3]: 1}
    assert changed_for(rules, rules[:-2], cameras) == (cameras[1],)


def test_a_rule_names_its_stream_and_what_is_given_up_first_and_older_rules_say_neither():
    rule = Rule(Scope.TAG, "gate", Mode.ALWAYS, 3, stream=StreamRole.MAIN, priority=Priority.FIRST)
    assert from_text(to_text((rule,))) == (rule,)
    assert from_text('[{"scope":"tag","of":"gate","mode":"always","days":3,"hours":""}]') == (
        replace(rule, stream=None, priority=Priority.NORMAL),)
    assert not readable('[{"scope":"tag","of":"gate","mode":"always","days":3,"hours":"","stream":"third"}]')

    def verdict(rule: Rule, *, urgent: bool = False) -> Verdict:
        return Policy(rules=(rule,)).verdict(GATE, at("2026-11-23 12:00"), shown=True, urgent=urgent)
    assert verdict(rule).rank is Rank.WATCHED and verdict(rule).stream is StreamRole.MAIN
    assert verdict(replace(rule, priority=Priority.LAST)).rank is Rank.NEEDED
    assert verdict(replace(rule, priority=Priority.NORMAL)).rank is Rank.ALWAYS
    assert verdict(rule, urgent=True).rank is Rank.NEEDED
    night = replace(rule, mode=Mode.SCHEDULE, hours="22:00-04:00")
    assert verdict(night).write and verdict(night).stream is None       # its last minutes: no second connection
