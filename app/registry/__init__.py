"""What is kept: cameras with areas, streams and credentials, walls, settings; the only room that speaks SQL."""
