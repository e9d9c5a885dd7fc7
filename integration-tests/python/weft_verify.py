#!/usr/bin/env python3
"""A second verifier of Weft's audit bundles: python3 weft_verify.py BUNDLE [--policy FILE] [--json]

Exits with 0 where the bundle holds, 1 where it does not, 2 where it is used wrongly or cannot judge it here. It follows docs/protocol.md and shares
no code with the Java program. Field limits (how long, how many) are intake's to keep, and are not judged again here."""

import argparse
import hmac
import json
import re
import sys
from datetime import datetime, timezone

from weft_formats import (
    Policy,
    Refused,
    Unsupported,
    b64,
    check,
    ed25519_holds,
    inclusion_holds,
    is_key_name,
    key_holds,
    key_id,
    leaf,
    MLDSA44_KEY,
    mldsa44_holds,
    note_key_id,
    open_log_note,
    open_note,
    p256_holds,
    pae,
    parse_checkpoint,
    parse_note,
    sha256,
    shared_root,
    unpack,
)

# What may stand in a payload: b bytes, s text, i and l numbers of 32 and 64 bits, t truth, an upper-case word an enum's
# values, a capitalised one a message; * a list, ? a member of a oneof, ! what has to be there.
SCHEMA = {
    name: dict(field.split(":") for field in fields.split())
    for name, fields in {
        "Head": "size:l root:b",
        "PublicKey": "algorithm:ALG! key:b!",
        "MemberKeys": "statement:PublicKey witness:PublicKey tls:PublicKey hpke:PublicKey recovery:PublicKey second:PublicKey",
        "Signature": "keyId:b signature:b",
        "Header": "federation:b audience:s author:s incarnation:i seq:l prev:b siteHead:Head seen:Head recordedAt:s",
        "ArtifactRef": "kind:KIND! digest:s? linkable:b? commitment:b? from:b",
        "CommittedField": "name:s! commitment:b!",
        "Limits": "maxEntryBytes:i maxPayloadBytes:i maxMembers:i maxClosePart:i",
        "Continuation": "federation:b! origin:s! head:Head!",
        "genesis": "header:Header! name:s nonce:b rootKeys:PublicKey* rootThreshold:i logOrigin:s logKeys:PublicKey*"
        " aggregatorKey:PublicKey! caDigest:b protocolVersion:i requiredSignatures:ALG* limits:Limits! continues:Continuation"
        " second:SecondKeys",
        "SecondKeys": "root:PublicKey* log:PublicKey* aggregator:PublicKey!",
        "membership": "header:Header! invitation:SignedInvitation! keys:MemberKeys! oneTimeSignature:b possessions:Possession*",
        "Possession": "key:PublicKey! signature:b!",
        "SignedInvitation": "invitation:b! signatures:Signature*",
        "key": "header:Header! rotate:Rotate? rollover:Rollover? revoke:Revoke? suspend:Named? resume:Named?"
        " require:Require?",
        "Require": "keys:SecondKeys!",
        "Rotate": "keys:MemberKeys! possessions:Possession*",
        "Rollover": "keys:MemberKeys! possessions:Possession* oldIncarnation:i lastSeq:l lastStatement:b loss:s",
        "Revoke": "member:s! suspectFrom:l",
        "Named": "member:s!",
        "policy": "header:Header! witnesses:Witness* k:i f:i operator:s",
        "Witness": "name:s! organisation:s! key:PublicKey!",
        "round": "header:Header! register:Register? open:Open? closePart:ClosePart? close:Close?",
        "Register": "trainingLine:s number:i predecessor:b protocol:TrainingProtocol! inputModel:ArtifactRef! deadline:s",
        "TrainingProtocol": "code:s environment:s preprocessing:s hyperParameters:s aggregation:s",
        "Open": "round:b! expected:s*",
        "ClosePart": "round:b! part:i received:Received*",
        "Received": "member:s! wireDigest:s arrival:i verdict:VERDICT! reason:s statement:b weight:b",
        "Close": "round:b! parts:b* outputModel:ArtifactRef failure:s",
        "progress": "header:Header! round:b! state:PROGRESS!",
        "contribution": "header:Header! round:b! baseRound:b inputModel:ArtifactRef! wireDigest:s! update:b runs:Run*"
        " privacy:PrivacyTechnique* summaries:CommittedField*",
        "Run": "id:ArtifactRef! kind:RUNKIND! inputs:ArtifactRef* outputs:ArtifactRef* code:ArtifactRef* environment:ArtifactRef*"
        " parameters:CommittedField*",
        "PrivacyTechnique": "name:s! parameters:CommittedField*",
        "evaluation": "header:Header! round:b model:ArtifactRef! runs:Run* summaries:CommittedField*",
        "publication": "header:Header! round:b! model:ArtifactRef! version:s!",
        "alias": "header:Header! old:ArtifactRef! new:ArtifactRef!",
        "linkkey": "header:Header! epoch:i! check:b! wrapped:WrappedKey*",
        "WrappedKey": "member:s encapsulated:b ciphertext:b",
        "revocation": "header:Header! artifact:ArtifactRef! reason:REASON!",
        "notice": "header:Header! revocation:b! told:s? acknowledged:t?",
        "disclosure": "header:Header! request:Request? decision:Decision?",
        "Request": "statement:b! commitments:b* purpose:s fields:s* words:b",
        "Decision": "request:b! granted:t commitments:b* reader:s! ciphertextDigest:b reason:s words:b",
        "evidence": "header:Header! member:s incarnation:i seq:l firstIndex:l first:b! second:b! secondEnvelopeDigest:b",
        "Manifest": "version:i federation:b origin:s checkpoint:Head question:Question policy:b entries:l gaps:Gap*"
        " notProven:s* note:b",
        "Question": "model:s? round:b? member:s? disclosure:b?",
        "Gap": "author:s incarnation:i first:l last:l",
    }.items()
}
ENUMS = {
    "ALG": "ED25519 ECDSA_P256 X25519 ML_DSA_44",
    "KIND": "DATASET CODE ENVIRONMENT MODEL RUN METRICS PERMIT",
    "VERDICT": "ACCEPTED REJECTED DROPPED",
    "PROGRESS": "STARTED WAITING DECLINED",
    "RUNKIND": "PREPARE TRAIN EVALUATE AGGREGATE",
    "REASON": "CONSENT_WITHDRAWN PERMIT_ENDED DATA_ERROR OTHER",
}
ALGORITHM = {"ED25519": 1, "ECDSA_P256": 2, "X25519": 3, "ML_DSA_44": 4}
PREDICATES = {name for name in SCHEMA if name[0].islower()}
IN_TOTO = "https://in-toto.io/Statement/v1"
NAME = re.compile(r"[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?")


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def ordered(pairs):
    """An object whose names stand in the order of their UTF-8 bytes, which is that of code points, each once."""
    names = [name for name, _ in pairs]
    check(len(set(names)) == len(names), "duplicate", "a name twice")
    check(names == sorted(names), "not-canonical", "names out of order")
    return dict(pairs)


def no_number(text):
    raise ValueError(f"{text} is no JSON")


