"""The report step: the document of a run, its exit status, and (imported by name, for they need rich) the terminal."""

from conformance.report.document import Document, Footer, Header, Hello
from conformance.report.merging import Merged, merge
from conformance.report.reading import read_document
from conformance.report.status import exit_status
from conformance.report.writing import DocumentWriter

__all__ = [
    "Document",
    "DocumentWriter",
    "Footer",
    "Header",
    "Hello",
    "Merged",
    "exit_status",
    "merge",
    "read_document",
]
