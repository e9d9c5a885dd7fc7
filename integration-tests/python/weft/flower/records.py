"""Digests of what Flower sends, and the few words that ride along in its messages."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from flwr.app import Array, ArrayRecord, ConfigRecord, Message, RecordDict

from .. import digest

SECAGG = "secaggplus_configs"
MASKED = "masked_params"
RECORD = "weft"
QUESTION = f"query.{RECORD}"
ROUND, FROM, NUMBER = "weft-round", "weft-from", "weft-number"

HASHING = ThreadPoolExecutor(1, thread_name_prefix="weft-digest")


class Leaves:
    """Leaves of arrays whose bytes were hashed a moment ago. Bytes never change, so the same object has the same leaf."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, tuple[int, ...], bytes, bytes]] = {}

    def of(self, arrays: Mapping[str, Array]) -> str:
        """The model digest; hashes what is new."""
        leaves, fresh = {}, {}
        for name, array in arrays.items():
            known = self._known.get(name)
            if known and known[2] is array.data:
                leaves[name] = known[3]
            else:
                fresh[name] = array
        hashed = digest.each_leaf(_tensor(name, array) for name, array in fresh.items())
        for name, leaf in hashed.items():
            self._known[name] = (fresh[name].dtype, tuple(fresh[name].shape), fresh[name].data, leaf)
        return digest.of_leaves({**leaves, **hashed})

    def later(self, arrays: Mapping[str, Array]) -> Future[str]:
        """The same while training goes on: the arrays' present bytes are taken now."""
        taken = {name: Array(a.dtype, tuple(a.shape), a.stype, a.data) for name, a in arrays.items()}
        return HASHING.submit(self.of, taken)


def _tensor(name: str, array: Array) -> digest.Tensor:
    if array.stype != "numpy.ndarray":
        raise digest.NoModel(f"array {name} is serialised as {array.stype}, which weft-model-v1 does not know")
    return digest.npy_tensor(name, array.data)


def arrays_of(content: RecordDict) -> dict[str, Array]:
    """All arrays of a message by name; where it has several records of arrays, the record's name stands before."""
    records: dict[str, ArrayRecord] = {name: record for name, record in content.array_records.items() if len(record)}
    if len(records) == 1:
        return dict(next(iter(records.values())))
    return {f"{record}/{name}": array for record, arrays in records.items() for name, array in arrays.items()}


def masked_of(content: RecordDict) -> list[bytes] | None:
    """The masked vectors of SecAgg+, where the message carries them instead of arrays."""
    blobs = content.config_records.get(SECAGG, {}).get(MASKED)
    return list(blobs) if blobs else None


def payload_digest(content: RecordDict, leaves: Leaves) -> str | None:
    """The digest of what the message carries of a model: masked vectors, else arrays; none where it carries neither."""
    masked = masked_of(content)
    if masked is not None:
        return digest.blobs_digest(masked)
    arrays = arrays_of(content)
    return leaves.of(arrays) if arrays else None


def taken(message: Message) -> Message:
    """The same message with records and arrays of its own, as they are now; their bytes are not copied."""
    if not message.has_content():
        return message
    content = RecordDict()
    for name, record in message.content.items():
        if isinstance(record, ArrayRecord):
            content[name] = ArrayRecord({k: Array(a.dtype, tuple(a.shape), a.stype, a.data) for k, a in record.items()})
        else:
            content[name] = copy.copy(record)
    same = copy.copy(message)
    same.content = content
    return same


def word(content: RecordDict, name: str) -> Any:
    """A word that the coordinator put into any of the message's config records."""
    for record in content.config_records.values():
        if name in record:
            return record[name]
    return None


def put_words(message: Message, words: Mapping[str, Any]) -> None:
    """Puts them into the message's only config record, since some mods insist on one; else into one of their own."""
    records = list(message.content.config_records.items())
    if len(records) == 1 and records[0][0] != SECAGG:
        records[0][1].update(words)
    else:
        message.content.config_records[RECORD] = ConfigRecord(dict(words))


def settings(content: RecordDict) -> Iterator[tuple[str, Any]]:
    """What the message's config says to the app."""
    for name, record in content.config_records.items():
        if name not in (RECORD, SECAGG):
            yield from ((key, value) for key, value in record.items() if not key.startswith("weft-"))


def numbers(content: RecordDict) -> Iterator[tuple[str, float]]:
    """The single numbers among the message's metrics."""
    for record in content.metric_records.values():
        yield from ((name, float(value)) for name, value in record.items() if isinstance(value, (int, float)))
