package org.fewstep.bench.work;

import org.jspecify.annotations.Nullable;

/** Sizes as benchmarks write them: numbers with an x between. */
public final class Sizes {
    private Sizes() {}

    /**
     * The numbers of a text such as {@code 256x384x1536}.
     *
     * @throws IllegalArgumentException when there are not {@code count} positive numbers
     */
    public static int[] of(String text, int count) {
        String[] parts = text.split("x", -1);
        int[] sizes = new int[parts.length];
        try {
            for (int i = 0; i < parts.length; i++) {
                sizes[i] = Integer.parseInt(parts[i]);
                if (sizes[i] < 1) {
                    throw new NumberFormatException("not positive");
                }
            }
        } catch (NumberFormatException e) {
            throw refuse(text, count, e);
        }
        if (sizes.length != count) {
            throw refuse(text, count, null);
        }
        return sizes;
    }

    private static IllegalArgumentException refuse(String text, int count, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "sizes: got \"" + text + "\"; expected " + count + " positive numbers with an x between", cause);
    }
}
