"""Interpret programs, which are plain data, in the judged interpreter, and write the trace of each.

`session` performs one program after another; `world` is what a program has made so far, `bodies` takes its operations
one by one, and each kind of them has a module: `steps`, `runners`, `tasks`, `futures`, `timeouts`,
`callbacks`, `flow`, `generators`, `contexts`, `interrupts`, `jobs`; `operations` puts them together. `idle` sees to it that each program ends, `putting_back` that none is felt by the next.
"""
