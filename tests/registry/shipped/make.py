"""Makes the small old file of the newest schema: ``python -m tests.registry.shipped.make``.

Run it only while the newest step has not shipped; afterwards the file is as old as its name says, for good.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from app.model.register import Device, Level, Owner, OwnerKind, Risk
from app.registry import schema
from app.registry.ids import IdMaker
from app.registry.registry import Registry
from app.registry.starter import MADE_AT
from app.runtime.secrets import Vault

HERE = Path(__file__).parent


def make() -> Path:
    """Carries 0001.db forward and adds what only the newest shape can hold."""
    steps = itertools.count(100)
    target = HERE / f"{len(schema.step_names()):04d}.db"
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "draft.db"
        shutil.copy(HERE / "0001.db", draft)
        with Registry(draft, vault=Vault(Path(folder) / "no-key"), station="old", clock=lambda: MADE_AT,
                      make_id=IdMaker(lambda: MADE_AT, lambda _bits: next(steps))) as registry:
            owner = registry.owners.save(Owner("", "RS Budi Mulia", OwnerKind.PRIVATE, "PKS 17/2026", "Pos satpam",
                                               ("keamanan",), "06:00-22:00", "2027-12-31"))
            camera = registry.list_cameras()[1]
            registry.cameras.save([replace(camera, owner=owner.id, height=6.0, heading=270.0, field_of_view=80.0,
                                           tags=("banjir", "pasar"), notes="Tiang miring.",
                                           device=Device("Axis", "P3265-LV", "B8A44F", "b8:a4:4f:00:00:01"),
                                           restricted=True, rotation=180)])
            registry.areas.change(("Ambon",), level=Level.CITY, risk=Risk.RED)
            registry.settle()
        shutil.copy(draft, target)
    return target


if __name__ == "__main__":
    print(make())  # noqa: T201
