"""What the rooms talk about: frozen values, standard library only."""
