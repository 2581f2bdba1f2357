"""The edges of the simulated world: one small file for each thing that has to be put around an unmodified program.

Nothing here acts until `hil.sim.seams.install`, and `uninstall` undoes it all.
"""
