"""The demo city: cameras of three real cities, rendered, encoded and served over RTSP; never imported by production code."""
