"""What is recorded, looked at: one clock for several cameras, marks, and what there is at which moment."""
