"""What stands behind a simulated host: its files, its kernel's view of the sensors, and answers in the words of the real tools."""
