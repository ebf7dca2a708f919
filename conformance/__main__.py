"""``python -m conformance COMMAND``."""

from conformance.cli import main

if __name__ == "__main__":
    main()
