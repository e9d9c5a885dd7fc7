"""The formats under an audit bundle, from their own specifications: Ed25519 (RFC 8032 and docs/protocol.md section 6), Merkle
trees (RFC 6962), signed notes, checkpoints, cosignatures, tile paths, proofs and policies (C2SP), DSSE 1.0.2. Written apart
from the Java program, so that a mistake in one does not pass in both."""

import base64
import hashlib
import re
import struct

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import load_der_public_key

try:
    from cryptography.hazmat.primitives.asymmetric import mldsa
except ImportError:  # an older one
    mldsa = None


class Refused(Exception):
    """A check failed; the first argument is the stable reason code."""

    def __init__(self, reason, text):
        super().__init__(text)
        self.reason = reason


class Unsupported(Exception):
    """This Python cannot judge it: neither a pass nor a failure."""


def check(holds, reason, text):
    if not holds:
        raise Refused(reason, text)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def b64(text, other_form="malformed"):
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:  # UnicodeEncodeError too
        raise Refused("malformed", "bad base64") from None
    check(base64.b64encode(data).decode() == text, other_form, "base64 with stray bits")
    return data


# Ed25519 ------------------------------------------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
IDENTITY = bytes([1] + [0] * 31)


def decode_point(raw):
    """The affine point of the one encoding that RFC 8032 section 5.1.3 accepts, else None."""
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    return (P - x if x & 1 != sign else x), y


def add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    p, q = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    r, s = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % P, g * h % P, f * g % P, e * h % P


def in_prime_order_subgroup(point):
    acc, base = (0, 1, 1, 0), (point[0], point[1], 1, point[0] * point[1] % P)
    for bit in bin(L)[2:]:
        acc = add(acc, acc)
        if bit == "1":
            acc = add(acc, base)
    return acc[0] == 0 and acc[1] == acc[2]


KEYS = {}


def key_holds(raw):
    """Canonical, in the prime-order subgroup, not the identity. Remembered: it costs as much as many signatures."""
    if raw not in KEYS:
        point = decode_point(raw) if len(raw) == 32 and raw != IDENTITY else None
        KEYS[raw] = point is not None and in_prime_order_subgroup(point)
    return KEYS[raw]


def ed25519_holds(raw, message, signature):
    """One rule: the key as above, S below the order, R not the identity and equal byte for byte."""
    if len(signature) != 64 or signature[:32] == IDENTITY or not key_holds(raw):
        return False
    if int.from_bytes(signature[32:], "little") >= L:
        return False
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


MLDSA44_KEY = 1312
P256_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")


def p256_holds(spki, message, signature):
    if len(spki) != len(P256_PREFIX) + 64 or not spki.startswith(P256_PREFIX):
        return False
    try:
        load_der_public_key(spki).verify(signature, message, ec.ECDSA(hashes.SHA256()))
        return True
    except (InvalidSignature, ValueError):
        return False


def mldsa44_holds(raw, message, signature):
    """Pure ML-DSA-44 of FIPS 204 with the empty context."""
    if len(raw) != MLDSA44_KEY or len(signature) != 2420:
        return False
    if mldsa is None:
        raise Unsupported("cannot check ML-DSA-44 here: pip install -r requirements.txt")
    try:
        mldsa.MLDSA44PublicKey.from_public_bytes(raw).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False
    except UnsupportedAlgorithm:
        raise Unsupported("cannot check ML-DSA-44 here: it needs a cryptography with OpenSSL 3.5 or newer") from None


def key_id(algorithm, raw):
    return sha256(bytes([algorithm]), raw)[:16]


# Merkle trees -------------------------------------------------------------------------------------------------------


def leaf(data):
    return sha256(b"\0", data)


def node(left, right):
    return sha256(b"\1", left, right)


def split(count):
    """The largest power of two below count."""
    return 1 << (count - 1).bit_length() - 1


