#!/usr/bin/env python3
"""Judges many files in one process, and prints {name: reason}, with "" for what holds: python3 judge.py DIRECTORY [BUNDLE]

The files are bundles; or, where a bundle is named, policies that it is judged by."""

import json
import pathlib
import sys

from weft_formats import Policy, Refused
from weft_verify import verify


def reason(data, bundle):
    try:
        return verify(bundle, Policy(data))["reason"] if bundle else verify(data)["reason"]
    except Refused as e:  # a policy that is none
        return e.reason


bundle = pathlib.Path(sys.argv[2]).read_bytes() if len(sys.argv) > 2 else None
files = sorted(pathlib.Path(sys.argv[1]).iterdir())
print(json.dumps({file.name: reason(file.read_bytes(), bundle) for file in files}))
