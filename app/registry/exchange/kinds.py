"""Which kind of file a list is, by what stands in it; its name only helps where the content leaves a choice.

Runs on: any thread, the import's as a rule.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from app.model.errors import OperatorError
from app.registry.exchange.csv_file import read_csv
from app.registry.exchange.places import read_geojson, read_kml
from app.registry.exchange.playlist import read_m3u, read_xspf
from app.registry.exchange.table import Table
from app.registry.exchange.text import decoded, read_bytes
from app.registry.exchange.watch import UNWATCHED, Watch
from app.registry.exchange.xlsx_file import read_xlsx
from app.registry.exchange.yaml_file import read_yaml
from app.runtime.language import gettext as _

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".m3u", ".m3u8", ".xspf", ".geojson", ".json", ".kml", ".yml",
            ".yaml")
LOOKED_AT = 65_536      # characters in which a kind shows itself
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"       # MS-CFB: .xls, and workbooks locked with a password
_YAML = re.compile(r"^(?:cameras|streams|paths|go2rtc)[ \t]*:[ \t]*(?:#.*)?$", re.MULTILINE)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s,;\t]+", re.IGNORECASE)


def read_list(path: Path, watch: Watch = UNWATCHED) -> Table:
    """The rows of any list that is understood. Raises OperatorError: a sentence, with the line where there is one;
    Cancelled.
    """
    data = read_bytes(path)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(data, watch)
    if data.startswith(_OLD_OFFICE):
        raise OperatorError(_("{path} is an old Excel workbook (.xls) or locked with a password. "
                              "Save it in Excel as XLSX without password, or as CSV.").format(path=path.name))
    if data.startswith(b"%PDF"):
        raise OperatorError(_("{path} is a PDF; a list cannot be read from it. Ask for it as Excel or CSV.").format(
            path=path.name))
    if not data.strip():
        raise OperatorError(_("The file is empty."))
    head = data[:LOOKED_AT].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if head.startswith(b"<"):
        return _marked_up(data, head, path, watch)
    text, encoding = decoded(data)
    start = text.lstrip()[:LOOKED_AT]
    suffix = path.suffix.lower()
    if start.startswith("{"):
        return read_geojson(text, encoding, watch)
    if start.upper().startswith("#EXTM3U") or (suffix in (".m3u", ".m3u8") and not start.startswith("<")) \
            or _is_bare_playlist(start):
        return read_m3u(text, encoding, watch)
    if suffix in (".yml", ".yaml") or (suffix != ".csv" and _YAML.search(start)):
        return read_yaml(text, encoding)
    return read_csv(text, encoding, watch)


def _zipped(data: bytes, watch: Watch) -> Table:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = [name.lower() for name in parts.namelist()[:10_000]]
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise OperatorError(_("The workbook cannot be read ({reason}). Open it in Excel or LibreOffice and save it "
                              "anew as XLSX, or as CSV.").format(reason=type(error).__name__)) from None
    if "xl/workbook.xml" in names:
        return read_xlsx(data, watch)
    if any(name.endswith(".kml") for name in names):
        raise OperatorError(_("This is a KMZ. Unpack it and give the KML that lies in it."))
    if "content.xml" in names:
        raise OperatorError(_("This is an OpenDocument sheet. Save it as XLSX or CSV."))
    raise OperatorError(_("This is a packed file without a list of cameras. Unpack it first."))


def _marked_up(data: bytes, head: bytes, path: Path, watch: Watch) -> Table:
    found = re.search(rb"<(?:\w+:)?(kml|playlist|html|table|workbook)\b", head)
    match found[1] if found else b"":
        case b"kml":
            return read_kml(data, watch)
        case b"playlist":
            return read_xspf(data)
        case b"html" | b"table":
            raise OperatorError(_("{path} is a web page, whatever its name says. Open it in Excel or LibreOffice and "
                                  "save it as XLSX or CSV.").format(path=path.name))
    raise OperatorError(_("{path} is XML, but neither KML nor XSPF.").format(path=path.name))


def _is_bare_playlist(start: str) -> bool:
    """Addresses line by line and nothing else."""
    lines = [line.strip() for line in start.splitlines()[:50] if line.strip()]
    return bool(lines) and all(line.startswith("#") or _ADDRESS.fullmatch(line) for line in lines) and any(
        not line.startswith("#") for line in lines)
