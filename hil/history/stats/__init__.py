"""Statistics over arrays: no database, no clock. Each says what it refuses, and why."""
