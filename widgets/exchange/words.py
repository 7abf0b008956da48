"""What stands in the head of the import panel. Texts are made when they are shown."""

from __future__ import annotations

from app.registry.exchange.plan import Plan
from app.runtime.language import gettext as _
from app.runtime.language import ngettext


def details(plan: Plan) -> str:
    """"48 lines · UTF-8 · separated by semicolons", whatever of it is known."""
    table = plan.table
    if table is None:
        return ""
    count = len(table.rows) - (plan.columns.first if plan.columns else 0)
    parts = [str(table.kind), ngettext("{count} line", "{count} lines", count).format(count=count)]
    if table.encoding:
        parts.append(table.encoding)
    names = {",": _("separated by commas"), ";": _("separated by semicolons"), "\t": _("separated by tabs"),
             "|": _("separated by bars")}
    if table.separator in names:
        parts.append(names[table.separator])
    if table.sheet:
        parts.append(_("sheet {name}").format(name=table.sheet[:40]))
    return " · ".join(parts)


def state_line(plan: Plan) -> str:
    """What a write did."""
    if not plan.written:
        return _("Nothing was written")
    return _("Written: {added} new, {changed} changed").format(added=len(plan.added), changed=len(plan.changed))


def column_line(plan: Plan | None) -> str:
    """The heads as they stand in the list, in one line."""
    if plan is None or plan.columns is None or plan.columns.head is None:
        return ""
    return " ; ".join(plan.columns.head.cells)


def made_line(plan: Plan | None) -> str:
    """Which owners and areas would be made, and what was passed over; "" when there is nothing to tell."""
    if plan is None:
        return ""
    parts = []
    if plan.new_owners:
        parts.append(ngettext("{count} new owner", "{count} new owners", len(plan.new_owners)).format(
            count=len(plan.new_owners)) + ": " + ", ".join(plan.new_owners[:5]))
    if plan.new_areas:
        parts.append(ngettext("{count} new area", "{count} new areas", len(plan.new_areas)).format(
            count=len(plan.new_areas)))
    if plan.passed_over:
        parts.append(_("not read: {columns}").format(columns=", ".join(plan.passed_over[:8])))
    if plan.table is not None:
        parts.extend(plan.table.told[:2])
    return " · ".join(parts)
