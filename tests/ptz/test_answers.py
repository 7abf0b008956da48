"""Answers to steering as simulators of strangers give them: undeclared prefixes, plain words instead of faults."""

from __future__ import annotations

import pytest

from app.model.errors import CameraError
from app.ptz import soap

ENVELOPE = b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>%b</s:Body></s:Envelope>'


def test_an_answer_with_a_prefix_that_nobody_declared_is_one() -> None:
    answer = soap.checked(200, ENVELOPE % b'<tptz:GetStatusResponse><tt:PTZStatus><tt:Position><tt:PanTilt x="0.5"/>'
                                          b"</tt:Position></tt:PTZStatus></tptz:GetStatusResponse>")
    assert answer is not None
    turned = soap.element(answer, "PanTilt", "x")
    assert turned is not None and turned.get("x") == "0.5"


@pytest.mark.parametrize(("status", "body", "cause"), [
    (500, ENVELOPE % b"<s:Fault><s:Code><s:Subcode><s:Value>ter:NotAuthorized</s:Value></s:Subcode></s:Code></s:Fault>",
     "unauthorised"),
    (500, ENVELOPE % b"<env:Fault><env:Reason>ter:ActionNotSupported</env:Reason></env:Fault>", "no-such-action"),
    (501, b"Not Implemented", "no-such-action"), (500, b"error", "nonsense"), (404, b"<html></html>", "nonsense")])
def test_what_a_device_would_not_do(status: int, body: bytes, cause: str) -> None:
    with pytest.raises(CameraError) as trouble:
        soap.checked(status, body)
    assert trouble.value.cause == cause
