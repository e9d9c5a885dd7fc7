package dev.weft.it.search;

import com.google.protobuf.ByteString;
import dev.weft.proto.digest.Commitment;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.FieldValue;
import dev.weft.proto.digest.Hashing;
import dev.weft.proto.digest.Salt;
import dev.weft.proto.v1.Opening;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tries every value of a small domain against all that an aggregator holds: as a bare digest, and as a commitment under
 * whatever it holds that might be the salt. What comes out is known to whoever runs it, however the value was hidden.
 */
public final class Enumeration {

    private static final String BUCKET = ".bucket";
    /** Values that are no salt of an opening, tried as salts: statement ids and commitments among them. */
    private static final int OTHER_KEYS = 8;

    private final Held held;
    private final Set<String> names;

    /**
     * @param held by the aggregator
     * @param names that fields are known to have, besides those that statements say
     */
    public Enumeration(Held held, Set<String> names) {
        this.held = held;
        this.names = new LinkedHashSet<>(names);
        this.names.addAll(held.names());
    }

    /** A value that was found out: of which field, where that is known, and how. */
    public record Recovered(Optional<String> field, FieldValue value, String how) {}

    /** All of the domain's values that are found out. */
    public List<Recovered> of(List<? extends FieldValue> domain) {
        List<Recovered> recovered = new ArrayList<>();
        for (FieldValue value : domain) {
            bare(value, recovered);
        }
        for (Opening opening : held.openings()) {
            String name = opening.getName();
            under(opening.getSalt(), name, domain, "the salt of " + name, recovered);
            if (name.endsWith(BUCKET)) {
                String number = name.substring(0, name.length() - BUCKET.length());
                under(opening.getSalt(), number, domain, "the salt of its range", recovered);
            }
        }
        List<ByteString> others = new ArrayList<>(List.of(ByteString.copyFrom(new byte[Digest.SIZE])));
        held.values().stream().limit(OTHER_KEYS).forEach(others::add);
        for (ByteString key : others) {
            names.forEach(name -> under(key, name, domain, "something else of 32 bytes", recovered));
        }
        return recovered;
    }

    private void bare(FieldValue value, List<Recovered> recovered) {
        byte[] canonical = value.canonicalBytes();
        byte[] text = value.display().getBytes(StandardCharsets.UTF_8);
        for (byte[] bytes : List.of(canonical, text)) {
            if (held.values().contains(Hashing.sha256(bytes).toByteString())) {
                recovered.add(new Recovered(Optional.empty(), value, "a bare SHA-256"));
            }
        }
        for (String name : names) {
            byte[] named = (name + "=" + value.display()).getBytes(StandardCharsets.UTF_8);
            if (held.values().contains(Hashing.sha256(named).toByteString())) {
                recovered.add(new Recovered(Optional.of(name), value, "a SHA-256 of name and value"));
            }
        }
    }

    private void under(
            ByteString key, String name, List<? extends FieldValue> domain, String how, List<Recovered> recovered) {
        Salt salt = Salt.of(key);
        for (FieldValue value : domain) {
            if (held.values().contains(Commitment.commit(salt, name, value).toByteString())) {
                recovered.add(new Recovered(Optional.of(name), value, how));
            }
        }
    }
}
