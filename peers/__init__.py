"""What the peers' verdicts are made into a page by; behind the report step, and no part of the harness."""