def parse_json(data):
    """What JSON says, with None for a null and for a number that is not whole or longer than 15 digits: both are refused where
    they stand. Whether it is in its one form is known once what it says was judged, see same."""
    try:
        text = data.decode("utf-8")
    except ValueError:
        raise Refused("malformed", "no UTF-8") from None
    depth = deepest = 0
    for c in re.sub(r'"(?:[^"\\]|\\.)*"', "", text):
        depth += (c in "[{") - (c in "]}")
        deepest = max(depth, deepest)
    check(deepest <= 16, "too-deep", "nested too deep")
    whole = lambda digits: int(digits) if re.fullmatch("0|-?[1-9][0-9]{0,14}", digits) else None
    try:
        return json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=ordered,
            parse_int=whole,
            parse_float=lambda number: None,
            parse_constant=no_number,
        )
    except ValueError:
        raise Refused("malformed", "no JSON") from None


def same(value, data):
    """Printing gives the bytes again: no white space, no escape that is not needed, no mark in front."""
    try:
        check(canonical(value) == data, "not-canonical", "JSON of another form")
    except UnicodeEncodeError:
        raise Refused("malformed", "half a surrogate pair") from None


def plain(value):
    """What may stand where no schema says it."""
    check(value is not None, "not-canonical", "a null, or a number that has no one form")
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        plain(each)


def read(kind, value):
    """A message with its bytes decoded, numbers as numbers and every field there."""
    check(isinstance(value, dict), "malformed", f"{kind} is no object")
    fields, out, oneofs = SCHEMA[kind], {}, 0
    check(not set(value) - set(fields), "unknown-field", f"{kind} has {sorted(set(value) - set(fields))}")
    for name, type_ in fields.items():
        single = type_.rstrip("*?!")
        many, one = type_.endswith("*"), type_.endswith("?")
        if name not in value:
            check(not type_.endswith("!"), "missing-field", f"{kind} has no {name}")
            absent = {"b": b"", "s": "", "i": 0, "l": 0, "t": False}
            out[name] = [] if many else None if one else absent.get(single)
            continue
        given = value[name]
        oneofs += one
        if many:
            check(isinstance(given, list), "malformed", f"{name} is no list")
            check(given, "not-canonical", f"{name} is empty")
            out[name] = [scalar(single, item, True) for item in given]
        else:
            out[name] = scalar(single, given, one)
    check(oneofs <= 1, "not-canonical", f"{kind} says two things at once")
    check(oneofs or not any(type_.endswith("?") for type_ in fields.values()), "missing-field", f"{kind} says nothing")
    return out


def scalar(type_, given, default_stands):
    if type_[0].isupper() and type_ not in ENUMS:
        return read(type_, given)
    of = bool if type_ == "t" else int if type_ == "i" else str
    check(type(given) is of, "malformed", f"no {of.__name__} where one is needed")
    check(given or default_stands, "not-canonical", "a default that stands there")
    if type_ == "b":
        return b64(given, "not-canonical")
    if type_ == "i":
        check(0 <= given < 2**32, "malformed", "no 32-bit number")
    elif type_ == "l":
        check(re.fullmatch(r"[0-9]{1,20}", given) and int(given) < 2**64, "malformed", "no 64-bit number")
        check(str(int(given)) == given and (given != "0" or default_stands), "not-canonical", "no 64-bit number's one form")
        return int(given)
    elif type_ in ENUMS:
        check(given in ENUMS[type_].split(), "malformed", f"{given!r} is no {type_}")
    return given


def protobuf(data, repeated=()):
    """[(field, value)] of a message of varints and byte strings; the caller compares what encoding them gives."""
    at, out = 0, []

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            check(at < len(data) and shift < 64, "malformed", "a message ends too early")
            byte = data[at]
            at, value, shift = at + 1, value | (byte & 0x7F) << shift, shift + 7
            if byte < 0x80:
                return value

    while at < len(data):
        tag = varint()
        check(tag & 7 in (0, 2), "malformed", "a field of another wire type")
        if tag & 7 == 0:
            out.append((tag >> 3, varint()))
        else:
            length = varint()
            check(at + length <= len(data), "malformed", "a message ends too early")
            out.append((tag >> 3, data[at : at + length]))
            at += length
    return out


def encode(fields):
    def varint(value):
        out = bytearray()
        while value > 0x7F:
            out.append(value & 0x7F | 0x80)
            value >>= 7
        return bytes(out + bytes([value]))

    return b"".join(
        varint(f << 3) + varint(v) if isinstance(v, int) else varint(f << 3 | 2) + varint(len(v)) + v for f, v in fields
    )


class Statement:
    """One entry: the envelope in its one encoding, the payload in its one form."""

    def __init__(self, index, data, limits=(65_535, 45_000)):
        self.index, self.data = index, data
        check(len(data) <= limits[0], "too-large", "the entry is too large")
        fields = protobuf(data)
        check(2 in dict(fields), "malformed", "no payload")
        check([f for f, _ in fields[:2]] == [1, 2] and {f for f, _ in fields[2:]} == {3}, "not-canonical", "no envelope")
        kind, self.payload = fields[0][1], fields[1][1]
        check(kind == b"application/vnd.in-toto+json", "unknown-type", "another payload type")
        check(len(self.payload) <= limits[1], "too-large", "the payload is too large")
        self.signatures = {}
        for _, signature in fields[2:]:
            parts = protobuf(signature)
            check([f for f, _ in parts] == [1, 2] and len(parts[0][1]) == 16, "not-canonical", "no signature")
            check(len(parts[1][1]) in (64, 2420), "malformed", "a signature of another length")
            check(encode(parts) == signature, "not-canonical", "a signature in another encoding")
            self.signatures[parts[0][1]] = parts[1][1]
        ids = [protobuf(signature)[0][1] for _, signature in fields[2:]]
        check(ids == sorted(set(ids)) and len(ids) <= 32, "not-canonical", "signatures out of order")
        check(encode(fields) == data, "not-canonical", "the envelope is not in its one encoding")
        self.pae = pae(kind, self.payload)
        self.id = sha256(self.pae)
        self.parse()

    def parse(self):
        value = parse_json(self.payload)
        check(isinstance(value, dict), "malformed", "no statement")
        unknown = set(value) - {"_type", "predicate", "predicateType", "subject"}
        check(not unknown, "unknown-field", f"an in-toto statement has no {sorted(unknown)}")
        uri, about = value.get("predicateType"), value.get("subject")
        type_ = re.fullmatch("https://weft\\.dev/([a-z]+)/v1", uri if isinstance(uri, str) else "")
        self.kind = type_.group(1) if type_ and type_.group(1) in PREDICATES else ""
        if self.kind:
            check(len(value) == 4, "not-canonical", "a member is missing")
            self.body = read(self.kind, value["predicate"])
            check(value["_type"] == IN_TOTO and about == subject(self.kind, self.body), "not-canonical", "another subject")
            self.header = self.body["header"]
        else:
            self.body = {}
            self.header = self.foreign(value, uri, about)
        same(value, self.payload)
        check(self.header is not None, "missing-field", "no header")
        self.author = self.header["author"]
        check(NAME.fullmatch(self.author), "bad-name", "no author")
        self.step = next((name for name, of in self.body.items() if of is not None and name in STEPS), "")
        of = {"genesis": "root", "policy": "root", "membership": "aggregator", "evidence": "aggregator"}.get(self.kind)
        if self.kind == "key":
            of = {"revoke": "root", "require": "root", "suspend": "aggregator", "resume": "aggregator"}.get(self.step)
        member = self.author not in ("root", "aggregator")
        check(self.author == of if of else member, "wrong-author", "not this author's to say")

    def foreign(self, value, uri, about):
        """The header of a statement of an unknown type, which is appended without effect."""
        predicate = value.get("predicate", {})
        check(isinstance(predicate, dict), "malformed", "the predicate is no object")
        header = read("Header", predicate["header"]) if "header" in predicate else None
        plain([about or [], *(each for name, each in predicate.items() if name != "header")])
        check(value.get("_type") == IN_TOTO and isinstance(about, list) and about, "malformed", "no in-toto statement")
        check(isinstance(uri, str) and re.fullmatch("[!-~]{1,200}", uri), "malformed", "no predicate type")
        return header

    def verify(self, keys):
        """Exactly the signatures of these Ed25519 and ML-DSA-44 keys, which their lengths tell apart."""
        for raw in keys:
            second = len(raw) == MLDSA44_KEY
            signature = self.signatures.get(key_id(4 if second else 1, raw))
            reason = "second-signature-missing" if second else "missing-signature"
            check(signature is not None, reason, "a signature is missing")
            holds = mldsa44_holds if second else ed25519_holds
            check(holds(raw, self.pae, signature), "bad-signature", "a signature is wrong")
        check(len(keys) == len(self.signatures), "unexpected-signature", "a signature that nobody asked for")


