"""The one store of results, beside the pipeline: what was found once and need not be run again."""

from conformance.store.keys import Options, cell_key
from conformance.store.rows import Listing
from conformance.store.store import Store
from conformance.store.unexercised import Unexercised

__all__ = ["Listing", "Options", "Store", "Unexercised", "cell_key"]