def tree_root(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node(tree_root(leaves[:k]), tree_root(leaves[k:]))


def inclusion_holds(index, size, leaf_hash, path, root):
    """RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size or len(leaf_hash) != 32:
        return False
    fn, sn, r = index, size - 1, leaf_hash
    for p in path:
        if sn == 0 or len(p) != 32:
            return False
        if fn & 1 or fn == sn:
            r = node(p, r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def consistency_holds(first, second, path, first_root, second_root):
    """RFC 9162 section 2.1.4.2; from the empty tree, and from a tree to itself, the path is empty."""
    if first == 0 or first == second:
        return not path and first <= second and (first != second or first_root == second_root)
    if first > second or not path or any(len(p) != 32 for p in path):
        return False
    path = ([first_root] if first & (first - 1) == 0 else []) + list(path)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


def shared_root(leaves, size, given):
    """The root over leaves {index: hash}, where given hands out the roots of subtrees that hold none of them, in the order of
    a walk from the root, left before right."""
    indexes = sorted(leaves)

    def walk(lo, hi, start, end):
        if lo == hi:
            return next(given)
        if end - start == 1:
            return leaves[start]
        middle = start + split(end - start)
        cut = lo
        while cut < hi and indexes[cut] < middle:
            cut += 1
        left = walk(lo, cut, start, middle)
        return node(left, walk(cut, hi, middle, end))

    return walk(0, len(indexes), 0, size)


# Signed notes -------------------------------------------------------------------------------------------------------


def is_key_name(name):
    return bool(name) and "+" not in name and not any(c.isspace() or ord(c) < 0x20 or c == "\x85" for c in name)


def parse_note(data):
    """(text, [(name, key id, payload)])"""
    check(len(data) <= 1 << 16, "too-large", "a note has at most 64 KiB")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("malformed", "the note is no UTF-8") from None
    check(all(c >= " " or c == "\n" for c in text), "malformed", "the note holds a control character")
    cut = text.rfind("\n\n")
    check(cut >= 0 and text.endswith("\n") and cut + 2 < len(text), "malformed", "the note has no signatures")
    lines, signatures = text[cut + 2 : -1].split("\n"), []
    check(len(lines) <= 100, "limit-exceeded", "too many signatures")
    for line in lines:
        words = line.split(" ", 2)
        check(len(words) == 3 and words[0] == "\u2014" and is_key_name(words[1]), "malformed", "no signature line")
        blob = b64(words[2])
        check(len(blob) >= 5, "malformed", "a signature is too short")
        if (words[1], blob[:4], blob[4:]) not in signatures:
            signatures.append((words[1], blob[:4], blob[4:]))
    return text[: cut + 1], signatures


def note_key_id(name, kind, raw):
    return sha256(name.encode() + b"\n", bytes([kind]), raw)[:4]


def parse_vkey(text):
    """(name, type, raw key); types 1 (Ed25519), 4 (cosignature) and 6 (cosignature of ML-DSA-44)."""
    parts = text.split("+", 2)
    check(len(parts) == 3 and is_key_name(parts[0]), "bad-key", "no verifier key")
    typed = b64(parts[2])
    check(typed[:1] in (b"\1", b"\4", b"\6"), "unknown-algorithm", "a verifier key of another type")
    fits = len(typed) == 1 + MLDSA44_KEY if typed[0] == 6 else key_holds(typed[1:])
    check(fits, "bad-key", "no key by the strict rule")
    check(note_key_id(parts[0], typed[0], typed[1:]).hex() == parts[1], "bad-key", "the key id does not fit")
    return parts[0], typed[0], typed[1:]


def note_signature_holds(vkey, text, payload):
    name, kind, raw = vkey
    if kind == 1:
        return ed25519_holds(raw, text.encode(), payload)
    if len(payload) != (2428 if kind == 6 else 72) or payload[0] > 0x7F:
        return False
    time = int.from_bytes(payload[:8], "big")
    if kind == 6:
        return mldsa44_holds(raw, subtree_message(name, time, text), payload[8:])
    return ed25519_holds(raw, f"cosignature/v1\ntime {time}\n{text}".encode(), payload[8:])


def subtree_message(name, time, text):
    """What an ML-DSA-44 cosignature of a whole tree covers; empty where a name is too long, which nobody signs."""
    origin, size, root = parse_checkpoint(text)
    names = [name.encode(), origin.encode()]
    if max(map(len, names)) > 255:
        return b""
    sized = [bytes([len(each)]) + each for each in names]
    return b"subtree/v1\n\0" + sized[0] + struct.pack(">Q", time) + sized[1] + struct.pack(">QQ", 0, size) + root


def open_log_note(data, pairs, first_size):
    """As open_note with [(vkey, second vkey or None)], where from a size on a log's first signature needs its second one."""
    text, verified, others = open_note(data, [first for first, _ in pairs])
    if parse_checkpoint(text)[1] < first_size:
        return text, verified, others
    is_of = lambda vkey, line: vkey[0] == line[0] and note_key_id(*vkey) == line[1]
    for first, second in pairs:
        if second and any(is_of(first, line) for line in verified):
            lines = [line for line in others if is_of(second, line)]
            check(lines, "second-signature-missing", "the log's second signature is missing")
            check(all(note_signature_holds(second, text, line[2]) for line in lines), "bad-signature", "a second one is wrong")
    return text, verified, others


def open_note(data, vkeys):
    """(text, verified signatures, others): one bad signature of a known key refuses the whole note."""
    text, signatures = parse_note(data)
    verified, others = [], []
    for name, kid, payload in signatures:
        mine = [v for v in vkeys if v[0] == name and note_key_id(*v) == kid]
        check(all(note_signature_holds(v, text, payload) for v in mine), "bad-signature", "a signature is wrong")
        (verified if mine else others).append((name, kid, payload))
    check(verified, "unsigned-checkpoint", "no signature by a known key")
    return text, verified, others


def parse_checkpoint(text):
    """(origin, size, root)"""
    lines = text.split("\n")
    check(len(lines) == 4 and lines[3] == "" and lines[0], "malformed", "a checkpoint has three lines")
    check(re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]) and int(lines[1]) < 2**63, "malformed", "no decimal")
    root = b64(lines[2])
    check(len(root) == 32, "malformed", "a root has 32 bytes")
    check(lines[1] != "0" or root == sha256(b""), "malformed", "no root of the empty tree")
    return lines[0], int(lines[1]), root


