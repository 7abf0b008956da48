"""Everything that needs no screen: no module below imports PySide6."""
