"""``python -m conformance COMMAND``."""

import signal

if __name__ == "__main__":
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Until the command line answers it, Ctrl-C ends us at once, and without a traceback: nothing is begun yet.
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    from conformance.cli import main

    main()