STEPS = {"register", "open", "closePart", "close", "rotate", "rollover", "revoke", "suspend", "resume", "require"}
STEPS |= {"request", "decision"}


def subject(kind, p):
    entries = []

    def put(algorithm, value):
        entries.append({"digest": {algorithm: value.hex() if isinstance(value, bytes) else value}})

    def digest(text):
        algorithm, _, hex_ = text.partition(":")
        put("gitCommit" if algorithm == "git-sha1" else algorithm, hex_)

    def artifact(a):
        if a is None or (a["digest"] is None and a["linkable"] is None):
            put("weft-commitment-v1", b"" if a is None else a["commitment"] or b"")
        elif a["digest"] is not None:
            digest(a["digest"])
        else:
            put("weft-link-v1", a["linkable"])

    def statement(id_):
        put("weft-statement-v1", id_)

    if kind == "genesis":
        put("sha256", p["caDigest"])
    elif kind == "membership":
        put("sha256", sha256(p["invitation"]["invitation"]))
    elif kind in ("key", "policy"):
        statement(p["header"]["federation"])
    elif kind == "round":
        if p["register"]:
            artifact(p["register"]["inputModel"])
        else:
            step = p["open"] or p["closePart"] or p["close"]
            check(step, "missing-field", "a round without a step")
            statement(step["round"])
            if p["close"] and p["close"]["outputModel"]:
                artifact(p["close"]["outputModel"])
    elif kind == "progress":
        statement(p["round"])
    elif kind == "contribution":
        digest(p["wireDigest"])
    elif kind in ("evaluation", "publication"):
        artifact(p["model"])
    elif kind == "revocation":
        artifact(p["artifact"])
    elif kind == "alias":
        artifact(p["old"])
        artifact(p["new"])
    elif kind == "linkkey":
        put("weft-linkcheck-v1", p["check"])
    elif kind == "notice":
        statement(p["revocation"])
    elif kind == "disclosure":
        statement(p["request"]["statement"] if p["request"] else p["decision"]["request"])
    elif kind == "evidence":
        statement(p["first"])
        statement(p["second"])
    return entries


# Whose word it is ---------------------------------------------------------------------------------------------------

LEAST_PAYLOAD_WITH_SECOND = 16_384
SIGNATURES_WITH_SECOND = 8_192
KEYS_OF = ("statement", "witness", "tls", "hpke", "recovery", "second")


def u32(value):
    return len(value).to_bytes(4, "little") + value


def possessions_hold(federation, member, keys, possessions):
    signing = [keys[n] for n in KEYS_OF if n != "hpke" and keys[n]]
    check([p["key"] for p in possessions] == signing, "bad-possession", "other keys are proved")
    check(len({k["key"] for k in signing}) == len(signing), "bad-key", "one key for two purposes")
    for p in possessions:
        algorithm, raw = ALGORITHM[p["key"]["algorithm"]], p["key"]["key"]
        message = b"weft/possession/v1\0" + federation + u32(member.encode()) + bytes([algorithm]) + u32(raw)
        holds = {1: ed25519_holds, 2: p256_holds, 4: mldsa44_holds}.get(algorithm)
        check(holds and holds(raw, message, p["signature"]), "bad-possession", "a key is not proved")


def check_keys(keys):
    for name, algorithm in zip(KEYS_OF, ("ED25519", "ED25519", "ECDSA_P256", "X25519", "ED25519", "ML_DSA_44")):
        if keys[name]:
            check(keys[name]["algorithm"] == algorithm, "bad-key", f"the {name} key is another")
            check(algorithm != "ED25519" or key_holds(keys[name]["key"]), "bad-key", f"the {name} key breaks the rule")
            check(algorithm != "X25519" or len(keys[name]["key"]) == 32, "bad-key", f"the {name} key is too short")
            check(algorithm != "ML_DSA_44" or len(keys[name]["key"]) == MLDSA44_KEY, "bad-key", f"no {name} key")


