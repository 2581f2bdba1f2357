"""The test station: who it is, what it measures with, and the seal it puts on records."""
