"""The demo city's RTSP server, a program for the system's own Python."""