class Standing:
    """Members and keys, folded in log order from genesis."""

    def __init__(self, genesis):
        check(genesis.kind == "genesis" and not genesis.body["continues"], "wrong-federation", "entry 0 is no genesis")
        self.second = None
        self.found(genesis.body)
        self.require(0, genesis.body["second"])
        genesis.verify(self.roots())
        self.federation, self.members, self.invitations = genesis.id, {}, set()
        self.places = {"root": (0, 1, genesis.id, (0, b"")), "aggregator": (0, 0, genesis.id, (0, b""))}
        self.gaps, self.history, self.witnesses = [], [0], []

    def found(self, genesis):
        raw = lambda key: key["key"] if key["algorithm"] == "ED25519" and key_holds(key["key"]) else None
        self.genesis, self.origin = genesis, genesis["logOrigin"]
        self.root = [raw(key) for key in genesis["rootKeys"]]
        self.log_keys = [raw(key) for key in genesis["logKeys"]]
        self.aggregator = raw(genesis["aggregatorKey"])
        check(all(self.root + self.log_keys + [self.aggregator]), "bad-key", "a key of genesis breaks the rule")
        self.limits = (genesis["limits"]["maxEntryBytes"], genesis["limits"]["maxPayloadBytes"])
        required = ["ED25519"] + ["ML_DSA_44"] * bool(genesis["second"])
        check(genesis["requiredSignatures"] == required, "unknown-algorithm", "other signatures are required")

    def require(self, index, keys):
        """From this entry on a second signature stands beside each first one, a second key beside each first key."""
        if keys is None:
            return
        each = keys["root"] + keys["log"] + [keys["aggregator"]]
        fit = all(k and k["algorithm"] == "ML_DSA_44" and len(k["key"]) == MLDSA44_KEY for k in each)
        check(fit and len({k["key"] for k in each}) == len(each), "bad-key", "no second keys, or one twice")
        check(len(keys["root"]) == len(self.root) and len(keys["log"]) == len(self.log_keys), "bad-value", "one for each")
        check(self.limits[1] >= LEAST_PAYLOAD_WITH_SECOND, "bad-value", "payloads are too small for second keys")
        room = self.limits[0] - self.limits[1]
        check(room >= SIGNATURES_WITH_SECOND, "bad-value", "entries are too small for second signatures")
        raw = lambda some: [k["key"] for k in some]
        first = self.second["first"] if self.second else index
        self.second = {"first": first, "root": raw(keys["root"]), "log": raw(keys["log"]), "aggregator": each[-1]["key"]}

    def roots(self, named=None):
        """These root keys, or all, with their second ones where those are required."""
        chosen = [i for i, raw in enumerate(self.root) if named is None or raw in named]
        return [self.root[i] for i in chosen] + ([self.second["root"][i] for i in chosen] if self.second else [])

    def log_verifiers(self):
        """[(vkey, vkey of its second key or None)], and from which size on a checkpoint needs both."""
        seconds = self.second["log"] if self.second else [None] * len(self.log_keys)
        pairs = [((self.origin, 1, a), b and (self.origin, 6, b)) for a, b in zip(self.log_keys, seconds)]
        return pairs, self.second["first"] + 1 if self.second else 0

    def named(self):
        """Every key that may sign a line below a checkpoint: the log's own, and those of the witnesses of root's policies."""
        pairs, _ = self.log_verifiers()
        return [key for pair in pairs for key in pair if key] + self.witnesses

    def take(self, s):
        """Checks one entry where it stands, and takes it into account."""
        if s.kind == "genesis":
            self.go_on(s)
        else:
            h = s.header
            check(h["federation"] == self.federation and h["audience"] == self.origin, "wrong-audience", "another log")
            s.verify(self.signers(s))
            self.follow(s)
            self.apply(s)
        if s.author in ("root", "aggregator") or s.kind == "key":
            self.history.append(s.index)

    def go_on(self, s):
        old, new = self.genesis, s.body
        c = new["continues"]
        check(c, "duplicate", "a second genesis")
        same = ("name", "rootKeys", "rootThreshold")
        check(c["federation"] == self.federation and all(old[n] == new[n] for n in same), "wrong-federation", "another one")
        number = lambda origin: int(origin.rpartition("/")[2])
        follows = c["origin"] == self.origin and number(new["logOrigin"]) == number(self.origin) + 1
        check(follows, "unknown-log", "it continues another log")
        check(bool(new["second"]) == bool(self.second), "wrong-federation", "it requires other signatures")
        s.verify(self.roots())
        check(c["head"]["size"] == s.index, "log-corrupt", "a continuation at another place")
        before, seconds = set(self.log_keys), self.second
        self.found(new)
        check(not before & set(self.log_keys), "bad-key", "the old log key again")
        if seconds:
            self.require(s.index, new["second"])
            check(seconds["root"] == self.second["root"], "wrong-federation", "other second keys of root")
            check(not set(seconds["log"]) & set(self.second["log"]), "bad-key", "the old second log key again")

    def signers(self, s):
        if s.author == "root":
            named = [raw for raw in self.root if key_id(1, raw) in s.signatures]
            check(len(named) == self.genesis["rootThreshold"], "missing-signature", "not as many root keys as needed")
            if s.step == "require":
                check(not self.second, "duplicate", "second signatures are required already")
                bound = [m for m in self.members.values() if m["revoked"] is None and not m["suspended"]]
                check(all(m["keys"]["second"] for m in bound), "second-key-missing", "a member has none")
                self.require(s.index, s.body["require"]["keys"])
            return self.roots(named)
        if s.author == "aggregator":
            return [self.aggregator] + ([self.second["aggregator"]] if self.second else [])
        member = self.member(s.author)
        rollover = s.kind == "key" and s.step == "rollover"
        check(member["revoked"] is None, "revoked", "its author is revoked")
        check(not member["suspended"], "suspended", "its author is suspended")
        check(rollover or not member["quarantined"], "quarantined", "its author's key is in quarantine")
        held = member["keys"]["second"]
        if s.kind != "key":
            check(held or not self.second, "second-key-missing", "its author has none")
            return [member["keys"]["statement"]["key"]] + ([held["key"]] if self.second else [])
        change = s.body["rotate"] or s.body["rollover"]
        check_keys(change["keys"])
        if rollover:
            for name in KEYS_OF if member["keys"]["second"] else KEYS_OF[:5]:
                check(change["keys"][name], "missing-field", f"no {name} key")
                check(change["keys"][name] != member["keys"][name], "bad-key", f"the old {name} key again")
        possessions_hold(self.federation, s.author, change["keys"], change["possessions"])
        new = change["keys"]["second"]
        check(new or (held and not rollover) or not self.second, "second-key-missing", "its author has none")
        if rollover:
            return [member["keys"]["recovery"]["key"]] + ([new["key"]] if new else [])
        keys = [member["keys"]["statement"], change["keys"]["statement"], new, held if new or self.second else None]
        return [key["key"] for key in keys if key]

    def member(self, name):
        check(name in self.members, "unknown-author", f"'{name}' is no member")
        return self.members[name]

    def follow(self, s):
        """The author's own chain; what is not there is a gap with a name."""
        h, rollover = s.header, s.step == "rollover"
        check(s.author in self.places, "unknown-author", "nobody opened this author's sequence")
        incarnation, following, prev, site = self.places[s.author]
        last = h["seq"] - 1
        if rollover:
            check(h["incarnation"] == incarnation + 1, "wrong-incarnation", "another incarnation than the next")
            last, site = s.body["rollover"]["lastSeq"], (0, b"")
            check(h["prev"] == prev or last >= following, "prev-mismatch", "it does not continue the one before")
            last = following - 1 if h["prev"] == prev else last
        else:
            check(h["incarnation"] == incarnation, "wrong-incarnation", "another incarnation than its author's")
            check(h["seq"] >= following, "seq-taken", "it comes after a later one")
            check(h["seq"] > following or h["prev"] == prev, "prev-mismatch", "it does not continue the one before")
        if last >= following:
            self.gaps.append((s.author, incarnation, following, last))
        now = (h["siteHead"]["size"], h["siteHead"]["root"]) if h["siteHead"] else (0, b"")
        check(now[0] > site[0] or now == site, "site-proof-invalid", "it contradicts the site log before")
        self.places[s.author] = (h["incarnation"], h["seq"] + 1, s.id, now)

    def apply(self, s):
        if s.kind == "membership":
            self.admit(s)
        elif s.kind == "policy":
            keys = [(w["name"], 4, w["key"]["key"]) for w in s.body["witnesses"] if w["key"]["algorithm"] == "ED25519"]
            self.witnesses += [vkey for vkey in keys if is_key_name(vkey[0]) and key_holds(vkey[2])]
        elif s.kind == "evidence":
            self.member(s.body["member"])["quarantined"] = True
        elif s.kind == "key" and s.step in ("rotate", "rollover"):
            change, member = s.body[s.step], self.members[s.author]
            member["keys"] = {n: change["keys"][n] or member["keys"][n] for n in KEYS_OF}
            member["quarantined"] &= s.step == "rotate"
            for name in KEYS_OF:
                signing = [k["key"] for n, k in member["keys"].items() if k and n != "hpke"]
                check(len(set(signing)) == len(signing), "bad-key", "one key for two purposes")
        elif s.kind == "key" and s.step != "require":
            member = self.member(s.body[s.step]["member"])
            if s.step == "revoke":
                member["revoked"] = s.index
            else:
                member["suspended"] = s.step == "suspend"

    def admit(self, s):
        """Root invited, the newcomer chose its keys and proved each: the operator alone can admit nobody."""
        signed, keys = s.body["invitation"], s.body["keys"]
        message = b"weft/invitation/v1\0" + signed["invitation"]
        unused = {key_id(4 if len(raw) == MLDSA44_KEY else 1, raw): raw for raw in self.roots()}
        for one in signed["signatures"]:
            raw = unused.pop(one["keyId"], None)
            check(raw, "invitation-invalid", "signed by somebody else")
            holds = mldsa44_holds if len(raw) == MLDSA44_KEY else ed25519_holds
            check(holds(raw, message, one["signature"]), "bad-signature", "root did not sign the invitation")
        first = [raw not in unused.values() for raw in self.root]
        paired = not self.second or first == [raw not in unused.values() for raw in self.second["root"]]
        check(paired, "invitation-invalid", "a root key signed it without its second one")
        check(sum(first) >= self.genesis["rootThreshold"], "invitation-invalid", "too few root keys signed the invitation")
        fields = dict(protobuf(signed["invitation"]))
        name, role = fields.get(3, b"").decode(), fields.get(4, 0)
        check(fields.get(1) == self.federation, "wrong-federation", "an invitation to another federation")
        check(NAME.fullmatch(name) and name not in ("root", "aggregator") and role in (1, 2, 3), "invitation-invalid", "bad")
        invitation = sha256(signed["invitation"])
        check(name not in self.members and invitation not in self.invitations, "member-exists", "a member twice")
        check(all(keys[n] for n in KEYS_OF[:5]), "missing-field", "a key is missing")
        check(fields.get(11, 4) == 4, "invitation-invalid", "a second key of another algorithm")
        check(keys["second"] or not (self.second or 11 in fields), "second-key-missing", "the newcomer has none")
        check_keys(keys)
        join = b"weft/join/v1\0" + self.federation + invitation
        for n in KEYS_OF:
            key = keys[n] or {"algorithm": None, "key": b""}
            join += bytes([ALGORITHM.get(key["algorithm"], 0)]) + u32(key["key"])
        once = dict(protobuf(fields.get(7, b"")))
        check(ed25519_holds(once.get(2, b""), join, s.body["oneTimeSignature"]), "bad-signature", "not the invited one")
        possessions_hold(self.federation, name, keys, s.body["possessions"])
        self.invitations.add(invitation)
        self.members[name] = {"role": role, "keys": keys, "suspended": False, "revoked": None, "quarantined": False}
        self.places[name] = (0, 0, s.id, (0, b""))


