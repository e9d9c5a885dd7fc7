package dev.weft.node.record;

/** How one record names another one of the same site. */
public sealed interface Reference {

    /** By record id. */
    record ById(long id) implements Reference {
        @Override
        public String toString() {
            return Long.toString(id);
        }
    }

    /** By the id that the other record's tool gave it: looked for under the same source first, then under any. */
    record ByExternalId(String externalId) implements Reference {
        @Override
        public String toString() {
            return '"' + externalId + '"';
        }
    }
}
