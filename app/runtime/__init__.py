"""What every room stands on: language, paths, clocks, logs, lanes and worker processes."""
