"""What was noticed at work of a device stays, also when it is asked everything anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.model.device import FACTS, DeviceFacts
from app.ptz.knowing import with_quirks_of

OLD = DeviceFacts("http://10.0.0.9/onvif/device_service", serial="SN-1", stop="both", timeouts=False, together=False)
NEW = DeviceFacts(OLD.address, serial="SN-1", lens="vs-1", relative=True, version=FACTS)


@pytest.mark.parametrize("before", [OLD, replace(OLD, serial="")])
def test_quirks_are_never_unlearned(before: DeviceFacts) -> None:
    assert with_quirks_of(before, NEW) == replace(NEW, stop="both", timeouts=False, together=False)


@pytest.mark.parametrize("before", [None, replace(OLD, serial="SN-2"), replace(OLD, address="http://10.0.0.8/x")])
def test_another_device_starts_anew(before: DeviceFacts | None) -> None:
    assert with_quirks_of(before, NEW) == NEW
