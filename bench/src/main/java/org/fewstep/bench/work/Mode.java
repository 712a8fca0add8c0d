package org.fewstep.bench.work;

import java.util.Locale;

/** How this engine does work of fixed shape. */
public enum Mode {
    /** Each time anew. */
    EAGER,
    /** Recorded the first time, then replayed on the same buffers. */
    REPLAYED;

    /** The mode of a name in lower case. */
    public static Mode of(String name) {
        for (Mode mode : values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(name)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("mode: got \"" + name + "\"; expected eager or replayed");
    }
}