# What the entries say -----------------------------------------------------------------------------------------------

NEVER = {
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "weft-model-v1:25bd88232c1e42e37ae582193e9d2a48abbf925e490feb55db02930f05bec023",
    "git-sha1:e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "git-sha1:4b825dc642cb6eb9a060e54bf8d69288fbee4904",
}
SILENT, STARTED, WAITING, DECLINED, SUBMITTED, LATE, DROPPED, REJECTED, ACCEPTED = range(1, 10)


class Graph:
    """Vertices as tuples, walked edges {from: {to: entry}}, and rounds with what each site did in them."""

    def __init__(self, standing):
        self.standing, self.edges, self.owner, self.digests = standing, {}, {}, {}
        self.rounds, self.places, self.waiting, self.parts = {}, {}, {}, {}
        self.first, self.newest = {}, {}
        self.made = set()

    def say(self, vertex, author, digest=None):
        if vertex not in self.owner:
            self.owner[vertex], self.digests[vertex] = author, digest

    def link(self, a, b, index, both=False):
        """An edge, unless it is there or would close a cycle."""
        if b in self.edges.get(a, {}) or (not both and (a == b or a in self.reach([b])[0])):
            return
        self.edges.setdefault(a, {})[b] = index

    def reach(self, starts):
        seen, open_, entries = set(starts), list(starts), set()
        while open_:
            for b, index in self.edges.get(open_.pop(), {}).items():
                entries.add(index)
                if b not in seen:
                    seen.add(b)
                    open_.append(b)
        return seen, entries

    def add(self, s):
        effect = getattr(self, "on_" + s.kind, None)
        if effect:
            effect(s)

    def trains(self, s):
        return self.standing.members.get(s.author, {}).get("role") in (1, 2)

    # Artifacts

    def artifact(self, author, a):
        identity = a["commitment"] if a["commitment"] is not None else (author, a["digest"] or a["linkable"])
        return ("DATASET" if a["kind"] == "METRICS" else a["kind"], identity)

    def place(self, s, a):
        vertex = self.artifact(s.author, a)
        if a["commitment"] is not None and self.owner.get(vertex, s.author) != s.author:
            vertex = ("copy", s.author) + vertex
        self.say(vertex, s.author, a["digest"])
        return vertex

    def generated(self, s, model, of, slot):
        if model["commitment"] is not None:
            return self.place(s, model)
        vertex = ("MODEL", of, slot)
        fresh = vertex not in self.owner
        self.say(vertex, s.author, model["digest"])
        if fresh and model["digest"] and model["digest"] not in NEVER:
            self.first.setdefault(model["digest"], vertex)
            self.newest[model["digest"], s.author] = vertex
        return vertex

    def used(self, s, model, setting, slot):
        digest = model["digest"]
        if digest is None:
            vertex = self.artifact(s.author, model)
            return vertex if self.owner.get(vertex, s.author) != s.author else self.place(s, model)
        own = ("MODEL", s.id, slot)
        found = None
        if digest not in NEVER:
            found = self.named(model, setting) if model["from"] else None
            found = found or self.of_round(setting, digest)
            found = found or self.newest.get((digest, s.author)) or self.first.get(digest)
        if not found:
            self.say(own, s.author, digest)
        return found or own

    def of_round(self, setting, digest):
        """The setting is (round, what the round made is meant first)."""
        if setting:
            ends = [setting[0].get("input"), setting[0].get("output")]
            for vertex in reversed(ends) if setting[1] else ends:
                if vertex and self.digests.get(vertex) == digest:
                    return vertex
        return None

    def named(self, model, setting):
        id_, digest = model["from"], model["digest"]
        if ("contribution", id_) in self.owner:
            return ("contribution", id_)
        if self.digests.get(("MODEL", id_, "output")) == digest:
            return ("MODEL", id_, "output")
        if not (setting and setting[0]["id"] == id_):
            setting = (self.rounds[id_], True) if id_ in self.rounds else None
        found = self.of_round(setting, digest)
        if not found:
            found = next((v for v in self.edges.get(("publication", id_), {}) if self.digests.get(v) == digest), None)
        return found

    def runs(self, s, runs, setting):
        vertices = []
        for i, run in enumerate(runs):
            vertex = self.place(s, run["id"])
            vertices.append(vertex)
            for j, a in enumerate(run["inputs"]):
                model = a["kind"] == "MODEL"
                self.link(vertex, self.used(s, a, setting, f"run/{i}/input/{j}") if model else self.place(s, a), s.index)
            for a in run["code"] + run["environment"]:
                self.link(vertex, self.place(s, a), s.index)
            for a in run["outputs"]:
                model = a["kind"] == "MODEL"
                out = self.generated(s, a, vertex, "output/" + (a["digest"] or "")) if model else self.place(s, a)
                self.link(out, vertex, s.index)
                self.made.add(out)
        return vertices

    # Statements

    def on_round(self, s):
        getattr(self, "on_" + s.step)(s, s.body[s.step])

    def on_register(self, s, step):
        place = (step["trainingLine"], step["number"])
        if self.standing.members[s.author]["role"] != 2 or place in self.places:
            return
        before, model = self.rounds.get(step["predecessor"]), step["inputModel"]
        round_ = {"id": s.id, "place": place, "by": s.author, "sites": {}, "register": s.index, "open": None, "close": None}
        self.say(("round", s.id), s.author)
        if model["digest"] and not model["from"] and model["digest"] not in self.first:
            round_["input"] = self.generated(s, model, s.id, "input")
        else:
            round_["input"] = self.used(s, model, (before, True) if before else None, "input")
        self.link(("round", s.id), round_["input"], s.index)
        self.rounds[s.id], self.places[place] = round_, s.id
        for earlier in self.waiting.get(s.id, []):
            self.add(earlier)

    def mine(self, s, step):
        round_ = self.rounds.get(step["round"])
        return round_ if round_ and round_["by"] == s.author else None

    def on_open(self, s, step):
        round_ = self.mine(s, step)
        if round_ and round_["open"] is None:
            round_["open"] = s.index
            for member in step["expected"]:
                self.site(round_, member)["expected"] = True

    def on_closePart(self, s, step):
        round_ = self.mine(s, step)
        if round_ and round_["close"] is None:
            self.parts[s.id] = (s.index, round_["id"], step["received"])

    def on_close(self, s, step):
        round_ = self.mine(s, step)
        if not round_ or round_["close"] is not None or round_["open"] is None:
            return
        parts = [self.parts.get(id_) for id_ in step["parts"]]
        if any(part is None or part[1] != round_["id"] for part in parts):
            return
        round_["close"], round_["parts"] = s.index, [part[0] for part in parts]
        for index, _, received in parts:
            for one in received:
                self.listed(round_, s, index, one)
        if step["outputModel"]:
            round_["output"] = self.generated(s, step["outputModel"], s.id, "output")
            self.link(round_["output"], ("round", round_["id"]), s.index)
            self.made.add(round_["output"])

    def listed(self, round_, s, index, one):
        site = self.site(round_, one["member"])
        stated = site["contribution"] is not None
        verdict = {"ACCEPTED": ACCEPTED, "REJECTED": REJECTED, "DROPPED": DROPPED}[one["verdict"]]
        site["state"] = max(site["state"], verdict)
        if not stated:
            site["wire"] = one["wireDigest"]
            site["unattested"] |= verdict != DROPPED
        elif one["wireDigest"]:
            site["disputed"] |= one["wireDigest"] != site["wire"]
        site["entries"].add(index)
        if stated and verdict == ACCEPTED:
            self.link(("round", round_["id"]), ("contribution", site["contribution"]), s.index)

    def site(self, round_, member):
        empty = {"state": SILENT, "expected": False, "contribution": None, "wire": "", "entries": set()}
        return round_["sites"].setdefault(member, empty | {"unattested": False, "disputed": False, "entries": set()})

    def awaited(self, s):
        """The round that a site speaks of; what comes before its round is heard when that is registered."""
        id_ = s.body["round"]
        if id_ and id_ not in self.rounds and self.trains(s):
            self.waiting.setdefault(id_, []).append(s)
        return self.rounds.get(id_) if self.trains(s) else None

    def on_contribution(self, s):
        round_ = self.awaited(s)
        if not round_ or self.site(round_, s.author)["contribution"] is not None:
            return
        base = self.rounds.get(s.body["baseRound"])
        setting, update = (base, True) if base else (round_, False), ("contribution", s.id)
        self.say(update, s.author)
        runs = self.runs(s, s.body["runs"], setting)
        if s.body["inputModel"]:
            self.link(update, self.used(s, s.body["inputModel"], setting, "input"), s.index)
        trained = [v for v, run in zip(runs, s.body["runs"]) if run["kind"] == "TRAIN"] or runs
        for run in trained:
            self.link(update, run, s.index)
        site = self.site(round_, s.author)
        site["contribution"] = s.id
        if site["state"] >= DROPPED:
            site["unattested"] = False
            site["disputed"] |= bool(site["wire"]) and site["wire"] != s.body["wireDigest"]
        else:
            site["state"] = max(site["state"], LATE if round_["close"] is not None else SUBMITTED)
        site["wire"] = s.body["wireDigest"]
        site["entries"].add(s.index)
        if site["state"] == ACCEPTED:
            self.link(("round", round_["id"]), update, s.index)

    def on_progress(self, s):
        round_ = self.awaited(s)
        if round_:
            site = self.site(round_, s.author)
            state = {"STARTED": STARTED, "WAITING": WAITING, "DECLINED": DECLINED}[s.body["state"]]
            site["state"] = max(site["state"], state)
            site["entries"].add(s.index)

    def on_evaluation(self, s):
        round_ = self.awaited(s)
        if not self.trains(s) or (s.body["round"] and not round_):
            return
        setting = (round_, True) if round_ else None
        if s.body["model"]:
            self.link(("evaluation", s.id), self.used(s, s.body["model"], setting, "model"), s.index)
        self.runs(s, s.body["runs"], setting)
        if round_:
            site = self.site(round_, s.author)
            site["state"] = max(site["state"], STARTED)
            site["entries"].add(s.index)

    def on_publication(self, s):
        round_ = self.rounds.get(s.body["round"])
        model = self.used(s, s.body["model"], (round_, True) if round_ else None, "model")
        if round_ and round_["by"] == s.author:
            self.say(("publication", s.id), s.author)
            self.link(("publication", s.id), model, s.index)

    def on_alias(self, s):
        ends = [self.claimed(s, a) for a in (s.body["old"], s.body["new"])]
        if all(self.owner.get(vertex, s.author) == s.author for vertex in ends):
            for vertex, a in zip(ends, (s.body["old"], s.body["new"])):
                self.say(vertex, s.author, a["digest"])
            self.link(ends[0], ends[1], s.index, True)
            self.link(ends[1], ends[0], s.index, True)

    def on_revocation(self, s):
        self.say(self.claimed(s, s.body["artifact"]), s.author, s.body["artifact"]["digest"])

    def claimed(self, s, a):
        own = self.artifact(s.author, a)
        if a["commitment"] is not None:
            copy = ("copy", s.author) + own
            return copy if copy in self.owner else own
        if a["kind"] != "MODEL" or a["digest"] is None:
            return own
        return self.newest.get((a["digest"], s.author)) or self.first.get(a["digest"]) or own

    # Answers

    def lineage(self, model):
        made = [v for v, digest in self.digests.items() if digest == model and v[0] == "MODEL" and v in self.made]
        return bool(made), sorted(self.reach(made)[1])

    def complete(self, id_):
        round_ = self.rounds.get(id_)
        if not round_:
            return False, []
        settled = all(
            site["state"] in (ACCEPTED, REJECTED, DROPPED, DECLINED) and not site["unattested"] and not site["disputed"]
            for site in round_["sites"].values()
            if site["expected"]
        )
        parts = round_.get("parts") or [i for i, of, _ in self.parts.values() if of == id_]
        entries = {round_["register"], round_["open"], round_["close"], *parts}
        entries.update(*(site["entries"] for site in round_["sites"].values()))
        return round_["close"] is not None and settled, sorted(e for e in entries if e is not None)


