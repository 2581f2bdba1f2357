"""How a rig comes about: what to buy, how it is wired, and the steps from loose parts to first frames, each checked before the next.

for step in steps(load("hq-pair")): ...         # data; nothing is asked or opened
walk(rig, site, ...)                            # with a person at the bench, or the twin's
"""
