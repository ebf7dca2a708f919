"""Run the cells of a plan in workers, and say what happened to each test; the fourth step of the pipeline."""

from conformance.execute.order import Course, Order, is_of_fixture, is_within, scope_of
from conformance.execute.parts import Listener
from conformance.execute.pool import DEFAULT_JOBS, execute

__all__ = ["DEFAULT_JOBS", "Course", "Listener", "Order", "execute", "is_of_fixture", "is_within", "scope_of"]