# The bundle ---------------------------------------------------------------------------------------------------------


def asks_for_disclosure(data):
    """Whether the manifest, which is the first part and stored as it is, asks about a disclosure."""
    begin = 30 + int.from_bytes(data[26:28], "little")
    return b'"question":{"disclosure":' in data[begin : begin + int.from_bytes(data[18:22], "little")]


def entries_of(part):
    at, before = 0, -1
    while at < len(part):
        check(at + 10 <= len(part), "malformed", "the entries end too early")
        index, length = int.from_bytes(part[at : at + 8], "big"), int.from_bytes(part[at + 8 : at + 10], "big")
        check(before < index < 2**63, "not-canonical", "entries out of order")
        check(at + 10 + length <= len(part), "malformed", "the entries end too early")
        yield index, part[at + 10 : at + 10 + length]
        at, before = at + 10 + length, index


def verify(data, policy=None):
    """The verdict on a bundle's bytes, as a dictionary."""
    claims, judged = [], {"given": bool(policy)} | ({"sha256": policy.digest.hex()} if policy else {})
    votes = {}

    def claim(name, entries, holds=True):
        claims.append({"name": name, "holds": holds, "entries": entries})

    stage = "container"
    try:
        letter = b""
        names = ["bundle.json", "checkpoint", "entries", "hashes"]
        if asks_for_disclosure(data):
            manifest, note, letter, part, proof = unpack(data, names[:2] + ["disclosures"] + names[2:])
        else:
            manifest, note, part, proof = unpack(data, names)
        value = parse_json(manifest)
        asked = read("Manifest", value)
        same(value, manifest)
        question = asked["question"]
        check(asked["version"] == 1, "unsupported-version", "another version")
        check(question and any(v is not None for v in question.values()), "missing-field", "no question")
        check((question["disclosure"] is not None) == bool(letter), "unsupported-version", "a letter, or none, is missing")
        stage = "signatures"
        standing = graph = None
        statements = []
        leaves, spoken = {}, []
        for index, envelope in entries_of(part):
            if standing is None:
                check(index == 0, "missing-field", "it does not begin with genesis")
                s = Statement(0, envelope)
                standing = Standing(s)
                graph = Graph(standing)
            else:
                s = Statement(index, envelope, standing.limits)
                standing.take(s)
                graph.add(s)
            leaves[index] = leaf(envelope)
            if question["disclosure"] is not None and s.author not in ("root", "aggregator"):
                statements.append(s)
            if s.author == question["member"]:
                spoken.append(index)
        check(standing, "missing-field", "no entry")
        claim("signatures", sorted(leaves))

        stage = "checkpoint"
        pairs, first_size = standing.log_verifiers()
        log = [first for first, _ in pairs]
        text, verified, others = open_log_note(note, pairs, first_size)
        origin, size, root = parse_checkpoint(text)
        check(origin == standing.origin, "unknown-log", "a checkpoint of another log")
        claim("checkpoint", [0])
        if policy:
            stage = "policy"
            signed = [v for v in log if any(kid == note_key_id(*v) for _, kid, _ in verified)]
            check(any(v in policy.logs for v in signed), "unknown-log", "the policy does not name this log's key")
            votes = policy.votes(text, others)
            check(policy.met(votes), "quorum-missing", "too few witnesses")
            claim("policy", [])
        stage = "checkpoint"
        _, named, strangers = open_note(note, standing.named() + (policy.witnesses() if policy else []))

        stage = "inclusion"
        check(max(leaves) < size and len(proof) % 32 == 0, "bad-inclusion-proof", "an entry above the checkpoint")
        given = iter([proof[i : i + 32] for i in range(0, len(proof), 32)])
        try:
            check(shared_root(leaves, size, given) == root, "bad-inclusion-proof", "another root")
        except (StopIteration, RuntimeError):
            raise Refused("bad-inclusion-proof", "too few hashes") from None
        check(next(given, None) is None, "bad-inclusion-proof", "too many hashes")
        claim("inclusion", sorted(leaves))

        stage = "container"
        gaps = sorted(standing.gaps)
        check(manifest == canonical(follows(asked, standing, note, len(leaves), gaps)), "not-canonical", "manifest")
        claim("container", [])
        stage = "key-history"
        check(not any(gap[0] in ("root", "aggregator") for gap in gaps), "out-of-order", "key history with a gap")
        claim("key-history", standing.history)
        stage = "answer"
        if question["model"] is not None:
            holds, entries = graph.lineage(question["model"])
            claim("lineage", entries, holds)
        elif question["disclosure"] is not None:
            stage = "disclosed"
            holds, entries = disclosed(statements, question["disclosure"], letter)
            claim("disclosed", entries, holds)
        elif question["round"] is not None:
            holds, entries = graph.complete(question["round"])
            claim("round-complete", entries, holds)
        else:
            name = question["member"]
            holds = name in standing.members and not any(gap[0] == name for gap in gaps)
            claim("sequence", spoken if name in standing.members else [], holds)
        own = [(vkey[0], note_key_id(*vkey)) for pair in pairs for vkey in pair if vkey]
        beside = [line for line in named + strangers if line[:2] not in own]
        return {
            "verdict": "holds" if holds else "does-not-hold",
            "reason": "" if holds else "claim-false",
            "claims": claims,
            "notProven": [{"code": code} for code in not_proven(asked, policy, beside, strangers)],
            "checkpoint": {"origin": origin, "size": size, "root": root.hex()} | seen(votes),
            "policy": judged,
        }
    except Refused as e:
        claim(stage, [], False)
        refused = {"verdict": "does-not-hold", "reason": e.reason, "claims": claims, "detail": str(e)}
        return refused | {"notProven": [], "checkpoint": {}, "policy": judged}


