package org.fewstep.kernels.cpu;

import org.fewstep.kernels.Random;

/** Philox noise by {@link VectorNoiseF32}; a vector holds blocks of one sample or of several. */
final class VectorRandomF32 {
    /** Numbers of a block. */
    private static final int WIDTH = 4;

    /** Blocks a part, at most, where a sample has fewer. */
    private static final int PART = 4 * VectorNoiseF32.BLOCKS;

    private VectorRandomF32() {}

    static Prepared prepare(Random w, Threads threads) {
        int width = w.width();
        int samples = w.samples();
        if (width == 0) {
            return Prepared.NOTHING;
        }
        int[] counter = CpuBuffer.i32(w.counter());
        float[] y = CpuBuffer.f32(w.out());
        int blocks = (width + WIDTH - 1) / WIDTH;
        long total = (long) samples * blocks;
        int parts = (int) ((total + PART - 1) / PART);
        return Prepared.of(threads, parts, 2L * samples * width, part -> {
            VectorNoiseF32 noise = VectorNoiseF32.mine();
            noise.seed = w.seed();
            noise.step = counter[0];
            long first = (long) counter[2] << 32 | counter[1] & 0xFFFFFFFFL;
            long end = Math.min(total, (part + 1L) * PART);
            for (long from = (long) part * PART; from < end; from += VectorNoiseF32.BLOCKS) {
                int count = (int) Math.min(VectorNoiseF32.BLOCKS, end - from);
                count(noise, from, count, blocks, first);
                noise.run(w.code() == Random.Code.NORMAL ? VectorNoiseF32.NORMAL : VectorNoiseF32.UNIFORM);
                store(noise, from, count, blocks, width, y);
            }
        });
    }

    /** Sets the counters of blocks from .. from + count - 1 of all samples; what is left of the last vectors repeats. */
    private static void count(VectorNoiseF32 noise, long from, int count, int blocks, long first) {
        long sample = first + from / blocks;
        int block = (int) (from % blocks);
        int whole = Math.min(VectorNoiseF32.BLOCKS, (count + 15) / 16 * 16);
        noise.count = whole;
        for (int b = 0; b < whole; b++) {
            noise.block[b] = block;
            noise.sampleLow[b] = sample & 0xFFFFFFFFL;
            noise.sampleHigh[b] = sample >>> 32;
            if (++block == blocks) {
                block = 0;
                sample++;
            }
        }
    }

    private static void store(VectorNoiseF32 noise, long from, int count, int blocks, int width, float[] y) {
        float[] even = noise.first;
        float[] odd = noise.second;
        int at = (int) (from / blocks) * width;
        int block = (int) (from % blocks);
        for (int b = 0; b < count; b++) {
            int to = at + block * WIDTH;
            int left = width - block * WIDTH;
            y[to] = even[2 * b];
            if (left > 1) {
                y[to + 1] = odd[2 * b];
            }
            if (left > 2) {
                y[to + 2] = even[2 * b + 1];
            }
            if (left > 3) {
                y[to + 3] = odd[2 * b + 1];
            }
            if (++block == blocks) {
                block = 0;
                at += width;
            }
        }
    }
}
