"""Lists of cameras in and out: read, planned, written as a whole, taken back; nothing here knows Qt."""
