"""A simulated Raspberry Pi Pico: the bench's own firmware in a real MicroPython, behind a pty, its edges exact to the register."""
