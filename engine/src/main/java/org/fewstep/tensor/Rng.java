package org.fewstep.tensor;

import java.nio.charset.StandardCharsets;
import org.fewstep.kernels.Philox;
import org.fewstep.kernels.PortableNormal;

/**
 * Random numbers on the host: a 64-bit seed and the pure functions of (seed, sample, step) that Philox makes of it.
 *
 * <p>Nothing is consumed and nothing advances: the same question always has the same answer, whatever was asked before.
 * All draws for one (sample, step) come from the same bits, so use one step for one purpose. Sample numbers are
 * non-negative; the counters with the top bit set belong to {@link #stream} and {@link #permutation}.
 *
 * @param seed any value
 */
public record Rng(long seed) {
    /** Top counter words that no sample number reaches; a name's length is added to the first. */
    private static final int NAME = 0x80000000;

    private static final int ID = 0xC0000000;
    private static final int PERMUTATION = 0xC0000001;

    /** UTF-8 bytes of a name in one block: three counter words. */
    private static final int NAME_BYTES = 12;

    /**
     * An independent source named within this one.
     *
     * <p>The name's UTF-8 bytes, padded with zeros to blocks of 12, become counter words 0 to 2 (little endian), the
     * length with the top bit set word 3. Each block is run under the seed so far, starting with this one; words 0 and 1
     * of the result are the next seed.
     */
    public Rng stream(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        int tag = NAME | bytes.length;
        long derived = seed;
        int at = 0;
        do {
            derived = derive(derived, word(bytes, at), word(bytes, at + 4), word(bytes, at + 8), tag);
            at += NAME_BYTES;
        } while (at < bytes.length);
        return new Rng(derived);
    }

    /** An independent source numbered within this one: one Philox block with the id as counter words 0 and 1. */
    public Rng stream(long id) {
        return new Rng(derive(seed, (int) id, (int) (id >>> 32), 0, ID));
    }

    /**
     * One uniform a sample, odd multiples of 2^-53 in (0, 1): {@code (bits + 1/2) 2^-52} with the upper 52 bits of words
     * 0 and 1.
     *
     * @return (count); entry i depends on (seed, firstSample + i, step) only
     * @throws IllegalArgumentException if a sample number or the count is negative
     */
    public double[] uniform(long firstSample, int count, int step) {
        requireSamples("uniform", firstSample, count);
        int[] word = new int[4];
        double[] out = new double[count];
        for (int i = 0; i < count; i++) {
            block(0, step, firstSample + i, word);
            long bits = ((word[0] & 0xFFFFFFFFL) << 20) | (word[1] >>> 12);
            out[i] = (bits + 0.5) * 0x1p-52;
        }
        return out;
    }

    /**
     * One standard normal a sample: element 0 of {@link PortableNormal}'s stream, widened.
     *
     * @return (count); entry i depends on (seed, firstSample + i, step) only
     * @throws IllegalArgumentException if a sample number or the count is negative
     */
    public double[] normal(long firstSample, int count, int step) {
        requireSamples("normal", firstSample, count);
        float[] one = new float[1];
        double[] out = new double[count];
        for (int i = 0; i < count; i++) {
            PortableNormal.fill(one, 0, 1, seed, firstSample + i, step);
            out[i] = one[0];
        }
        return out;
    }

    /**
     * Fills {@code out[from .. from + count - 1]} with standard normals, elements 0 .. count - 1 of one sample: the noise
     * a device makes for it.
     *
     * @throws IllegalArgumentException if the sample number is negative or the range does not lie in {@code out}
     */
    public void fillNormal(float[] out, int from, int count, long sample, int step) {
        requireSamples("fillNormal", sample, 1);
        PortableNormal.fill(out, from, count, seed, sample, step);
    }

    /**
     * One integer a sample, each of 0 .. bound - 1 equally likely: the high half of word * bound, the next word where the
     * low half would favour some (Lemire 2019, arXiv:1805.10941, algorithm 5).
     *
     * @return (count); entry i depends on (seed, firstSample + i, step) only
     * @throws IllegalArgumentException if a sample number or the count is negative, or bound is below 1
     */
    public int[] integers(long firstSample, int count, int step, int bound) {
        requireSamples("integers", firstSample, count);
        if (bound < 1) {
            throw new IllegalArgumentException("integers: got bound " + bound + "; expected at least 1");
        }
        int[] out = new int[count];
        for (int i = 0; i < count; i++) {
            out[i] = new Words(this, step, firstSample + i).below(bound);
        }
        return out;
    }

    /**
     * The order of n things in an epoch: Fisher-Yates under a seed derived from (seed, epoch).
     *
     * @return (n), each of 0 .. n - 1 once
     * @throws IllegalArgumentException if n is negative
     */
    public int[] permutation(long epoch, int n) {
        if (n < 0) {
            throw new IllegalArgumentException("permutation: got n " + n + "; expected at least 0");
        }
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            order[i] = i;
        }
        Rng shuffle = new Rng(derive(seed, (int) epoch, (int) (epoch >>> 32), 0, PERMUTATION));
        Words words = new Words(shuffle, 0, 0);
        for (int i = n - 1; i > 0; i--) {
            int j = words.below(i + 1);
            int kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
        return order;
    }

    /** The words of one (sample, step), read one after another. */
    private static final class Words {
        private final Rng rng;
        private final int step;
        private final long sample;
        private final int[] word = new int[4];
        private int next;

        Words(Rng rng, int step, long sample) {
            this.rng = rng;
            this.step = step;
            this.sample = sample;
        }

        long next() {
            if (next % 4 == 0) {
                rng.block(next / 4, step, sample, word);
            }
            return word[next++ % 4] & 0xFFFFFFFFL;
        }

        int below(int bound) {
            long product = next() * bound;
            long low = product & 0xFFFFFFFFL;
            if (low < bound) {
                // 2^32 mod bound low halves are one too many for an even split.
                long surplus = (1L << 32) % bound;
                while (low < surplus) {
                    product = next() * bound;
                    low = product & 0xFFFFFFFFL;
                }
            }
            return (int) (product >>> 32);
        }
    }

    private void block(int block, int step, long sample, int[] word) {
        Philox.block(block, step, (int) sample, (int) (sample >>> 32), (int) seed, (int) (seed >>> 32), word, 0);
    }

    private static long derive(long seed, int c0, int c1, int c2, int c3) {
        int[] word = new int[4];
        Philox.block(c0, c1, c2, c3, (int) seed, (int) (seed >>> 32), word, 0);
        return (word[0] & 0xFFFFFFFFL) | ((long) word[1] << 32);
    }

    private static int word(byte[] bytes, int at) {
        int word = 0;
        for (int i = 0; i < 4 && at + i < bytes.length; i++) {
            word |= (bytes[at + i] & 0xFF) << (8 * i);
        }
        return word;
    }

    private static void requireSamples(String op, long firstSample, int count) {
        if (firstSample < 0 || count < 0 || firstSample + count < 0) {
            throw new IllegalArgumentException(op + ": got " + count + " samples from " + firstSample
                    + "; expected a count of at least 0 and sample numbers of 0 .. 2^63 - 2");
        }
    }
}
