"""What training stands on: the environment of this process, and the code of an app."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterator
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

_CODE = {".py", ".toml", ".json", ".yaml", ".yml", ".cfg", ".ini"}
_NO_CODE = {"__pycache__", "site-packages", "node_modules"}
_MOST_FILES = 2_000


@lru_cache(maxsize=1)
def environment() -> dict[str, Any]:
    """The record of this process's environment: system, interpreter, packages; its digest is over exactly these."""
    packages = sorted({f"{d.metadata['Name']}=={d.version}" for d in metadata.distributions() if d.metadata["Name"]})
    facts: dict[str, Any] = {
        "os": platform.platform(),
        "interpreter": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": packages,
    }
    digest = "sha256:" + hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    name = f"python {platform.python_version()}, {len(packages)} packages"
    return {"kind": "environment", "externalId": f"environment:{digest}", "name": name, "digest": digest, **facts}


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in _NO_CODE and not f.startswith("."))
        yield from (Path(folder) / name for name in sorted(names) if Path(name).suffix in _CODE)


def code(root: str | os.PathLike[str], name: str | None = None) -> dict[str, Any]:
    """The record of the code below a directory: one digest over path and SHA-256 of each source file."""
    base = Path(root).resolve()
    manifest = hashlib.sha256()
    for number, file in enumerate(_files(base)):
        if number == _MOST_FILES:
            raise ValueError(f"{base} holds more than {_MOST_FILES} source files: name the directory of the app")
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        manifest.update(json.dumps([file.relative_to(base).as_posix(), content]).encode() + b"\n")
    digest = f"sha256:{manifest.hexdigest()}"
    return {"kind": "code", "externalId": f"code:{digest}", "name": name or base.name, "digest": digest}
