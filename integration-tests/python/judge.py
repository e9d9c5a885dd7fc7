#!/usr/bin/env python3
"""Judges every file of a directory in one process: python3 judge.py DIRECTORY prints {name: reason}, "" where it holds."""

import json
import pathlib
import sys

from weft_verify import verify

print(json.dumps({file.name: verify(file.read_bytes())["reason"] for file in sorted(pathlib.Path(sys.argv[1]).iterdir())}))
