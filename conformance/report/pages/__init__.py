"""The report as a folder of static pages, for the report step: one page to open from disk, and the data that it looks things up in."""

from conformance.report.pages.writing import is_of_pages, write_pages

__all__ = ["is_of_pages", "write_pages"]
