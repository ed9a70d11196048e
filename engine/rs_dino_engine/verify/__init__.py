"""``rs-dino verify``: does a model do here what it should? One report to keep, to compare and to send back.

Whoever has the published weights can run it; the arithmetic of a machine is checked without them.
"""
