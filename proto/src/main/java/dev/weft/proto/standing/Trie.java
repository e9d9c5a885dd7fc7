package dev.weft.proto.standing;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map: a hash trie of 32-way nodes. A new version shares all but one path with the old one, so that a batch
 * can change the state of a few authors among thousands and readers keep theirs.
 */
final class Trie<K, V> {
    private static final int BITS = 5;
    private static final int WIDTH = 1 << BITS;

    /** Entries whose hashes agree in all bits form a chain. */
    private record Leaf(
            int hash, Object key, Object value, @Nullable Leaf next) {}

    private static final Trie<?, ?> EMPTY = new Trie<>(new Object[WIDTH], 0);

    private final @Nullable Object[] root;
    private final int size;

    private Trie(@Nullable Object[] root, int size) {
        this.root = root;
        this.size = size;
    }

    @SuppressWarnings("unchecked") // holds nothing of either type
    static <K, V> Trie<K, V> empty() {
        return (Trie<K, V>) EMPTY;
    }

    int size() {
        return size;
    }

    @Nullable
    V get(K key) {
        int hash = key.hashCode();
        @Nullable Object[] node = root;
        for (int shift = 0; ; shift += BITS) {
            Object slot = node[index(hash, shift)];
            if (slot instanceof Object[] child) {
                node = child;
            } else {
                return slot == null ? null : find((Leaf) slot, hash, key);
            }
        }
    }

    Trie<K, V> with(K key, V value) {
        int hash = key.hashCode();
        int grown = get(key) == null ? size + 1 : size;
        return new Trie<>(put(root, 0, new Leaf(hash, key, value, null)), grown);
    }

    /** In no particular order. */
    void forEachValue(Consumer<V> action) {
        visit(root, action);
    }

    @SuppressWarnings("unchecked") // only with() makes leaves
    private @Nullable V find(Leaf first, int hash, K key) {
        for (Leaf leaf = first; leaf != null; leaf = leaf.next()) {
            if (leaf.hash() == hash && leaf.key().equals(key)) {
                return (V) leaf.value();
            }
        }
        return null;
    }

    private static @Nullable Object[] put(@Nullable Object[] node, int shift, Leaf added) {
        @Nullable Object[] copy = Arrays.copyOf(node, WIDTH);
        int at = index(added.hash(), shift);
        Object slot = copy[at];
        if (slot instanceof Object[] child) {
            copy[at] = put(child, shift + BITS, added);
        } else if (slot == null) {
            copy[at] = added;
        } else {
            copy[at] = join((Leaf) slot, shift + BITS, added);
        }
        return copy;
    }

    private static Object join(Leaf old, int shift, Leaf added) {
        if (old.hash() == added.hash()) {
            return new Leaf(added.hash(), added.key(), added.value(), without(old, added.key()));
        }
        @Nullable Object[] node = new Object[WIDTH];
        node[index(old.hash(), shift)] = old;
        return put(node, shift, added);
    }

    private static @Nullable Leaf without(@Nullable Leaf leaf, Object key) {
        if (leaf == null) {
            return null;
        }
        Leaf rest = without(leaf.next(), key);
        return leaf.key().equals(key) ? rest : new Leaf(leaf.hash(), leaf.key(), leaf.value(), rest);
    }

    @SuppressWarnings("unchecked") // only with() makes leaves
    private void visit(@Nullable Object[] node, Consumer<V> action) {
        for (Object slot : node) {
            if (slot instanceof Object[] child) {
                visit(child, action);
            } else {
                for (Leaf leaf = (Leaf) slot; leaf != null; leaf = leaf.next()) {
                    action.accept((V) leaf.value());
                }
            }
        }
    }

    /** The last level has two bits left; beyond it equal hashes have met in {@link #join}. */
    private static int index(int hash, int shift) {
        return hash >>> shift & (WIDTH - 1);
    }
}
