"""The demo city: cameras of three real cities, rendered, encoded, served over RTSP; production never imports it."""
