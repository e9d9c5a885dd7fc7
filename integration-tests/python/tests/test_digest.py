"""The digests of the published vectors, and files that are no models."""

import json
import pathlib
import struct
import tempfile
import unittest

from weft import NoModel, blobs_digest, safetensors_digest
from weft.digest import Tensor, npy_tensor, of_tensors

FIRST = "weft-model-v1:49d3c18c679748378f0e1b077cc55f836a1c5696424bf3430e9912044219561b"
EMPTY = "weft-model-v1:25bd88232c1e42e37ae582193e9d2a48abbf925e490feb55db02930f05bec023"
NO_VALUES = "weft-model-v1:e076934d779465ff4dc1fe00aafca36b3f67b67ee61bfd6274eb30833cc71d7d"
TENSORS = [
    ("w", "F32", (2, 2), struct.pack("<4f", 1, 2, 3, 4)),
    ("b", "F32", (2,), struct.pack("<2f", 0.5, -0.5)),
    ("n", "I64", (), struct.pack("<q", 7)),
]


def npy(descr, fortran, shape, data, version=1):
    text = f"{{'descr': {descr!r}, 'fortran_order': {fortran}, 'shape': {shape}, }}\n".encode()
    size = struct.pack("<H", len(text)) if version == 1 else struct.pack("<I", len(text))
    return b"\x93NUMPY" + bytes((version, 0)) + size + text + data


class DigestTest(unittest.TestCase):
    def test_vectors(self):
        self.assertEqual(of_tensors(Tensor(n, d, s, [data]) for n, d, s, data in TENSORS), FIRST)
        self.assertEqual(of_tensors([]), EMPTY)
        self.assertEqual(of_tensors([Tensor("é", "F16", (0, 3), [])]), NO_VALUES)

    def test_npy_without_numpy(self):
        kinds = {"F32": "<f4", "I64": "<i8"}
        for version in (1, 2, 3):
            tensors = [npy_tensor(n, npy(kinds[d], False, s, data, version)) for n, d, s, data in TENSORS]
            self.assertEqual(of_tensors(tensors), FIRST)

    def test_blobs_keep_their_order(self):
        self.assertNotEqual(blobs_digest([b"a", b"b"]), blobs_digest([b"b", b"a"]))
        self.assertNotEqual(blobs_digest([b"ab"]), blobs_digest([b"a", b"b"]))

    def test_bad_npy(self):
        good = npy("<f4", False, (2,), b"\0" * 8)
        bad = [
            b"", good[:9], b"x" + good[1:], good[:-1], good + b"\0",
            npy("|O", False, (1,), b""), npy("<c8", False, (1,), b"\0" * 8), npy("<f4", False, (-1,), b""),
            npy([("a", "<f4")], False, (1,), b"\0" * 4), good.replace(b"'shape'", b"'shade'"),
        ]  # fmt: skip
        for data in bad:
            with self.subTest(data[:40]), self.assertRaises(NoModel):
                of_tensors([npy_tensor("x", data)])

    def test_two_of_one_name(self):
        with self.assertRaises(NoModel):
            of_tensors([Tensor("x", "U8", (1,), [b"a"]), Tensor("x", "U8", (1,), [b"b"])])

    def test_safetensors(self):
        places, data = {}, b""
        for name, dtype, shape, part in TENSORS:
            places[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(part)]}
            data += part
        header = {"__metadata__": {"format": "pt"}, **places}
        self.assertEqual(self.file(json.dumps(header), data), FIRST)
        self.assertEqual(self.file(json.dumps(header) + "   ", data), FIRST)
        hole = {**places, "n": {**places["n"], "data_offsets": [25, 33]}}
        twice = json.dumps(places)[:-1] + ', "w": ' + json.dumps(places["w"]) + "}"
        for text, rest in (
            (json.dumps(places), data + b"\0"), (json.dumps(places), data[:-1]), (json.dumps(hole), data + b"\0"),
            (twice, data), ("[]", b""), ("{", b""), ('{"a": 1}', b""), ('{"a": {"dtype": "F32"}}', b""),
        ):  # fmt: skip
            with self.subTest(text[:60]), self.assertRaises(NoModel):
                self.file(text, rest)

    def file(self, header, data):
        with tempfile.NamedTemporaryFile() as file:
            file.write(struct.pack("<Q", len(header.encode())) + header.encode() + data)
            file.flush()
            return safetensors_digest(pathlib.Path(file.name))


if __name__ == "__main__":
    unittest.main()
