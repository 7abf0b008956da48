"""Who owns cameras, under which agreement and within which limits. Runs on: the registry lane."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from app.model.errors import OperatorError
from app.model.register import Owner, OwnerKind
from app.registry.camera_reading import UNPRINTABLE
from app.registry.store import Store
from app.runtime.language import gettext as _
from app.runtime.language import ngettext

log = logging.getLogger("lawang.registry")

LONGEST = 500           # characters of name, agreement, contact and each purpose
_SPAN = re.compile(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)")
_KINDS = {kind.value: kind for kind in OwnerKind}


class Owners:
    """The owners of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Owner]:
        """Every owner, ordered by name. Fields that make no sense are shown empty and logged."""
        found = [_owner(row) for row in self._store.rows(
            "SELECT id, name, kind, agreement, contact, purposes, hours, expires FROM owners")]
        return sorted(found, key=lambda owner: (owner.name.casefold(), owner.id))

    def save(self, owner: Owner) -> Owner:
        """Adds (empty id) or changes an owner; gives it as kept. One that is kept so already writes nothing.

        Raises OperatorError when the name is taken, or hours or the last day are not written as they must be.
        """
        store = self._store
        owner = _checked(owner)
        with store.write():
            known = {each.id: each for each in self.all()}
            if any(each.name.casefold() == owner.name.casefold() and each.id != owner.id for each in known.values()):
                raise OperatorError(_("There is an owner {name} already.").format(name=owner.name))
            old = known.get(owner.id)
            if old == owner:
                return owner
            if not owner.id:
                owner = replace(owner, id=store.make_id())
            values = _values(owner)
            store.run("INSERT INTO owners (id, name, kind, agreement, contact, purposes, hours, expires, station) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, "
                      "kind = excluded.kind, agreement = excluded.agreement, contact = excluded.contact, "
                      "purposes = excluded.purposes, hours = excluded.hours, expires = excluded.expires, "
                      "station = excluded.station, revision = revision + 1",
                      [owner.id, *values.values(), store.station])
            before = _values(old) if old else {}
            store.log("owners", owner.id, "changed" if old else "added",
                      {key: value for key, value in values.items() if before.get(key, "") != value})
        return owner

    def remove(self, owner_id: str) -> bool:
        """Removes an owner; False when there is none. Raises OperatorError while cameras are theirs."""
        store = self._store
        with store.write():
            known = store.rows("SELECT name FROM owners WHERE id = ?", [owner_id])
            if not known:
                return False
            [(cameras,)] = store.rows("SELECT count(*) FROM cameras WHERE owner = ?", [owner_id])
            if cameras:
                raise OperatorError(ngettext(
                    "{count} camera belongs to {owner}. Give it another owner first.",
                    "{count} cameras belong to {owner}. Give them another owner first.", cameras).format(
                        count=cameras, owner=known[0][0]))
            store.run("DELETE FROM owners WHERE id = ?", [owner_id])
            store.log("owners", owner_id, "removed", {"name": known[0][0]})
            return True


def _owner(row: Sequence[Any]) -> Owner:
    owner_id, name, kind, agreement, contact, purposes, hours, expires = row
    owner = Owner(owner_id, UNPRINTABLE.sub(" ", name), _KINDS.get(kind, OwnerKind.PRIVATE), agreement, contact,
                  _purposes(purposes), hours if _hours_fit(hours) else "", expires if _is_day(expires) else "")
    if (kind, hours, expires) != (owner.kind, owner.hours, owner.expires):
        # Unknown is private: of an owner about whom nothing is sure, less is taken for allowed.
        log.warning("kind, hours or last day of owner %s make no sense; shown as private or empty", owner_id)
    return owner


def _purposes(text: str) -> tuple[str, ...]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, list):
        log.warning("the purposes of an owner cannot be read; shown as none")
        return ()
    return tuple(purpose for purpose in found if isinstance(purpose, str))


def _values(owner: Owner) -> dict[str, str]:
    return {"name": owner.name, "kind": owner.kind.value, "agreement": owner.agreement, "contact": owner.contact,
            "purposes": json.dumps(owner.purposes, ensure_ascii=False), "hours": owner.hours, "expires": owner.expires}


def _checked(owner: Owner) -> Owner:
    owner = replace(owner, name=owner.name.strip(), hours=owner.hours.replace(" ", ""), expires=owner.expires.strip(),
                    purposes=tuple(purpose.strip() for purpose in owner.purposes if purpose.strip()))
    if not owner.name or UNPRINTABLE.search(owner.name):
        raise OperatorError(_("An owner needs a name without line break."))
    if max(map(len, (owner.name, owner.agreement, owner.contact, *owner.purposes))) > LONGEST:
        raise OperatorError(_("What is kept of an owner has at most {most} characters per field.").format(most=LONGEST))
    if not _hours_fit(owner.hours):
        raise OperatorError(_("Permitted hours are written like 06:00-22:00, several parted by commas."))
    if not _is_day(owner.expires):
        raise OperatorError(_("The last day of an agreement is written like 2027-12-31."))
    return owner


def _hours_fit(text: str) -> bool:
    return not text or all(_SPAN.fullmatch(span) for span in text.split(","))


def _is_day(text: str) -> bool:
    try:
        return not text or (len(text) == 10 and bool(date.fromisoformat(text)))
    except ValueError:
        return False
