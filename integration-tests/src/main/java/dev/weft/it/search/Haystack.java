package dev.weft.it.search;

/** Somewhere to search: hands out its bytes part by part. */
public interface Haystack {

    /** Gets one part: what it is called, and its bytes. */
    interface Part {
        void accept(String place, byte[] bytes);
    }

    /** Every part, in any order. A value that is cut in two between parts is not found: a part is a whole message, file or
     * database value. */
    void parts(Part part);
}
