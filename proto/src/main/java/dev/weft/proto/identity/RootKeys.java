package dev.weft.proto.identity;

import java.util.List;

/**
 * Whose word an invitation is.
 *
 * @param first as genesis names them
 * @param second one for each of them, in their order, where second signatures are required; else empty
 * @param threshold how many must sign
 */
public record RootKeys(List<VerifyingKey> first, List<MlDsaKey> second, int threshold) {
    public RootKeys {
        first = List.copyOf(first);
        second = List.copyOf(second);
        if (!second.isEmpty() && second.size() != first.size()) {
            throw new IllegalArgumentException("each root key has a second one, or none has");
        }
    }

    /** Whether each root key must sign with its second key too. */
    public boolean needSecond() {
        return !second.isEmpty();
    }
}
