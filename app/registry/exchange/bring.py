"""A list into the register: looked at first, then written as a whole or not at all.

``known_of`` and ``write`` run on the registry's thread; ``look`` runs on any and may take seconds.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.model.camera import Camera
from app.model.errors import OperatorError
from app.model.register import Owner
from app.registry.exchange.kinds import read_list
from app.registry.exchange.known import Known, Options
from app.registry.exchange.owner_kinds import kind_of_owner
from app.registry.exchange.plan import Plan, failed, make_plan
from app.registry.exchange.remembered import remember, remembered
from app.registry.exchange.watch import UNWATCHED, Watch
from app.registry.registry import Registry
from app.runtime.language import gettext as _

USUAL = Options()


def known_of(registry: Registry) -> Known:
    """What the register knows now, for ``look``."""
    return Known(registry.list_cameras(), registry.owners.all(), registry.areas.all(), remembered(registry))


def look(path: Path, known: Known, options: Options = USUAL, watch: Watch = UNWATCHED) -> Plan:
    """Reads a list and says what it would do; what is wrong with it is in the plan. Raises Cancelled."""
    try:
        table = read_list(path, watch)
    except OperatorError as error:
        return failed(path, options, str(error))
    return make_plan(path, table, known, options, watch)


def write(registry: Registry, plan: Plan) -> Plan:
    """Writes what the plan says in one transaction, with its undo. A plan that may not be written is given back.

    Raises OperatorError when the register changed since ``known_of``, or cannot be written.
    """
    if not plan.may_write:
        return plan
    with registry.transaction():
        _refuse_outdated(registry, plan)
        owners = {owner.name.casefold(): owner.id for owner in registry.owners.all()}
        made = []
        for name in plan.new_owners:
            if name.casefold() not in owners:
                made.append(registry.owners.save(Owner("", name, kind_of_owner(name))).id)
                owners[name.casefold()] = made[-1]
        areas = registry.imports.area_ids()
        registry.imports.set_levels(plan.new_areas)
        wanted = [replace(step.camera, owner=owners[step.new_owner.casefold()]) if step.new_owner else step.camera
                  for step in plan.steps]
        kept: list[Camera] = registry.cameras.save(wanted)
        name = plan.path.name.encode("utf-8", "replace").decode()      # one in another encoding holds bytes, no text
        registry.imports.keep(
            name, zip((step.before for step in plan.steps), kept, strict=True), made,
            sorted(registry.imports.area_ids() - areas))
        remember(registry, plan.options.mapping)
    return replace(plan, written=True)


def import_list(registry: Registry, path: Path, options: Options = USUAL, *, dry_run: bool = False,
                watch: Watch = UNWATCHED) -> Plan:
    """All of it at once, for a command line. Raises OperatorError when the register cannot be written, Cancelled."""
    plan = look(path, known_of(registry), options, watch)
    return plan if dry_run else write(registry, plan)


def _refuse_outdated(registry: Registry, plan: Plan) -> None:
    before = {step.before.id: step.before for step in plan.steps if step.before is not None}
    now = {camera.id: camera for camera in registry.cameras.some(list(before))}
    if now != before:
        raise OperatorError(_("The register changed since the list was looked at. Nothing was imported; look again."))
