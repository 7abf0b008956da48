"""Everything on the screen: all of Qt, and nothing below knows it."""
