"""A plan in words: what was refused and why, what would be or was done. Runs on: any thread."""

from __future__ import annotations

from collections.abc import Iterator

from app.model.register import OwnerKind
from app.registry.exchange.owner_kinds import kind_of_owner
from app.registry.exchange.parted import path_text
from app.registry.exchange.plan import Plan, Step
from app.runtime.language import gettext as _
from app.runtime.language import ngettext

MOST_SHOWN = 50         # sentences: a wrong column would otherwise print 6,000
MOST_NAMED = 12         # owners or areas named in one sentence


def report_lines(plan: Plan, most: int = MOST_SHOWN, *, dry_run: bool = False) -> list[str]:
    """The report in sentences, one per line, without secrets; ``most`` of each kind."""
    said = [str(refusal) for refusal in plan.refused[:most]]
    more = len(plan.refused) - len(said)
    if more > 0:
        said.append(ngettext("{count} more line was refused.", "{count} more lines were refused.", more).format(
            count=more))
    if plan.table is not None:
        said.extend(plan.table.told[:most])
    if plan.passed_over:
        said.append(_("Columns that mean nothing here: {columns}.").format(columns=", ".join(plan.passed_over)))
    if dry_run:
        changed = [step for step in plan.steps if step.before is not None]
        said.extend(changed_line(step) for step in changed[:most])
        if len(changed) > most:
            more = len(changed) - most
            said.append(ngettext("{count} more camera would be changed.", "{count} more cameras would be changed.",
                                 more).format(count=more))
    if (plan.written or dry_run) and not (plan.refused and not plan.may_write):
        said.extend(_made(plan))
    said.append(outcome_line(plan))
    return said


def outcome_line(plan: Plan) -> str:
    """What was done, or would be."""
    counts = {"added": len(plan.added), "changed": len(plan.changed), "unchanged": len(plan.unchanged)}
    if plan.written:
        return _("Added: {added}, changed: {changed}, unchanged: {unchanged}.").format(**counts)
    if plan.refused and not plan.may_write:
        return _("Nothing was imported. Mend these lines and try again.")
    if not plan.steps:
        return _("Nothing to import: added: {added}, changed: {changed}, unchanged: {unchanged}.").format(**counts)
    return _("Would be added: {added}, changed: {changed}, unchanged: {unchanged}.").format(**counts)


def changed_line(step: Step) -> str:
    """One changed camera: each field as it is and as it would be."""
    what = "; ".join(_("{field}: {old} → {new}").format(field=change.field, old=change.old or "–", new=change.new)
                     for change in step.changes)
    return _("Line {line}: {number} {name}: {what}").format(
        line=step.line, number=step.camera.label, name=step.camera.name, what=what)


def _made(plan: Plan) -> Iterator[str]:
    if plan.new_owners:
        kinds = {OwnerKind.CITY: _("city"), OwnerKind.POLICE: _("police"), OwnerKind.PRIVATE: _("private")}
        yield _("New owners: {names}.").format(names=", ".join(
            f"{name} ({kinds[kind_of_owner(name)]})" for name in plan.new_owners[:MOST_NAMED])
            + (" …" if len(plan.new_owners) > MOST_NAMED else ""))
    if plan.new_areas:
        yield ngettext("{count} new area: {names}.", "{count} new areas: {names}.", len(plan.new_areas)).format(
            count=len(plan.new_areas), names=", ".join(path_text(path) for path, _level in plan.new_areas[:MOST_NAMED])
            + (" …" if len(plan.new_areas) > MOST_NAMED else ""))
