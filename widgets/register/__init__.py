"""The page of cameras and owners: a list of all, a form for one or many, and who was up for how long."""
