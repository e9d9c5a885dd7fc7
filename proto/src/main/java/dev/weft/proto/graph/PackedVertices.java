package dev.weft.proto.graph;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import dev.weft.proto.v1.Vertex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Vertices by their numbers, as bytes in large blocks, and those last used as messages: a million small objects would cost
 * more to keep alive than to read again.
 */
final class PackedVertices {
    private static final int BLOCK = 1 << 20;
    private static final int RECENT = 1 << 12;
    private static final long NOWHERE = -1;

    private final List<byte[]> blocks = new ArrayList<>();
    private int free = BLOCK;
    /** Of each vertex the block and offset of its bytes, and how many it has and may have before it has to move. */
    private long[] places = {};

    private int[] lengths = {};
    private int[] rooms = {};
    private int[] authors = {};
    private int[] ids = {};
    private int[] said = {};
    private int count;
    private final List<String> names = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final @Nullable Vertex[] recent = new Vertex[RECENT];
    private final int[] recentNumbers = new int[RECENT];

    boolean has(int number) {
        return number >= 0 && number < places.length && places[number] != NOWHERE;
    }

    /** A vertex that is there, as it was put. */
    Vertex get(int number) {
        Vertex known = recent[number & (RECENT - 1)];
        if (known != null && recentNumbers[number & (RECENT - 1)] == number) {
            return known;
        }
        Vertex read = read(places[number], lengths[number]);
        remember(number, read);
        return read;
    }

    String author(int number) {
        return names.get(authors[number]);
    }

    /** What the world calls it: 1 for the vertex that was said first. */
    int id(int number) {
        return ids[number];
    }

    /** All, by id. */
    List<Vertex> all() {
        return IntStream.range(0, count)
                .mapToObj(i -> get(said[i]).toBuilder().setId(i + 1L).build())
                .toList();
    }

    private Vertex read(long place, int length) {
        byte[] block = blocks.get((int) (place >>> 32));
        try {
            return Vertex.parseFrom(CodedInputStream.newInstance(block, (int) place, length));
        } catch (IOException e) {
            throw new UncheckedIOException("what was packed does not unpack", e);
        }
    }

    private void remember(int number, Vertex vertex) {
        recent[number & (RECENT - 1)] = vertex;
        recentNumbers[number & (RECENT - 1)] = number;
    }

    void put(int number, Vertex vertex) {
        remember(number, vertex);
        if (number >= places.length) {
            grow(Math.max(RECENT, 2 * (number + 1)));
        }
        authors[number] = numbers.computeIfAbsent(vertex.getAuthor(), this::name);
        int length = vertex.getSerializedSize();
        if (places[number] == NOWHERE) {
            said[count++] = number;
            ids[number] = count;
            move(number, length);
        } else if (length > rooms[number]) {
            // One that has to move will grow again: twice the room, so that all moves together stay cheap.
            move(number, 2 * length);
        }
        lengths[number] = length;
        write(vertex, places[number], length);
    }

    private void move(int number, int room) {
        rooms[number] = room;
        places[number] = allot(room);
    }

    private int name(String author) {
        names.add(author);
        return names.size() - 1;
    }

    private long allot(int room) {
        if (free + room > BLOCK) {
            blocks.add(new byte[Math.max(BLOCK, room)]);
            free = 0;
        }
        long place = (long) (blocks.size() - 1) << 32 | free;
        free += room;
        return place;
    }

    private void write(Vertex vertex, long place, int length) {
        byte[] block = blocks.get((int) (place >>> 32));
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(block, (int) place, length);
            vertex.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("a vertex has not the size that it says", e);
        }
    }

    private void grow(int size) {
        int before = places.length;
        places = Arrays.copyOf(places, size);
        Arrays.fill(places, before, size, NOWHERE);
        lengths = Arrays.copyOf(lengths, size);
        rooms = Arrays.copyOf(rooms, size);
        authors = Arrays.copyOf(authors, size);
        ids = Arrays.copyOf(ids, size);
        said = Arrays.copyOf(said, size);
    }
}
