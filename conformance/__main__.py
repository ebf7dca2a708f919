"""``python -m conformance COMMAND``, and the command ``conformance`` of an installed harness."""

import signal


def main() -> None:
    """Answer the command line; ends with SystemExit."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Until the command line answers it, Ctrl-C ends us at once, and without a traceback: nothing is begun yet.
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    from conformance.cli import main as answer  # noqa: PLC0415  # slow to import

    answer()


if __name__ == "__main__":
    main()
