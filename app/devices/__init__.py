"""ONVIF devices: asked once, in a process of their own, and remembered. Nothing here steers; that is app.ptz."""
