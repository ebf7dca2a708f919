"""Implementations that are each wrong in one named way, as small changes to a right one: catalogue.py lists them.

Standard library and Python 3.8 only, beside runner_backport: they run in the judged interpreter.
"""
