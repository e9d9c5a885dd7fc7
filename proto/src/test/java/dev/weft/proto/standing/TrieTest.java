package dev.weft.proto.standing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** An immutable map against the JDK's, with hashes that collide in part and in full. */
class TrieTest {

    private record Awkward(int value) {
        @Override
        public int hashCode() {
            // Few values, some that differ in the highest bits alone.
            return (value % 7) * 0x4000_0001;
        }
    }

    @Test
    void aThousandChanges_giveWhatAHashMapGives_andOldVersionsStay() {
        SplittableRandom random = new SplittableRandom(42);
        Trie<Object, Integer> trie = Trie.empty();
        Map<Object, Integer> map = new HashMap<>();
        List<Trie<Object, Integer>> versions = new ArrayList<>();
        List<Map<Object, Integer>> expected = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            int n = random.nextInt(200);
            Object key = random.nextBoolean() ? new Awkward(n) : (Object) ("key " + n);
            trie = trie.with(key, i);
            map.put(key, i);
            if (i % 100 == 0) {
                versions.add(trie);
                expected.add(new HashMap<>(map));
            }
        }
        for (int i = 0; i < versions.size(); i++) {
            requireSame(versions.get(i), expected.get(i));
        }
        requireSame(trie, map);
    }

    @Test
    void anEmptyMap_holdsNothing() {
        assertThat(Trie.<String, String>empty().get("x")).isNull();
        assertThat(Trie.<String, String>empty().size()).isZero();
    }

    private static void requireSame(Trie<Object, Integer> trie, Map<Object, Integer> map) {
        assertThat(trie.size()).isEqualTo(map.size());
        map.forEach((key, value) -> assertThat(trie.get(key)).isEqualTo(value));
        assertThat(trie.get("absent")).isNull();
        List<Integer> values = new ArrayList<>();
        trie.forEachValue(values::add);
        assertThat(values).containsExactlyInAnyOrderElementsOf(map.values());
    }
}
