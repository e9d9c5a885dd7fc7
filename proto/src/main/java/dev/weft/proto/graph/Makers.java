package dev.weft.proto.graph;

import dev.weft.proto.identity.MemberName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who made a model of which digest: of each author the first and the newest occurrence, by its number. */
final class Makers {
    /** An author of a digest, in a chain with those that came after. */
    static final class Maker {
        private final MemberName author;
        private final int first;
        private int newest;
        private @Nullable Maker next;

        Maker(MemberName author, int first) {
            this.author = author;
            this.first = first;
            this.newest = first;
        }

        MemberName author() {
            return author;
        }

        int first() {
            return first;
        }
    }

    private final Map<String, Maker> first = new HashMap<>();
    private final Map<MemberName, MemberName> authors = new HashMap<>();

    void add(String digest, MemberName author, int occurrence) {
        MemberName one = authors.computeIfAbsent(author, name -> name);
        Maker maker = first.get(digest);
        if (maker == null) {
            first.put(digest, new Maker(one, occurrence));
            return;
        }
        while (!maker.author.equals(one) && maker.next != null) {
            maker = maker.next;
        }
        if (maker.author.equals(one)) {
            maker.newest = occurrence;
        } else {
            maker.next = new Maker(one, occurrence);
        }
    }

    /** The number of what that author made last with the digest, or -1. */
    int newest(String digest, MemberName author) {
        for (Maker maker = first.get(digest); maker != null; maker = maker.next) {
            if (maker.author.equals(author)) {
                return maker.newest;
            }
        }
        return -1;
    }

    Optional<Maker> first(String digest) {
        return Optional.ofNullable(first.get(digest));
    }

    boolean several(String digest) {
        Maker maker = first.get(digest);
        return maker != null && maker.next != null;
    }
}
