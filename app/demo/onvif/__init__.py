"""Virtual PTZ cameras with real ONVIF services over HTTP, and the misbehaviour of real ones on demand."""
