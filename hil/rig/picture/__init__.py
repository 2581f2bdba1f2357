"""The wiring of a rig as a picture, from the same lines and levels that everything else goes by."""
