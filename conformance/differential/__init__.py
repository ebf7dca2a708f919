"""Differential testing: drawn programs are run in every cell, and must do what native 3.11 does."""
