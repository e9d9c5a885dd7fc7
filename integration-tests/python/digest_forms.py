"""Computes weft-model-v1 of tensors that a test wrote, in every form that this interpreter's packages have: digest_forms.py DIR

DIR holds tensors.json (name, dtype, shape) and NAME.bin, little-endian in C order. Prints "FORM DIGEST" lines.
"""

import io
import json
import pathlib
import sys

import numpy

import weft
from weft import digest

TYPES = {
    "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "u2", "I16": "i2", "F16": "f2", "U32": "u4", "I32": "i4", "F32": "f4",
    "U64": "u8", "I64": "i8", "F64": "f8",
}  # fmt: skip


def own_types():
    """Those that NumPy has from ml_dtypes."""
    try:
        import ml_dtypes
    except ImportError:
        return {}
    return {"BF16": ml_dtypes.bfloat16, "F8_E4M3": ml_dtypes.float8_e4m3fn, "F8_E5M2": ml_dtypes.float8_e5m2}


def load(directory):
    types = {token: numpy.dtype(code) for token, code in {**TYPES, **own_types()}.items()}
    arrays = {}
    for one in json.loads((directory / "tensors.json").read_text()):
        if one["dtype"] in types:
            data = (directory / f"{one['file']}.bin").read_bytes()
            arrays[one["name"]] = numpy.frombuffer(data, types[one["dtype"]]).reshape(one["shape"])
    return arrays


def npy(array):
    buffer = io.BytesIO()
    numpy.save(buffer, array)
    return buffer.getvalue()


def strided(array):
    if array.ndim == 0:
        return array
    wide = numpy.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def forms(arrays):
    plain = {name: array for name, array in arrays.items() if array.dtype.isbuiltin == 1}
    yield "numpy", weft.model_digest(arrays)
    yield "fortran", weft.model_digest({name: numpy.asfortranarray(array).reshape(array.shape) for name, array in arrays.items()})
    yield "strided", weft.model_digest({name: strided(array) for name, array in arrays.items()})
    yield "reversed", weft.model_digest(dict(reversed(arrays.items())))
    big = {name: array.astype(array.dtype.newbyteorder(">")) for name, array in plain.items()}
    yield "plain:big-endian", weft.model_digest(big)
    yield "plain:npy", digest.of_tensors(digest.npy_tensor(name, npy(array)) for name, array in plain.items())
    yield "plain:npy-big-endian", digest.of_tensors(digest.npy_tensor(name, npy(array)) for name, array in big.items())
    column = {name: numpy.asfortranarray(array).reshape(array.shape, order="A") for name, array in plain.items()}
    yield "plain:npy-fortran", digest.of_tensors(digest.npy_tensor(name, npy(array)) for name, array in column.items())
    for form in (safetensors_form, flower_form, torch_form, nvflare_form):
        try:
            yield from form(arrays, plain)
        except ImportError:
            continue


def safetensors_form(arrays, plain):
    from safetensors.numpy import save_file

    file = pathlib.Path(sys.argv[1]) / "model.safetensors"
    save_file({name: numpy.ascontiguousarray(array).reshape(array.shape) for name, array in plain.items()}, file)
    yield "plain:safetensors", weft.safetensors_digest(file)


def flower_form(arrays, plain):
    from flwr.app import ArrayRecord
    from flwr.common import ndarrays_to_parameters, parameters_to_ndarrays

    from weft.flower.records import Leaves

    record = ArrayRecord.from_numpy_ndarrays(list(plain.values()))
    named = ArrayRecord(dict(zip(plain, record.values())))
    yield "plain:flower-arrayrecord", Leaves().of(named)
    parameters = parameters_to_ndarrays(ndarrays_to_parameters(list(plain.values())))
    yield "plain:flower-parameters", weft.model_digest(dict(zip(plain, parameters)))


def torch_form(arrays, plain):
    import torch

    layers = {name: torch.from_numpy(numpy.array(array)) for name, array in plain.items()}
    yield "plain:torch", weft.model_digest(layers)


def nvflare_form(arrays, plain):
    from nvflare.apis.dxo import DXO, DataKind
    from nvflare.app_common.abstract.fl_model import FLModel, ParamsType
    from nvflare.app_common.utils.fl_model_utils import FLModelUtils

    from weft.nvflare import shareable_digest

    yield "plain:nvflare-dxo", shareable_digest(DXO(DataKind.WEIGHTS, data=dict(plain)).to_shareable())
    model = FLModel(params_type=ParamsType.FULL, params=dict(plain))
    yield "plain:nvflare-flmodel", shareable_digest(FLModelUtils.to_shareable(model))


if __name__ == "__main__":
    for name, value in forms(load(pathlib.Path(sys.argv[1]))):
        print(name, value)
