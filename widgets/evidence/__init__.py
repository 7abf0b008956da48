"""Cases in the windows: what is asked before recordings are handed out, how far it is, and who did what."""
