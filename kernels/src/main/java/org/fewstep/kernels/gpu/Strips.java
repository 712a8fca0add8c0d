package org.fewstep.kernels.gpu;

/**
 * How neighbouring columns are shared out to teams of threads, as strips.h says.
 *
 * @param width columns of a team, at most 16
 * @param count teams a group
 */
record Strips(int width, int count) {
    /** As in portable.h. */
    private static final int SUM_BLOCK = 256;

    private static final int SUM_LANES = 16;
    private static final int MOST_THREADS = 256;

    /** Strips of about equal width, as few as there may be. */
    static Strips of(int columns) {
        int most = MOST_THREADS / SUM_LANES;
        int strips = (columns + most - 1) / most;
        int width = (columns + strips - 1) / strips;
        return new Strips(width, most / width);
    }

    /** Teams of one column each, for numbers that follow one another. */
    static Strips single() {
        return of(1);
    }

    /** Blocks of a sum of n numbers. */
    static int blocks(int n) {
        return Math.max(1, (n - 1) / SUM_BLOCK + 1);
    }

    /** Units of the strips of that many columns, where each strip has {@code each}. */
    long units(long each, int columns) {
        return each * ((columns + width - 1) / width);
    }

    /** The index space for that many units. */
    Launch over(Launch launch, long units) {
        int groups = (int) Math.min((units + count - 1) / count, Launch.MOST_GROUPS);
        return launch.grid(groups, 1, 1, SUM_LANES * width * count, 1);
    }
}
