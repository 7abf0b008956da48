"""What the doctor looks at; each check only looks, none changes the machine."""
