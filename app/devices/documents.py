"""The WSDL documents of onvif-zeep, each parsed once per process and shared by all devices.

A private document per camera costs 35 ms and 3.6 MB each (reference: onvif.md section 3).
"""

from __future__ import annotations

import logging
import threading
from functools import cache
from importlib.metadata import files
from pathlib import Path

import zeep
import zeep.wsdl
from zeep.transports import Transport

# onvif-zeep configures the root logger when it is imported; ours is configured already, or should stay silent.
_handlers, _level = logging.root.handlers[:], logging.root.level
from onvif.definition import SERVICES  # noqa: E402

logging.root.handlers[:] = _handlers
logging.root.setLevel(_level)

SETTINGS = zeep.Settings(strict=False, xml_huge_tree=False, forbid_dtd=True, forbid_external=True)
_lock = threading.Lock()


def document(service: str) -> zeep.wsdl.Document:
    """The parsed description of "devicemgmt", "media", "ptz", "imaging" ..."""
    with _lock:                     # two threads that ask at once parse it once
        return _document(service)


def binding(service: str) -> str:
    """The binding's qualified name, as zeep wants it."""
    about = SERVICES[service]
    return f"{{{about['ns']}}}{about['binding']}"


def namespace(service: str) -> str:
    """The service's namespace, by which GetServices lists its address."""
    return str(SERVICES[service]["ns"])


@cache
def _document(service: str) -> zeep.wsdl.Document:
    path = folder() / SERVICES[service]["wsdl"]
    return zeep.wsdl.Document(str(path), Transport(), settings=SETTINGS)  # type: ignore[arg-type]


@cache
def folder() -> Path:
    """Where onvif-zeep put its WSDL files: as data files they lie elsewhere on each system, its record knows."""
    for file in files("onvif-zeep") or ():
        if file.name == "ptz.wsdl":
            return Path(str(file.locate())).resolve().parent
    raise RuntimeError("the WSDL files of onvif-zeep are missing; install it anew")
