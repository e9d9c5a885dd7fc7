package dev.weft.proto.merkle;

import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a tile lies (C2SP tlog-tiles v0.1.0): {@code tile/<level>/<index>[.p/<width>]}, entries under {@code
 * tile/entries/}. The index goes in groups of three digits, all but the last with an x before them.
 *
 * @param level 0 to 5, or {@link #ENTRIES}
 * @param index of the tile in its level, from 0
 * @param width hashes or entries in it, 1 to {@link #FULL}
 */
public record TilePath(int level, long index, int width) {
    /** Hashes in a full tile. */
    public static final int FULL = 256;
    /** Instead of a level: the bundle of entries. */
    public static final int ENTRIES = -1;
    /** No tree of 63-bit size has a tile above. */
    public static final int MAX_LEVEL = 7;

    private static final Pattern FORM =
            Pattern.compile("tile/(entries|[0-7])/((?:x\\d{3}/){0,6}\\d{3})(?:\\.p/([1-9]\\d{0,2}))?");

    /** Checks the ranges; else an IllegalArgumentException. */
    public TilePath {
        if (level < ENTRIES || level > MAX_LEVEL || index < 0 || width < 1 || width > FULL) {
            throw new IllegalArgumentException("No tile has level " + level + ", index " + index + ", width " + width);
        }
    }

    /** Reads a path; only the one form that {@link #path} gives is accepted. */
    public static TilePath parse(String path) throws VerificationException {
        Matcher m = FORM.matcher(path);
        if (!m.matches()) {
            throw bad(path);
        }
        int level = "entries".equals(m.group(1)) ? ENTRIES : Integer.parseInt(m.group(1));
        long index = Long.parseLong(m.group(2).replace("x", "").replace("/", ""));
        int width = m.group(3) == null ? FULL : Integer.parseInt(m.group(3));
        if (width > FULL || (m.group(3) != null && width == FULL)) {
            throw bad(path);
        }
        TilePath tile = new TilePath(level, index, width);
        // Groups of zeros before the first are another spelling of the same tile.
        if (!tile.path().equals(path)) {
            throw bad(path);
        }
        return tile;
    }

    /** The path, without a slash before it. */
    public String path() {
        StringBuilder groups = new StringBuilder(String.format(Locale.ROOT, "%03d", index % 1000));
        for (long rest = index / 1000; rest > 0; rest /= 1000) {
            groups.insert(0, String.format(Locale.ROOT, "x%03d/", rest % 1000));
        }
        String partial = width == FULL ? "" : ".p/" + width;
        return "tile/" + (level == ENTRIES ? "entries" : level) + "/" + groups + partial;
    }

    /** The tiles of a level that a tree of {@code size} has: full ones, and a partial one where the level is ragged. */
    public static List<TilePath> of(int level, long size) {
        long hashes = count(level, size);
        List<TilePath> tiles = new ArrayList<>();
        for (long i = 0; i < hashes / FULL; i++) {
            tiles.add(new TilePath(level, i, FULL));
        }
        if (hashes % FULL > 0) {
            tiles.add(new TilePath(level, hashes / FULL, (int) (hashes % FULL)));
        }
        return tiles;
    }

    /** How many hashes (entries) the level of a tree of {@code size} has: {@code floor(size / 256^level)}. */
    public static long count(int level, long size) {
        return level == ENTRIES ? size : size >>> (8 * level);
    }

    private static VerificationException bad(String path) {
        return new VerificationException(Reason.NOT_FOUND, "There is no tile at " + path + ".");
    }
}
