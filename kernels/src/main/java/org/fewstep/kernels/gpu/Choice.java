package org.fewstep.kernels.gpu;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a family's kernels are run: a version of its file and that version's sizes, written {@code v3}, {@code v3 block=128}
 * or {@code v2 block=64 tile=8 vec=4}.
 *
 * @param version number in the file's head
 * @param block threads of a group, or 0 for the version's own number
 * @param tile what a group or thread computes at once, or 0 for the version's own
 * @param vec numbers that a thread reads at once, or 0 for the version's own
 */
public record Choice(int version, int block, int tile, int vec) {
    private static final Pattern FORM =
            Pattern.compile("v(\\d{1,4})(?: block=(\\d{1,6}))?(?: tile=(\\d{1,6}))?(?: vec=(\\d{1,6}))?");

    public Choice {
        if (version < 1 || block < 0 || tile < 0 || vec < 0) {
            throw new IllegalArgumentException("choice: got version " + version + ", block " + block + ", tile " + tile
                    + ", vec " + vec + "; expected a version from 1 and sizes from 0");
        }
    }

    /** A version with its own sizes. */
    public static Choice version(int version) {
        return new Choice(version, 0, 0, 0);
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static Choice parse(String text) {
        Matcher matcher = FORM.matcher(text.trim());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "choice: got \"" + text + "\"; expected vN, and block=, tile=, vec= in this order where wanted");
        }
        return new Choice(number(matcher, 1), number(matcher, 2), number(matcher, 3), number(matcher, 4));
    }

    private static int number(Matcher matcher, int group) {
        String digits = matcher.group(group);
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    @Override
    public String toString() {
        return "v" + version
                + (block == 0 ? "" : " block=" + block)
                + (tile == 0 ? "" : " tile=" + tile)
                + (vec == 0 ? "" : " vec=" + vec);
    }
}
