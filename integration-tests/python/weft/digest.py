"""``weft-model-v1`` and ``weft-blobs-v1``: one digest for a model's tensors, whichever framework or file holds them.

A tensor's leaf is ``SHA-256(0x00 "weft-tensor-v1" 0x00 u32(len name) name u8(len dtype) dtype u32(ndim) u64(dim)... u64(bytes)
data)``, with the data little-endian in C order, bit for bit. Leaves are sorted by the UTF-8 bytes of their names; the root is
that of RFC 6962 section 2.1; the digest is ``SHA-256("weft-model-v1" 0x00 u64(count) root)``. ``dev.weft.proto.digest`` computes
the same ones in Java.

Data is hashed where it lies: nothing is copied that is little-endian and in C order. Large models are hashed on several threads,
since ``hashlib`` lets go of the interpreter.
"""

from __future__ import annotations

import ast
import hashlib
import json
import math
import mmap
import os
import struct
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

_TENSOR = b"\0weft-tensor-v1\0"
_MODEL = b"weft-model-v1\0"
_BLOB = b"\0weft-blob-v1\0"
_BLOBS = b"weft-blobs-v1\0"
_PART = 1 << 20
_ALONE = 4 << 20
_MAX_HEADER = 100_000_000

_WIDTHS = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1,
    "U16": 2, "I16": 2, "F16": 2, "BF16": 2,
    "U32": 4, "I32": 4, "F32": 4,
    "U64": 8, "I64": 8, "F64": 8,
}  # fmt: skip
_TOKENS = {
    "bool": "BOOL",
    "uint8": "U8", "int8": "I8", "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2",
    "uint16": "U16", "int16": "I16", "float16": "F16", "bfloat16": "BF16",
    "uint32": "U32", "int32": "I32", "float32": "F32",
    "uint64": "U64", "int64": "I64", "float64": "F64",
}  # fmt: skip


class NoModel(ValueError):
    """These are no tensors that the digest knows: a type without a token, or a file that is damaged."""


@dataclass(frozen=True)
class Tensor:
    """One named tensor; ``parts`` gives its bytes, little-endian and in C order."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    parts: Iterable[Any]

    @property
    def nbytes(self) -> int:
        """The number of bytes that type and shape call for."""
        return _WIDTHS[self.dtype] * math.prod(self.shape)


def _digest(algorithm: str, value: bytes) -> str:
    return f"{algorithm}:{value.hex()}"


def _root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    left = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + _root(leaves[:left]) + _root(leaves[left:])).digest()


def leaf(tensor: Tensor) -> bytes:
    """The leaf of one tensor, for proofs about a single layer."""
    if tensor.dtype not in _WIDTHS or any(dimension < 0 for dimension in tensor.shape):
        raise NoModel(f"tensor {tensor.name} has no type or shape that the digest knows: {tensor.dtype} {tensor.shape}")
    name, dtype = tensor.name.encode(), tensor.dtype.encode()
    head = struct.pack("<I", len(name)) + name + struct.pack("<B", len(dtype)) + dtype
    head += struct.pack("<I", len(tensor.shape)) + b"".join(struct.pack("<Q", dimension) for dimension in tensor.shape)
    value = hashlib.sha256(_TENSOR + head + struct.pack("<Q", tensor.nbytes))
    seen = 0
    for part in tensor.parts:
        value.update(part)
        seen += memoryview(part).nbytes
    if seen != tensor.nbytes:
        raise NoModel(f"tensor {tensor.name} needs {tensor.nbytes} bytes for its shape, not {seen}")
    return value.digest()


def of_leaves(leaves: Mapping[str, bytes]) -> str:
    """The digest of a model whose tensors' leaves are at hand, by name."""
    ordered = [leaves[name] for name in sorted(leaves, key=str.encode)]
    return _digest("weft-model-v1", hashlib.sha256(_MODEL + struct.pack("<Q", len(ordered)) + _root(ordered)).digest())


def each_leaf(tensors: Iterable[Tensor]) -> dict[str, bytes]:
    """The leaf of each tensor by its name; on several threads where that pays."""
    known: dict[str, Tensor] = {}
    for tensor in tensors:
        if known.setdefault(tensor.name, tensor) is not tensor:
            raise NoModel(f"two tensors are named {tensor.name}")
    threads = min(4, os.cpu_count() or 1)
    if threads == 1 or sum(tensor.nbytes for tensor in known.values() if tensor.dtype in _WIDTHS) < _ALONE:
        return {name: leaf(tensor) for name, tensor in known.items()}
    with ThreadPoolExecutor(threads) as pool:
        return dict(zip(known, pool.map(leaf, known.values())))


def of_tensors(tensors: Iterable[Tensor]) -> str:
    """The digest of a model."""
    return of_leaves(each_leaf(tensors))


def model_digest(model: Mapping[str, Any]) -> str:
    """The digest of arrays by name: NumPy, anything that NumPy takes, or PyTorch (a ``state_dict``)."""
    return of_tensors(tensor(name, value) for name, value in model.items())


def blobs_digest(blobs: Iterable[Any]) -> str:
    """The digest of opaque payloads in their order: masked or encrypted updates as they went over the wire."""
    leaves = []
    for blob in blobs:
        view = memoryview(blob)
        value = hashlib.sha256(_BLOB + struct.pack("<Q", view.nbytes))
        value.update(view)
        leaves.append(value.digest())
    return _digest("weft-blobs-v1", hashlib.sha256(_BLOBS + struct.pack("<Q", len(leaves)) + _root(leaves)).digest())


