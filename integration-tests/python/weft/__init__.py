"""Tells a Weft node what a training did: records, rounds, and model digests that are equal at every site.

``weft.flower`` and ``weft.nvflare`` do it for Flower and NVFlare; this package itself needs the standard library alone.
"""

from .client import Answer, Client, Refused, Unreachable, WeftError
from .digest import NoModel, blobs_digest, file_digest, model_digest, safetensors_digest
from .spool import Spool, SpoolFull

__all__ = [
    "Answer",
    "Client",
    "NoModel",
    "Refused",
    "Spool",
    "SpoolFull",
    "Unreachable",
    "WeftError",
    "blobs_digest",
    "file_digest",
    "model_digest",
    "safetensors_digest",
]
