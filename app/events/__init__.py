"""What cameras noticed by themselves: which of them are alarmed now, and what was acknowledged."""
