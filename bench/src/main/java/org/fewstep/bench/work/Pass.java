package org.fewstep.bench.work;

import java.util.Locale;

/** What is done with an operation. */
public enum Pass {
    /** Its value. */
    FORWARD,
    /** Its value and the gradients by all operands. */
    GRADIENT;

    /** The pass of a name in lower case. */
    public static Pass of(String name) {
        for (Pass pass : values()) {
            if (pass.name().toLowerCase(Locale.ROOT).equals(name)) {
                return pass;
            }
        }
        throw new IllegalArgumentException("pass: got \"" + name + "\"; expected forward or gradient");
    }
}