def not_proven(manifest, policy, beside, strangers):
    """The codes of what a bundle that holds still does not show; beside are the checkpoint's lines that are not the log's."""
    other = policy and manifest["policy"] not in (b"", policy.digest)
    codes = {
        "federation": not policy,
        "finality": not policy or policy.quorum == "none",
        "unjudged-cosignatures": beside and not policy,
        "unknown-signatures": strangers,
        "exported-for-another-policy": other,
    }
    return manifest["notProven"] + [code for code, said in codes.items() if said]


def seen(votes):
    """Which witnesses of the policy cosigned, and when they say it was; in the year 9999 at most."""
    at = lambda time: datetime.fromtimestamp(min(time, 253_402_300_799), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = {"cosignatures": [{"witness": vkey[0], "time": at(time)} for vkey, time in votes.items()]}
    times = sorted(votes.values())
    return told | ({"seenFrom": at(times[0]), "seenTo": at(times[-1])} if times else {})


def message(data, spec):
    """A message in its one encoding: {name: value}. A spec gives each field's number, name, and b, s, i, l or a spec; * a list."""
    out, last = {name.rstrip("*"): [] if name.endswith("*") else None for name, _ in spec.values()}, 0
    for number, value in protobuf(data):
        check(number in spec and number >= last, "not-canonical", "a letter with another field, or out of order")
        name, kind = spec[number]
        many = name.endswith("*")
        check(many or number > last, "not-canonical", "a letter with a field twice")
        check(isinstance(value, int) == (kind in ("i", "l")), "malformed", "a letter with a field of another type")
        check(many or isinstance(kind, dict) or value not in (0, b""), "not-canonical", "a letter with a default")
        if kind == "i":
            check(value < 2**31, "malformed", "a number that is too large")
        elif kind == "l":
            check(value < 2**63, "malformed", "a number that is too large")
        elif kind == "s":
            try:
                value = value.decode("utf-8")
            except UnicodeDecodeError:
                raise Refused("malformed", "a text that is no UTF-8") from None
        elif isinstance(kind, dict):
            value = message(value, kind)
        out[name.rstrip("*")] = out[name.rstrip("*")] + [value] if many else value
        last = number
    flat = [(n, v) for n, v in protobuf(data)]
    check(encode(flat) == data, "not-canonical", "a letter that is encoded otherwise")
    return out


FIELD = {1: ("position", "i"), 2: ("path*", "b"), 3: ("commitment", "b"), 4: ("name", "s"), 5: ("salt", "b"), 6: ("value", "b")}
RECORD = {1: ("index", "l"), 2: ("log2", "i"), 3: ("root", "b"), 4: ("path*", "b"), 5: ("fields*", FIELD)}
LETTER = {1: ("request", "b"), 3: ("opened", {1: ("records*", RECORD)})}


def stands_in(value, wanted):
    """Whether 32 bytes stand whole somewhere in what was read of a statement."""
    if isinstance(value, dict):
        return any(stands_in(v, wanted) for v in value.values())
    return any(stands_in(v, wanted) for v in value) if isinstance(value, list) else value == wanted


def disclosed(statements, request, letter):
    """What docs/protocol.md section 8.1 wants before a letter is believed; (whether somebody answered, the entries it rests on)."""
    asking = next((s for s in statements if s.id == request and s.kind == "disclosure"), None)
    said = asking and asking.body["request"]
    asked = next((s for s in statements if said and s.id == said["statement"]), None)
    decisions = [s for s in statements if s.kind == "disclosure" and (s.body["decision"] or {}).get("request") == request]
    decision = next((s for s in decisions if asked and s.author == asked.author), None)
    if not decision:
        return False, []
    decided, head = decision.body["decision"], decision.body["header"]["siteHead"]
    about = {k: v for k, v in asked.body.items() if k != "header"}
    check(all(stands_in(about, c) for c in said["commitments"]), "not-found", "a commitment that was not stated")
    check(decided["reader"] == asking.author, "bad-value", "opened for another reader")
    check(decided["granted"] and head, "decision-refused", "nothing was opened")
    wanted, opened = said["commitments"], []
    check(said["fields"] or all(c in wanted for c in decided["commitments"]), "bad-value", "opened what nobody asked for")
    content = message(letter, LETTER)
    check(content["request"] == request and content["opened"], "unknown-reference", "a letter about another request")
    records = content["opened"]["records"]
    check(1 <= len(records) <= 128, "limit-exceeded", "no record, or too many")
    before = -1
    for record in records:
        index, log2 = record["index"] or 0, record["log2"] or 0
        check(index > before and log2 <= 16 and len(record["root"] or b"") == 32, "malformed", "records out of order")
        before = index
        data = b"weft/record/v1\0" + bytes([1, log2]) + record["root"]
        holds = inclusion_holds(index, head["size"], leaf(data), record["path"], head["root"])
        check(holds, "bad-inclusion-proof", "a record that is not in the site's log")
        place, named = -1, False
        for field in record["fields"]:
            position, commitment = field["position"] or 0, field["commitment"] or b""
            shown = not (field["salt"] or field["name"] or field["value"])
            good = position > place and len(commitment) == 32 and (shown or (len(field["salt"] or b"") == 32 and field["name"]))
            check(good, "malformed", "fields out of order")
            place = position
            holds = inclusion_holds(position, 1 << log2, leaf(commitment), field["path"], record["root"])
            check(holds, "bad-inclusion-proof", "a field that is not in its record")
            named |= commitment in wanted
            if not shown:
                name, value = field["name"].encode(), field["value"] or b""
                text = b"weft/commit/v1\0" + u32(name) + u32(value)
                check(hmac.digest(field["salt"], text, "sha256") == commitment, "bad-commitment", "another value")
                asked_for = field["name"] in said["fields"] if said["fields"] else commitment in wanted
                check(asked_for, "bad-value", "a field that nobody asked for")
                check(value[:1] and 1 <= value[0] <= 8, "malformed", "a value of no type")
                opened.append(commitment)
        check(named, "unknown-reference", "a record that the statement asked about does not name")
    check(len(set(opened)) == len(opened), "duplicate", "one commitment twice")
    check(sorted(opened) == sorted(decided["commitments"]), "bad-value", "other commitments than the decision's")
    return True, sorted([asked.index, asking.index, decision.index])


def follows(asked, standing, note, entries, gaps):
    """The manifest that the parts give."""
    _, size, root = parse_checkpoint(parse_note(note)[0])
    from base64 import b64encode

    text = lambda data: b64encode(data).decode()
    question = {k: text(v) if isinstance(v, bytes) else v for k, v in asked["question"].items() if v is not None}
    manifest = {
        "version": 1,
        "federation": text(standing.federation),
        "origin": standing.origin,
        "checkpoint": {"size": str(size), "root": text(root)},
        "note": text(sha256(note)),
        "question": question,
        "entries": str(entries),
        "notProven": sorted(
            ["later-entries", "truth-of-statements", "unlogged-work"]
            + ["gaps"] * bool(gaps)
            + ["omitted-entries"] * (entries < size)
        ),
    }
    if asked["policy"]:
        manifest["policy"] = text(asked["policy"])
    if gaps:
        numbers = lambda gap: {"incarnation": gap[1], "first": str(gap[2]), "last": str(gap[3])}
        manifest["gaps"] = [
            {"author": gap[0]} | {k: v for k, v in numbers(gap).items() if v not in (0, "0")} for gap in gaps
        ]
    return manifest


def main():
    arguments = argparse.ArgumentParser(description="Checks an audit bundle of Weft, offline.")
    arguments.add_argument("bundle")
    arguments.add_argument("--policy")
    arguments.add_argument("--json", action="store_true")
    given = arguments.parse_args()
    try:
        policy = Policy(open(given.policy, "rb").read()) if given.policy else None
        data = open(given.bundle, "rb").read()
        if data.startswith(b"weft-fork-proof-v1\n"):
            raise Unsupported("a fork proof is judged by weft-node verify alone")
    except (OSError, Refused, Unsupported) as e:
        print(e, file=sys.stderr)
        return 2
    try:
        verdict = verify(data, policy)
    except Unsupported as e:
        print(e, file=sys.stderr)
        return 2
    if given.json:
        print(json.dumps(verdict))
    else:
        print(verdict["verdict"].replace("-", " ").upper(), verdict["reason"], verdict.get("detail", ""))
        for claim in verdict["claims"]:
            print("  holds" if claim["holds"] else "  FALSE", claim["name"], f"({len(claim['entries'])} entries)")
        print("  not proven:", ", ".join(each["code"] for each in verdict["notProven"]) or "anything")
    return 0 if verdict["verdict"] == "holds" else 1


if __name__ == "__main__":
    sys.exit(main())
