"""What layouts cost of this machine, said before they open; and when the machine saves, why."""
