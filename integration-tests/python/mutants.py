#!/usr/bin/env python3
"""Makes bundles that must not hold out of one that does, and judges them: python3 mutants.py BUNDLE OUT [--policy FILE]

Writes OUT/<name>.zip and OUT/verdicts.json, so that another verifier can be asked about the same files. Exits with 1 where
the good bundle does not hold, or a mutant does."""

import argparse
import json
import pathlib
import sys

from weft_formats import Policy, pack, unpack
from weft_verify import asks_for_disclosure, encode, entries_of, protobuf, verify

PARTS = ["bundle.json", "checkpoint", "entries", "hashes"]


def parts_of(data):
    """Their names; a disclosure has its letter beside the entries."""
    return PARTS[:2] + ["disclosures"] + PARTS[2:] if asks_for_disclosure(data) else PARTS


def flips(data):
    """One bit in each of some sixty places, another bit each time."""
    for i in range(0, len(data), max(1, len(data) // 60)):
        yield f"bit-{i}", data[:i] + bytes([data[i] ^ 1 << i % 8]) + data[i + 1 :]


def second_signatures(entries, join, checkpoint):
    """(name, other parts) around second signatures that are not where they must be, or are not theirs."""
    is_second = lambda field: field[0] == 3 and len(dict(protobuf(field[1]))[2]) == 2420
    put = lambda at, envelope: {"entries": join(entries[:at] + [(entries[at][0], envelope)] + entries[at + 1 :])}
    parsed = [protobuf(envelope) for _, envelope in entries]
    doubled = [at for at, fields in enumerate(parsed) if any(map(is_second, fields))]
    for at in doubled:
        yield f"entry-{at}-second-stripped", put(at, encode([f for f in parsed[at] if not is_second(f)]))
        flipped = [(f, v[:-1] + bytes([v[-1] ^ 1]) if is_second((f, v)) else v) for f, v in parsed[at]]
        yield f"entry-{at}-second-wrong", put(at, encode(flipped))
    for number, at in enumerate(at for at in range(1, len(entries)) if doubled and at not in doubled):
        given = parsed[at][2:] + [f for f in parsed[doubled[-1]] if is_second(f)]
        ordered = sorted(given, key=lambda field: dict(protobuf(field[1]))[1])
        yield f"second-{number}-too-early", put(at, encode(parsed[at][:2] + ordered))
    lines = checkpoint.decode().split("\n")
    for i, line in enumerate(lines):
        if len(line) > 3000:  # no other line is as long
            yield "checkpoint-second-stripped", {"checkpoint": "\n".join(lines[:i] + lines[i + 1 :]).encode()}
            other = line[:-40] + ("A" if line[-40] != "A" else "B") + line[-39:]
            yield "checkpoint-second-wrong", {"checkpoint": "\n".join(lines[:i] + [other] + lines[i + 1 :]).encode()}


def changed(parts):
    """Containers that are right again, around parts that are not."""

    def repack(**other):
        return pack([(n.encode(), other.get(n.partition(".")[0], parts[n])) for n in parts if n.partition(".")[0] not in LEFT])

    LEFT = set()
    for name in parts:
        data, short = parts[name], name.partition(".")[0]
        for i in range(0, len(data), max(1, len(data) // 25)):
            yield f"{short}-byte-{i}", repack(**{short: data[:i] + bytes([data[i] ^ 1 << i % 7]) + data[i + 1 :]})
        yield f"{short}-longer", repack(**{short: data + b"\0"})
        yield f"{short}-shorter", repack(**{short: data[:-1] if data else b"\0" * 32})
        LEFT = {short}
        yield f"without-{short}", repack()
        LEFT = set()
    entries = list(entries_of(parts["entries"]))
    join = lambda some: b"".join(i.to_bytes(8, "big") + len(e).to_bytes(2, "big") + e for i, e in some)
    for at in range(0, len(entries), max(1, len(entries) // 20)):
        yield f"entry-{at}-left-out", repack(entries=join(entries[:at] + entries[at + 1 :]))
        yield f"entry-{at}-twice", repack(entries=join(entries[:at] + [entries[at]] + entries[at:]))
        moved = [(i + (n >= at), e) for n, (i, e) in enumerate(entries)]
        yield f"entry-{at}-moved", repack(entries=join(moved))
    for name, other in second_signatures(entries, join, parts["checkpoint"]):
        yield name, repack(**other)
    yield "swapped", repack(entries=join([entries[0], (entries[1][0], entries[2][1]), (entries[2][0], entries[1][1])]))
    for old, new in ((b'"version":1', b'"version":2'), (b'"later-entries",', b""), (b'{"checkpoint"', b'{ "checkpoint"')):
        yield f"manifest-{len(new)}", repack(bundle=parts["bundle.json"].replace(old, new))
    for extra in (b"disclosures", b"foreign", b"impact", b"zebra"):
        yield "part-" + extra.decode(), pack([(n.encode(), parts[n]) for n in parts] + [(extra, b"{}")])


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("bundle")
    arguments.add_argument("out", type=pathlib.Path)
    arguments.add_argument("--policy")
    given = arguments.parse_args()
    policy = Policy(pathlib.Path(given.policy).read_bytes()) if given.policy else None
    data = pathlib.Path(given.bundle).read_bytes()
    parts = dict(zip(parts_of(data), unpack(data, parts_of(data))))
    mutants = {"good": data} | dict(flips(data)) | dict(changed(parts))
    given.out.mkdir(parents=True, exist_ok=True)
    verdicts = {}
    for name, mutant in mutants.items():
        (given.out / f"{name}.zip").write_bytes(mutant)
        verdicts[name] = verify(mutant, policy)
    (given.out / "verdicts.json").write_text(json.dumps(verdicts))
    held = sorted(name for name, verdict in verdicts.items() if verdict["verdict"] == "holds")
    print(f"{len(mutants) - 1} mutants; held: {', '.join(held) or 'none'}")
    return 0 if held == ["good"] else 1


if __name__ == "__main__":
    sys.exit(main())
