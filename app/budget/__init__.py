"""What this machine decodes, and what a layout will cost of it before it opens."""
