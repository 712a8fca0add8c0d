package org.fewstep.kernels.gpu;

import java.util.ArrayList;
import java.util.List;

/**
 * How rows of one length are shared out to teams of threads, as teams.h says.
 *
 * @param blocks blocks of 256 numbers that a team holds at once, at most 16; a team has 16 threads for each
 * @param count teams a group
 */
record Teams(int blocks, int count) {
    /** As in portable.h and teams.h. */
    private static final int SUM_BLOCK = 256;

    private static final int SUM_LANES = 16;
    private static final int MOST_THREADS = 256;

    /** Threads of which a group has several at once on every GPU: one instruction serves them all. */
    private static final int TOGETHER = 32;

    private static final int USUAL_THREADS = 128;

    /** Rows up to this length are shorter than what a GPU fetches for one number: a thread each does as well. */
    private static final int TINY = 8;

    private static final int[] GROUPS = {64, 256};

    /**
     * Teams for rows of n numbers.
     *
     * @param threads wish for a group's number of threads, or 0 for the usual one
     */
    static Teams of(int n, int threads) {
        int blocks = Math.max(1, Math.min((n + SUM_BLOCK - 1) / SUM_BLOCK, MOST_THREADS / SUM_LANES));
        int size = SUM_LANES * blocks;
        int count = Math.max(1, (threads == 0 ? USUAL_THREADS : threads) / size);
        boolean ragged = size * count % TOGETHER != 0 && size * (count + 1) <= MOST_THREADS;
        return new Teams(blocks, ragged ? count + 1 : count);
    }

    /** Choices of a family whose first version has a thread a row and whose second has teams. */
    static List<Choice> choices(Driver.Facts facts, int n) {
        List<Choice> list = new ArrayList<>();
        list.add(Choice.version(2));
        for (int threads : GROUPS) {
            if (!of(n, threads).equals(of(n, 0))) {
                list.add(new Choice(2, threads, 0, 0));
            }
        }
        list.add(facts.cpu() || n <= TINY ? 0 : list.size(), Choice.version(1));
        return list;
    }

    /** True where a team holds a whole row of n numbers. */
    static boolean hold(int n) {
        return n <= SUM_BLOCK * (MOST_THREADS / SUM_LANES);
    }

    int threads() {
        return SUM_LANES * blocks * count;
    }

    /**
     * Gives a kernel of such a family its index space, and by teams the argument of their blocks. Rows that are read again
     * and again are few at once, so that they stay in the cache meanwhile.
     */
    static Launch overRows(Launch launch, Launches to, Choice choice, int rows, int n) {
        if (choice.version() == 1) {
            return launch.over(rows, to.few());
        }
        Teams teams = of(n, choice.block());
        int groups = (rows + teams.count - 1) / teams.count;
        int most = n <= SUM_BLOCK * teams.blocks
                ? Launch.MOST_GROUPS
                : 2 * to.facts().units();
        return launch.grid(Math.min(groups, most), 1, 1, teams.threads(), 1).int32(teams.blocks);
    }
}
