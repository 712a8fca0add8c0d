package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Philox;
import org.fewstep.kernels.Random;

/**
 * Philox noise in passes over 512 blocks of four words, of which HotSpot vectorises most; the bits are those of
 * {@link org.fewstep.kernels.PortableNormal}. The blocks of short samples share a pass.
 *
 * <p>The upper halves of the products are made of 16-bit parts, since the vector units have no 32-bit product's upper half.
 */
final class LoopsRandomF32 {
    /** Blocks a pass. */
    private static final int BLOCKS = 512;

    private static final ThreadLocal<LoopsRandomF32> MINE = ThreadLocal.withInitial(LoopsRandomF32::new);

    private final LoopsNormalF32 normal = new LoopsNormalF32();

    /** The four words of each block, and room for the lower halves of two products. */
    private final int[][] words = new int[6][BLOCKS];

    private final int[] upper0 = new int[BLOCKS];
    private final int[] upper1 = new int[BLOCKS];
    private final float[][] numbers = new float[4][BLOCKS];

    private LoopsRandomF32() {}

    static Prepared prepare(Random w, Threads threads) {
        int[] counter = CpuBuffer.i32(w.counter());
        float[] y = CpuBuffer.f32(w.out());
        int each = (w.width() + 3) / 4;
        long total = (long) w.samples() * each;
        int parts = (int) ((total + BLOCKS - 1) / BLOCKS);
        return Prepared.of(threads, parts, 3L * w.samples() * w.width(), part -> {
            int step = counter[0];
            long first = (long) counter[2] << 32 | counter[1] & 0xFFFFFFFFL;
            long from = (long) part * BLOCKS;
            int blocks = (int) Math.min(BLOCKS, total - from);
            MINE.get().blocks(w, first, step, each, from, blocks, y);
        });
    }

    /** Numbers of the blocks from {@code from} on, counted over all samples, of which each has {@code each}. */
    private void blocks(Random w, long first, int step, int each, long from, int blocks, float[] y) {
        int sample = (int) (from / each);
        int block = (int) (from % each);
        int[] c0 = words[0];
        int[] c1 = words[1];
        int[] c2 = words[2];
        int[] c3 = words[3];
        int s = sample;
        int b = block;
        for (int i = 0; i < blocks; i++) {
            c0[i] = b;
            c1[i] = step;
            c2[i] = (int) (first + s);
            c3[i] = (int) ((first + s) >>> 32);
            if (++b == each) {
                b = 0;
                s++;
            }
        }
        philox(w.seed(), blocks);
        if (w.code() == Random.Code.NORMAL) {
            normal.pairs(words[0], words[1], numbers[0], numbers[1], blocks);
            normal.pairs(words[2], words[3], numbers[2], numbers[3], blocks);
        } else {
            for (int k = 0; k < 4; k++) {
                normal.uniform(words[k], numbers[k], blocks);
            }
        }
        store(w.width(), each, sample, block, blocks, y);
    }

    /** The rounds of {@link Philox} on all blocks at once; the words come to stand in the first four arrays again. */
    private void philox(long seed, int n) {
        int[] c0 = words[0];
        int[] c1 = words[1];
        int[] c2 = words[2];
        int[] c3 = words[3];
        int[] lower0 = words[4];
        int[] lower1 = words[5];
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int round = 0; round < Philox.ROUNDS; round++) {
            product(c0, (int) Philox.M0, upper0, lower0, n);
            product(c2, (int) Philox.M1, upper1, lower1, n);
            mix(c1, upper1, k0, n);
            mix(c3, upper0, k1, n);
            int[] free0 = c0;
            int[] free1 = c2;
            c0 = c1;
            c1 = lower1;
            c2 = c3;
            c3 = lower0;
            lower0 = free0;
            lower1 = free1;
            k0 += Philox.W0;
            k1 += Philox.W1;
        }
        words[0] = c0;
        words[1] = c1;
        words[2] = c2;
        words[3] = c3;
        words[4] = lower0;
        words[5] = lower1;
    }

    /** Upper and lower 32 bits of a m, both unsigned. */
    private static void product(int[] a, int m, int[] upper, int[] lower, int n) {
        int high = m >>> 16;
        int low = m & 0xFFFF;
        for (int i = 0; i < n; i++) {
            int x = a[i];
            int left = (x >>> 16) * low + ((x & 0xFFFF) * low >>> 16);
            int right = (x & 0xFFFF) * high + (left & 0xFFFF);
            upper[i] = (x >>> 16) * high + (left >>> 16) + (right >>> 16);
        }
        for (int i = 0; i < n; i++) {
            lower[i] = a[i] * m;
        }
    }

    private static void mix(int[] c, int[] upper, int key, int n) {
        for (int i = 0; i < n; i++) {
            c[i] ^= upper[i] ^ key;
        }
    }

    /** Puts the numbers of the blocks side by side; the last block of a sample may be cut. */
    private void store(int width, int each, int sample, int block, int blocks, float[] y) {
        float[] z0 = numbers[0];
        float[] z1 = numbers[1];
        float[] z2 = numbers[2];
        float[] z3 = numbers[3];
        int b = block;
        int row = sample * width;
        for (int i = 0; i < blocks; i++) {
            int at = row + 4 * b;
            int left = width - 4 * b;
            y[at] = z0[i];
            if (left > 3) {
                y[at + 1] = z1[i];
                y[at + 2] = z2[i];
                y[at + 3] = z3[i];
            } else {
                if (left > 1) {
                    y[at + 1] = z1[i];
                }
                if (left > 2) {
                    y[at + 2] = z2[i];
                }
            }
            if (++b == each) {
                b = 0;
                row += width;
            }
        }
    }
}
