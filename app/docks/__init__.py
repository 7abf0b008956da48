"""The docks around a console's wall: folded, made wider, put back."""
