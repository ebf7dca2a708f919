"""What is known of the peers, CPython and uvloop is made into pages by; behind the report step, and no part of the harness."""
