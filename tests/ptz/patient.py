"""The PTZ worker without its patience running out: what stops a camera here is the broken pipe alone."""

from __future__ import annotations

import sys
from pathlib import Path

import app.ptz.worker

if __name__ == "__main__":
    app.ptz.worker.DEAD_S = 3600.0
    app.ptz.worker.Worker(Path(sys.argv[1])).run()
