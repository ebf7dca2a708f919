"""One virtual environment for each that the plan needs, made once and kept."""

from conformance.provision.environments import provide

__all__ = ["provide"]