def parse_tlog_proof(text):
    """C2SP tlog-proof: (extra or None, index, [hash], checkpoint)"""
    head, blank, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    check(blank and lines.pop(0) == "c2sp.org/tlog-proof@v1", "malformed", "no tlog-proof")
    extra = b64(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else None
    check(lines and re.fullmatch("index (0|[1-9][0-9]{0,18})", lines[0]), "malformed", "no index")
    index, path = int(lines[0][6:]), [b64(line) for line in lines[1:]]
    check(index < 2**63 and len(path) <= 63 and all(len(h) == 32 for h in path), "malformed", "no path of hashes")
    return extra, index, path, checkpoint


def tile_path(level, index, width=256):
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    return f"tile/{level}/" + "/".join(groups) + (f".p/{width}" if width < 256 else "")


class Policy:
    """C2SP tlog-policy: at most 64 KiB of UTF-8; space and tab alone part words, a line feed alone lines."""

    def __init__(self, data):
        self.logs, self.nodes, self.used, self.quorum, self.digest = [], {}, set(), None, sha256(data)
        check(len(data) <= 1 << 16, "policy-invalid", "the policy is larger than 64 KiB")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise Refused("policy-invalid", "the policy is no UTF-8") from None
        check(not re.search("[\0-\x08\x0b-\x1f\x7f]", text), "policy-invalid", "the policy holds a control character")
        for line in text.split("\n"):
            words = re.findall("[^ \t]+", line)
            if words and not words[0].startswith("#"):
                check(self.quorum is None, "policy-invalid", "quorum is the last line")
                self.line(words)
        check(self.quorum is not None and self.logs, "policy-invalid", "no quorum line, or no log")

    def line(self, words):
        kind, count = words[0], len(words)
        if kind == "log" and count in (2, 3):
            vkey = parse_vkey(words[1])
            check(vkey[1] == 1 and vkey[2] not in [log[2] for log in self.logs], "policy-invalid", "a log has a key of type 1, once")
            self.logs.append(vkey)
        elif kind == "witness" and count in (3, 4):
            vkey = parse_vkey(words[2])
            known = [vkey[2] for vkey in self.witnesses()]
            check(vkey[1] in (4, 6) and vkey[2] not in known, "policy-invalid", "a witness has a key of type 4 or 6, once")
            self.define(words[1], vkey)
        elif kind == "group" and count >= 4:
            members = words[3:]
            for member in members:
                self.use(member)
            needed = {"all": len(members), "any": 1}.get(words[2])
            if needed is None:
                check(re.fullmatch("[1-9][0-9]{0,3}", words[2]), "policy-invalid", "all, any or a number")
                needed = int(words[2])
            check(needed <= len(members), "policy-invalid", "more than there are")
            self.define(words[1], (needed, members))
        elif kind == "quorum" and count == 2:
            if words[1] != "none":
                self.use(words[1])
            self.quorum = words[1]
        else:
            raise Refused("policy-invalid", "a line of another form")

    def define(self, name, node_):
        check(name != "none" and name not in self.nodes, "policy-invalid", "defined twice")
        self.nodes[name] = node_

    def use(self, name):
        check(name in self.nodes and name not in self.used, "policy-invalid", "undefined, or used twice")
        self.used.add(name)

    def witnesses(self):
        return [node_ for node_ in self.nodes.values() if len(node_) == 3]

    def votes(self, text, lines):
        """{vkey: time} of its witnesses over a checkpoint; a bad line is no vote."""
        votes = {}
        for name, kid, payload in lines:
            for vkey in self.witnesses():
                if vkey[0] == name and note_key_id(*vkey) == kid and note_signature_holds(vkey, text, payload):
                    votes.setdefault(vkey, int.from_bytes(payload[:8], "big"))
        return votes

    def met(self, votes):
        """Whether the quorum is there, line by line, since a group stands behind its members and a file may nest deep."""
        met = {"none": True}
        for name, node_ in self.nodes.items():
            met[name] = node_ in votes if len(node_) == 3 else sum(met[member] for member in node_[1]) >= node_[0]
        return met[self.quorum]


# DSSE, and the container --------------------------------------------------------------------------------------------


def pae(kind, payload):
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def pack(parts):
    """The one stored ZIP of these (name, bytes): sorted, 1 January 1980, nothing else."""
    import zlib

    out, central = bytearray(), bytearray()
    for name, data in sorted(parts):
        common = struct.pack("<HHHHHIIIHH", 10, 0, 0, 0, 0x21, zlib.crc32(data), len(data), len(data), len(name), 0)
        central += b"PK\1\2" + struct.pack("<H", 10) + common + struct.pack("<HHHII", 0, 0, 0, 0, len(out)) + name
        out += b"PK\3\4" + common + name + data
    end = struct.pack("<HHHHIIH", 0, 0, len(parts), len(parts), len(central), len(out), 0)
    return bytes(out + central + b"PK\5\6" + end)


def unpack(data, names):
    """The parts of these names, of a container that is byte for byte what packing them again gives."""
    import io
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            found = [(info.filename, container.read(info)) for info in container.infolist()]
    except Exception as e:  # zipfile raises what it likes on what is no ZIP file
        raise Refused("malformed", f"no ZIP file: {e}") from None
    check(data.startswith(b"PK\3\4"), "malformed", "something stands before the container")
    check([name for name, _ in found] == names, "unsupported-version", "other parts than this version knows")
    check(pack([(n.encode(), d) for n, d in found]) == data, "not-canonical", "not the one form of its parts")
    return [d for _, d in found]