def file_digest(path: str | os.PathLike[str]) -> str:
    """The SHA-256 of a file."""
    value = hashlib.sha256()
    with open(path, "rb") as file:
        while part := file.read(_PART):
            value.update(part)
    return _digest("sha256", value.digest())


def tensor(name: str, value: Any) -> Tensor:
    """A tensor of NumPy or PyTorch, or of anything else that NumPy makes an array of."""
    if type(value).__module__.partition(".")[0] == "torch":
        return _torch(name, value)
    import numpy

    array = numpy.asarray(value)
    token = _TOKENS.get(array.dtype.name)
    if token is None:
        raise NoModel(f"tensor {name} is of type {array.dtype}, which weft-model-v1 does not know")
    return Tensor(name, token, tuple(array.shape), _array_parts(array))


def _array_parts(array: Any) -> Iterable[Any]:
    import numpy

    if array.dtype.isbuiltin == 2:  # a type of ml_dtypes: NumPy moves its bits as integers of its width
        array = array.view(f"u{array.dtype.itemsize}")
    little = array.dtype.newbyteorder("<")
    if array.dtype == little and array.flags.c_contiguous:
        return [array.reshape(-1).view(numpy.uint8)]
    return numpy.nditer(
        array,
        flags=["external_loop", "buffered", "zerosize_ok"],
        op_flags=[["readonly", "contig"]],
        op_dtypes=[little],
        order="C",
        casting="equiv",
        buffersize=_PART // array.dtype.itemsize,
    )


def _torch(name: str, value: Any) -> Tensor:
    import torch

    token = _TOKENS.get(str(value.dtype).removeprefix("torch."))
    if token is None:
        raise NoModel(f"tensor {name} is of type {value.dtype}, which weft-model-v1 does not know")
    bits = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}[_WIDTHS[token]]
    plain = value.detach().cpu().contiguous().view(bits).numpy()
    return Tensor(name, token, tuple(value.shape), _array_parts(plain))


def npy_tensor(name: str, data: Any) -> Tensor:
    """A tensor of the bytes of an ``.npy`` file, as Flower sends them: hashed in place, without NumPy, where that can be."""
    view = memoryview(data).cast("B")
    if bytes(view[:6]) != b"\x93NUMPY" or view.nbytes < 12:
        raise NoModel(f"tensor {name} is no .npy file")
    at, size = (10, struct.unpack_from("<H", view, 8)[0]) if view[6] == 1 else (12, struct.unpack_from("<I", view, 8)[0])
    try:
        header = ast.literal_eval(bytes(view[at : at + size]).decode("latin-1").strip())
        descr, order, shape = header["descr"], header["fortran_order"], tuple(int(n) for n in header["shape"])
    except (ValueError, SyntaxError, KeyError, TypeError, MemoryError, RecursionError) as e:
        raise NoModel(f"tensor {name} has no header of an .npy file") from e
    token = _descr_token(name, descr)
    body = view[at + size :]
    if _WIDTHS[token] > 1 and descr[0] == ">" or order and len(shape) > 1:
        import numpy

        array = numpy.frombuffer(body, dtype=descr)
        if array.size != math.prod(shape):
            raise NoModel(f"tensor {name} has {array.size} values, which its shape {shape} does not hold")
        return Tensor(name, token, shape, _array_parts(array.reshape(shape, order="F" if order else "C")))
    return Tensor(name, token, shape, [body])


def _descr_token(name: str, descr: Any) -> str:
    kinds = {"b": "bool", "i": "int", "u": "uint", "f": "float"}
    if isinstance(descr, str) and len(descr) == 3 and descr[0] in "<>|" and descr[1] in kinds and descr[2].isdigit():
        token = _TOKENS.get(kinds[descr[1]] + ("" if descr[1] == "b" else str(8 * int(descr[2]))))
        if token is not None:
            return token
    raise NoModel(f"tensor {name} is of type {descr!r}, which weft-model-v1 does not know")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NoModel("the header of the safetensors file names something twice")
    return members


def safetensors_digest(path: str | os.PathLike[str]) -> str:
    """The digest of a safetensors file, which is mapped and not read into memory."""
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        view = memoryview(mapped)
        tensors: list[Tensor] = []
        try:
            tensors.extend(_safetensors(view))
            return of_tensors(tensors)
        finally:
            for one in tensors:
                for part in one.parts:
                    part.release()
            view.release()


def _safetensors(view: memoryview) -> Iterator[Tensor]:
    size = struct.unpack_from("<Q", view, 0)[0] if view.nbytes >= 8 else 0
    if not 2 <= size <= min(_MAX_HEADER, view.nbytes - 8):
        raise NoModel("this is no safetensors file: it ends within its header")
    try:
        header = json.loads(bytes(view[8 : 8 + size]).decode(), object_pairs_hook=_once)
        header.pop("__metadata__", None)
        places = [(name, p["dtype"], tuple(p["shape"]), *p["data_offsets"]) for name, p in header.items()]
        places.sort(key=lambda place: (place[3], place[4]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as e:
        raise NoModel(f"the header of the safetensors file cannot be read: {e}") from e
    end, data = 0, 8 + size
    for name, _, shape, begin, stop in places:
        if not all(type(n) is int for n in (*shape, begin, stop)) or begin != end or stop < begin:
            raise NoModel(f"tensor {name} of the safetensors file leaves a hole or overlaps another")
        end = stop
    if data + end != view.nbytes:
        raise NoModel(f"the tensors of the safetensors file end at {end} and its data at {view.nbytes - data}")
    for name, dtype, shape, begin, stop in places:
        yield Tensor(name, dtype, shape, [view[data + begin : data + stop]])


