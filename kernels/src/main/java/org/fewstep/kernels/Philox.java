package org.fewstep.kernels;

/**
 * Philox4x32-10, the counter-based generator behind every random number of Fewstep: a keyed bijection from 128-bit
 * counters to 128-bit blocks, so that any number can be made alone and in any order.
 *
 * <p>Paper: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), section 3.3. Known
 * answers: Random123.
 *
 * <p>Counter layout of a sample's stream, the same on every device: {@code c0} = block index within the sample (element
 * / 4), {@code c1} = step, {@code c2} and {@code c3} = low and high 32 bits of the sample index; {@code k0} and
 * {@code k1} = low and high 32 bits of the seed. Element {@code e} is word {@code e % 4} of block {@code e / 4}.
 */
public final class Philox {
    /** Multipliers of the two S-boxes, as unsigned 32-bit values. */
    public static final long M0 = 0xD2511F53L;

    public static final long M1 = 0xCD9E8D57L;

    /** Weyl increments of the key schedule: the golden ratio and sqrt(3) - 1, times 2^32. */
    public static final int W0 = 0x9E3779B9;

    public static final int W1 = 0xBB67AE85;

    public static final int ROUNDS = 10;

    private Philox() {}

    /**
     * Writes the four words of one block to {@code out4[at .. at + 3]}.
     *
     * @param c0 first (least significant) word of the counter; {@code c1}, {@code c2}, {@code c3} follow
     * @param k0 first word of the key; {@code k1} follows
     */
    public static void block(int c0, int c1, int c2, int c3, int k0, int k1, int[] out4, int at) {
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = M0 * (c0 & 0xFFFFFFFFL);
            long p1 = M1 * (c2 & 0xFFFFFFFFL);
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c3 = (int) p0;
            k0 += W0;
            k1 += W1;
        }
        out4[at] = c0;
        out4[at + 1] = c1;
        out4[at + 2] = c2;
        out4[at + 3] = c3;
    }
}
