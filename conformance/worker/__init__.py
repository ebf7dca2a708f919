"""The part of the harness that runs inside the judged interpreter: standard library only, Python 3.8 syntax.

It is loaded under the private name ``conformance_worker`` (see ``__main__``), so that nothing of the
harness is importable by, or shadows anything for, the code that it judges.
"""
