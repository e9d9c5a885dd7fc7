package dev.weft.node.observe;

import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import dev.weft.proto.digest.ModelDigest.Tensor;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads safetensors (huggingface/safetensors, README "Format"): {@code u64 length of the header, header JSON {name:
 * {dtype, shape, data_offsets}}, data}. The tensors must cover the data without hole or overlap, as the format asks.
 */
final class SafetensorsFile {
    /** A tenth of what the format allows, and a hundred times what models need: a command has little memory. */
    private static final long MAX_HEADER = 10_000_000;

    private record Place(String name, String dtype, List<Long> shape, long begin, long end) {}

    private SafetensorsFile() {}

    static List<Tensor> tensors(FileChannel file) throws IOException {
        ByteBuffer length = read(file, 0, Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long size = length.getLong();
        if (size < 2 || size > MAX_HEADER) {
            throw new NoTensorsException("its header would have " + Long.toUnsignedString(size) + " bytes");
        }
        String header = StandardCharsets.UTF_8
                .decode(read(file, Long.BYTES, (int) size))
                .toString();
        List<Place> places = places(header);
        long data = Long.BYTES + size;
        requireCovered(places, file.size() - data);
        List<Tensor> tensors = new ArrayList<>(places.size());
        for (Place place : places) {
            ByteBuffer bytes = place.begin() == place.end()
                    ? ByteBuffer.allocate(0)
                    : file.map(FileChannel.MapMode.READ_ONLY, data + place.begin(), place.end() - place.begin());
            tensors.add(new Tensor(place.name(), place.dtype(), place.shape(), bytes));
        }
        return tensors;
    }

    private static ByteBuffer read(FileChannel file, long at, int count) throws IOException {
        if (file.size() - at < count) {
            throw new NoTensorsException("it ends within its header");
        }
        ByteBuffer buffer = ByteBuffer.allocate(count);
        int read = 0;
        while (buffer.hasRemaining() && read >= 0) {
            read = file.read(buffer, at + buffer.position());
        }
        return buffer.flip();
    }

    private static void requireCovered(List<Place> places, long bytes) throws NoTensorsException {
        List<Place> inOrder = new ArrayList<>(places);
        inOrder.sort(Comparator.comparingLong(Place::begin).thenComparingLong(Place::end));
        long end = 0;
        for (Place place : inOrder) {
            if (place.begin() != end || place.end() < place.begin()) {
                throw new NoTensorsException("its tensor " + place.name() + " leaves a hole or overlaps another");
            }
            end = place.end();
        }
        if (end != bytes) {
            throw new NoTensorsException("its tensors end at " + end + " and its data at " + bytes);
        }
    }

    private static List<Place> places(String header) throws NoTensorsException {
        List<Place> places = new ArrayList<>();
        Set<String> names = new HashSet<>();
        try (JsonReader in = new JsonReader(new StringReader(header))) {
            // The header may be padded with spaces, which strict JSON allows.
            in.setStrictness(Strictness.STRICT);
            in.beginObject();
            while (in.hasNext()) {
                String name = in.nextName();
                if (!names.add(name)) {
                    throw new NoTensorsException("its header names " + name + " twice");
                }
                if (name.equals("__metadata__")) {
                    in.skipValue();
                } else {
                    places.add(place(name, in));
                }
            }
            in.endObject();
            return places;
        } catch (NoTensorsException e) {
            throw e;
        } catch (IOException | IllegalStateException | NumberFormatException | JsonParseException e) {
            throw new NoTensorsException("its header is not the JSON of safetensors");
        }
    }

    private static Place place(String name, JsonReader in) throws IOException {
        String dtype = "";
        List<Long> shape = new ArrayList<>();
        List<Long> offsets = new ArrayList<>();
        in.beginObject();
        while (in.hasNext()) {
            switch (in.nextName()) {
                case "dtype" -> dtype = in.nextString();
                case "shape" -> numbers(in, shape);
                case "data_offsets" -> numbers(in, offsets);
                default -> in.skipValue();
            }
        }
        in.endObject();
        if (offsets.size() != 2) {
            throw new NoTensorsException("its tensor " + name + " has no place");
        }
        if (offsets.get(1) - offsets.get(0) > Integer.MAX_VALUE) {
            throw new NoTensorsException("its tensor " + name + " is larger than 2 GiB, which is not supported");
        }
        return new Place(name, dtype, shape, offsets.get(0), offsets.get(1));
    }

    private static void numbers(JsonReader in, List<Long> numbers) throws IOException {
        in.beginArray();
        while (in.hasNext()) {
            numbers.add(in.nextLong());
        }
        in.endArray();
    }
}
