package dev.weft.proto.merkle;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.weft.proto.SharedVectors;
import dev.weft.proto.VerificationException;
import dev.weft.proto.digest.Digest;
import dev.weft.proto.digest.Hashing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The published vectors of transparency-dev/merkle, and the constants of its test trees. */
class MerkleVectorsTest {
    @Test
    void inclusionVectors_allCases_areJudgedAlike() throws IOException {
        List<JsonObject> cases = cases("inclusion");
        int valid = 0;
        for (JsonObject test : cases) {
            boolean holds = holds(() -> new InclusionProof(index(test, "leafIdx"), index(test, "treeSize"), path(test))
                    .verify(digest(test, "leafHash"), new TreeHead(index(test, "treeSize"), digest(test, "root"))));
            assertThat(holds).as(test.toString()).isEqualTo(!test.get("wantErr").getAsBoolean());
            valid += holds ? 1 : 0;
        }
        assertThat(cases).hasSize(98);
        assertThat(valid).isEqualTo(6);
    }

    @Test
    void consistencyVectors_allCases_areJudgedAlike() throws IOException {
        List<JsonObject> cases = cases("consistency");
        int valid = 0;
        for (JsonObject test : cases) {
            long oldSize = index(test, "size1");
            long newSize = index(test, "size2");
            boolean holds = holds(() -> new ConsistencyProof(oldSize, newSize, path(test))
                    .verify(
                            new TreeHead(oldSize, digest(test, "root1")),
                            new TreeHead(newSize, digest(test, "root2"))));
            boolean wanted = !test.get("wantErr").getAsBoolean();
            // That library refuses every proof from the empty tree; tlog-witness and we take the empty path.
            if (oldSize != 0 || !path(test).isEmpty()) {
                assertThat(holds).as(test.toString()).isEqualTo(wanted);
                valid += holds ? 1 : 0;
            }
        }
        assertThat(cases).hasSize(98);
        assertThat(valid).isEqualTo(6);
    }

    @Test
    void constants_leavesNodesAndRoots_areOurs() throws IOException {
        JsonObject constants =
                SharedVectors.json("derived/rfc6962-tree-constants.json").getAsJsonObject();
        List<Digest> leaves = new ArrayList<>();
        for (JsonElement leaf : constants.getAsJsonArray("leafInputsHex")) {
            leaves.add(MerkleMath.leafHash(HexFormat.of().parseHex(leaf.getAsString())));
        }
        HashReader reader = MerkleMath.reader(leaves);
        List<JsonElement> levels =
                constants.getAsJsonArray("nodeHashesByLevelHex").asList();
        for (int level = 0; level < levels.size(); level++) {
            List<JsonElement> nodes = levels.get(level).getAsJsonArray().asList();
            for (int i = 0; i < nodes.size(); i++) {
                assertThat(reader.hash(level, i).hex()).isEqualTo(nodes.get(i).getAsString());
            }
        }
        List<JsonElement> roots =
                constants.getAsJsonArray("rootHashesBySizeHex").asList();
        for (int size = 0; size < roots.size(); size++) {
            assertThat(MerkleMath.head(leaves.subList(0, size)).root().hex())
                    .isEqualTo(roots.get(size).getAsString());
        }
    }

    @Test
    void tilePaths_publishedForms_areReadAndWritten() throws IOException, VerificationException {
        JsonObject vectors = SharedVectors.json("derived/tile-paths.json").getAsJsonObject();
        for (JsonElement element : vectors.getAsJsonArray("c2sp")) {
            JsonObject test = element.getAsJsonObject();
            TilePath tile = new TilePath(test.get("L").getAsInt(), test.get("N").getAsLong(), TilePath.FULL);
            assertThat(tile.path()).isEqualTo(test.get("path").getAsString());
            assertThat(TilePath.parse(tile.path())).isEqualTo(tile);
        }
        assertThat(TilePath.of(0, 70_000)).hasSize(274).last().hasFieldOrPropertyWithValue("width", 112);
        assertThat(TilePath.of(1, 70_000)).hasSize(2).last().hasFieldOrPropertyWithValue("width", 17);
        assertThat(TilePath.of(2, 70_000)).containsExactly(new TilePath(2, 0, 1));
        assertThat(TilePath.of(0, 256)).containsExactly(new TilePath(0, 0, 256));
        assertThat(TilePath.of(1, 256)).containsExactly(new TilePath(1, 0, 1));
    }

    private interface Check {
        void run() throws VerificationException;
    }

    private static boolean holds(Check check) {
        try {
            check.run();
            return true;
        } catch (VerificationException | IllegalArgumentException e) {
            // Sizes, roots and hashes that cannot be written down as such count as refused.
            return false;
        }
    }

    private static List<JsonObject> cases(String kind) throws IOException {
        Path dir = SharedVectors.file("transparency-dev+merkle/testdata/" + kind);
        try (Stream<Path> files = Files.walk(dir)) {
            return files.filter(f -> f.toString().endsWith(".json"))
                    .sorted()
                    .map(MerkleVectorsTest::read)
                    .toList();
        }
    }

    private static JsonObject read(Path file) {
        try {
            return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long index(JsonObject test, String name) {
        return test.has(name) ? test.get(name).getAsBigInteger().longValue() : 0;
    }

    private static Digest digest(JsonObject test, String name) throws VerificationException {
        byte[] bytes = Base64.getDecoder().decode(test.get(name).getAsString());
        // Some cases write words for a root that is only compared with another one.
        return new String(bytes, StandardCharsets.UTF_8).startsWith("don't care")
                ? Hashing.sha256(bytes)
                : Digest.parse(ByteString.copyFrom(bytes), name);
    }

    private static List<Digest> path(JsonObject test) {
        List<Digest> path = new ArrayList<>();
        if (test.has("proof") && !test.get("proof").isJsonNull()) {
            for (JsonElement hash : test.getAsJsonArray("proof")) {
                path.add(Digest.of(Base64.getDecoder().decode(hash.getAsString())));
            }
        }
        return path;
    }
}
