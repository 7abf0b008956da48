"""What is recorded, for how long, and where: policy, retention, and the thread that keeps the index."""
