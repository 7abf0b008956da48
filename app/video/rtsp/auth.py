"""RTSP logins: see app.runtime.login, which HTTP shares."""

from __future__ import annotations

from app.runtime.login import Challenge, Login, challenge

__all__ = ["Challenge", "Login", "challenge"]
