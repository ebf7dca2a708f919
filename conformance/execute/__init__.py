"""Run the cells of a plan in workers, and say what happened to each test; the fourth step of the pipeline."""

from conformance.execute.pool import DEFAULT_JOBS, Listener, execute
from conformance.execute.supervise import Course, Order
from conformance.execute.unexercised import Unexercised

__all__ = ["DEFAULT_JOBS", "Course", "Listener", "Order", "Unexercised", "execute"]
