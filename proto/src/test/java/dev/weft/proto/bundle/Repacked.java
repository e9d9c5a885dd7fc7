package dev.weft.proto.bundle;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Bundles whose parts somebody changed who knows the container: headers and checksums are right again. */
final class Repacked {
    private Repacked() {}

    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    record Change(String what, byte[] bundle) {}

    static Map<String, byte[]> parts(byte[] bundle) throws IOException {
        Map<String, byte[]> parts = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bundle))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                parts.put(entry.getName(), zip.readAllBytes());
            }
        }
        return parts;
    }

    static byte[] pack(Map<String, byte[]> contents) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<ZipParts.Part> parts = new ArrayList<>();
        for (Map.Entry<String, byte[]> each : contents.entrySet()) {
            CRC32 crc = new CRC32();
            crc.update(each.getValue());
            ZipParts.Part part = new ZipParts.Part(each.getKey(), (int) crc.getValue(), each.getValue().length);
            out.write(ZipParts.local(part));
            out.write(each.getValue());
            parts.add(part);
        }
        out.write(ZipParts.directory(parts));
        return out.toByteArray();
    }

    private static Change with(byte[] bundle, String what, String name, byte[] content) throws IOException {
        Map<String, byte[]> parts = parts(bundle);
        parts.put(name, content);
        return new Change(what, pack(parts));
    }

    /** Each is a well-formed container that must not hold. */
    static List<Change> changes(byte[] bundle) throws IOException {
        Map<String, byte[]> parts = parts(bundle);
        List<Change> changes = new ArrayList<>();
        changes.add(with(bundle, "an unknown part", "impact", new byte[] {1}));
        changes.add(with(bundle, "an unknown last part", "zebra", new byte[0]));
        String json = new String(part(parts, "bundle.json"), StandardCharsets.UTF_8);
        for (String[] edit : new String[][] {
            {"\"entries\":\"", "\"entries\":\"1"},
            {"\"later-entries\",", ""},
            {"\"version\":1", "\"version\":2"},
            {"\"origin\":\"demo", "\"origin\":\"demi"},
            {"\"question\":{\"round\"", "\"question\":{\"member\""},
            {"{\"checkpoint\"", "{ \"checkpoint\""},
            {"\"version\":1", "\"unknown\":1,\"version\":1"}
        }) {
            byte[] edited = json.replace(edit[0], edit[1]).getBytes(StandardCharsets.UTF_8);
            changes.add(with(bundle, "manifest " + edit[1], "bundle.json", edited));
        }
        byte[] entries = part(parts, "entries");
        for (int at = 0; at < entries.length; at += 311) {
            byte[] edited = entries.clone();
            edited[at] ^= 1;
            changes.add(with(bundle, "entries at " + at, "entries", edited));
        }
        byte[] hashes = part(parts, "hashes");
        for (int at = 0; at < hashes.length; at += 31) {
            byte[] edited = hashes.clone();
            edited[at] ^= 1;
            changes.add(with(bundle, "hashes at " + at, "hashes", edited));
        }
        changes.add(with(bundle, "one hash more", "hashes", java.util.Arrays.copyOf(hashes, hashes.length + 32)));
        changes.add(with(bundle, "no hashes", "hashes", new byte[0]));
        ByteString note = ByteString.copyFrom(part(parts, "checkpoint"));
        String text = note.toStringUtf8();
        changes.add(with(
                bundle,
                "another size",
                "checkpoint",
                text.replaceFirst("\n1", "\n2").getBytes(StandardCharsets.UTF_8)));
        changes.add(with(
                bundle,
                "no signature",
                "checkpoint",
                text.substring(0, text.indexOf("\n\n") + 2).getBytes(StandardCharsets.UTF_8)));
        changes.addAll(lessEntries(bundle, entries));
        return changes;
    }

    /** One bit changed in places all over the checkpoint, its signature lines included. */
    static List<Change> notes(byte[] bundle) throws IOException {
        byte[] note = part(parts(bundle), "checkpoint");
        List<Change> changes = new ArrayList<>();
        for (int at = 0; at < note.length; at += 9) {
            byte[] edited = note.clone();
            edited[at] ^= (byte) (1 << at % 7);
            changes.add(with(bundle, "checkpoint at " + at, "checkpoint", edited));
        }
        return changes;
    }

    private static byte[] part(Map<String, byte[]> parts, String name) {
        return java.util.Objects.requireNonNull(parts.get(name));
    }

    /** Each entry left out in turn. */
    private static List<Change> lessEntries(byte[] bundle, byte[] entries) throws IOException {
        List<Change> changes = new ArrayList<>();
        for (int at = 0; at < entries.length; ) {
            int length = Entries.HEADER + ((entries[at + 8] & 0xff) << 8 | (entries[at + 9] & 0xff));
            ByteArrayOutputStream less = new ByteArrayOutputStream();
            less.write(entries, 0, at);
            less.write(entries, at + length, entries.length - at - length);
            changes.add(with(bundle, "without the entry at byte " + at, "entries", less.toByteArray()));
            at += length;
        }
        return changes;
    }
}
