"""Whose an owner most likely is who is only known by a name in a list. Pure; runs on any thread."""

from __future__ import annotations

from app.model.register import OwnerKind

# Beginnings of words in the names of Indonesian offices. Of all others less is taken for allowed: they are private.
_POLICE = ("pol",)              # Polda, Polrestabes, Polres, Polsek
_CITY = ("kominfo", "dinas", "dis", "bpbd", "pemkot", "pemda", "pemerintah", "kelurahan", "kecamatan", "satpol",
         "perumda", "puskesmas", "bapenda", "kota")


def kind_of_owner(name: str) -> OwnerKind:
    """What an owner that only a list names most likely is; the report tells it, the register's page changes it."""
    first = name.casefold().split()[0] if name.split() else ""
    if first.startswith(_CITY) or first == "pd":      # PD: perusahaan daerah, a company of the city
        return OwnerKind.CITY
    return OwnerKind.POLICE if first.startswith(_POLICE) else OwnerKind.PRIVATE
