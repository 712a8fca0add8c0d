package org.fewstep.autodiff;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Whole numbers by object identity, in arrays that are kept between uses: a map's entries would be garbage each step. */
final class IdentityInts {
    private static final int FIRST_LENGTH = 256;

    private @Nullable Object[] keys = new Object[FIRST_LENGTH];
    private int[] values = new int[FIRST_LENGTH];
    private int size;

    /** The number of an object, or {@code otherwise}. */
    int get(Object key, int otherwise) {
        int at = find(key);
        return keys[at] == null ? otherwise : values[at];
    }

    /** Sets the number of an object; false if it had one before. */
    boolean put(Object key, int value) {
        int at = find(key);
        boolean fresh = keys[at] == null;
        if (fresh) {
            at = insert(key, at);
        }
        values[at] = value;
        return fresh;
    }

    /** Adds to the number of an object, 0 at first, and returns the sum. */
    int add(Object key, int by) {
        int at = find(key);
        if (keys[at] == null) {
            at = insert(key, at);
            values[at] = 0;
        }
        values[at] += by;
        return values[at];
    }

    /** Forgets all objects. */
    void clear() {
        Arrays.fill(keys, null);
        size = 0;
    }

    /** The place of a key, or the free place where it would stand. */
    private int find(Object key) {
        int mask = keys.length - 1;
        int hash = System.identityHashCode(key);
        int at = (hash ^ hash >>> 16) & mask;
        while (keys[at] != null && keys[at] != key) {
            at = at + 1 & mask;
        }
        return at;
    }

    private int insert(Object key, int place) {
        int at = place;
        if (2 * ++size > keys.length) {
            grow();
            at = find(key);
        }
        keys[at] = key;
        return at;
    }

    private void grow() {
        @Nullable Object[] oldKeys = keys;
        int[] oldValues = values;
        keys = new Object[2 * oldKeys.length];
        values = new int[keys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            Object key = oldKeys[i];
            if (key != null) {
                int at = find(key);
                keys[at] = key;
                values[at] = oldValues[i];
            }
        }
    }
}
