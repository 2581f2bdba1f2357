"""The one driver per device; the same code on the bench and in the twin. No simulator is imported here."""
