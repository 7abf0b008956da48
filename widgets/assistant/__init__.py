"""The first start: language, monitors and cameras asked in a window of its own, before any wall."""
