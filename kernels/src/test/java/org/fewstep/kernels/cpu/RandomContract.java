package org.fewstep.kernels.cpu;

import static org.fewstep.kernels.cpu.Blocks.assertSameBits;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.PortableNormal;
import org.fewstep.kernels.Random;
import org.fewstep.kernels.Random.Code;

/** Noise of a sample depends on seed, sample, step and place alone; F64 is F32 widened. */
final class RandomContract {
    private static final long SEED = 0x1234_5678_9ABC_DEF0L;

    private RandomContract() {}

    static void check(Blocks blocks) {
        for (Code code : Code.values()) {
            for (int width : new int[] {0, 1, 2, 5, 784}) {
                for (int samples : new int[] {0, 1, 40}) {
                    noise(blocks, code, samples, width, 0xFFFF_FFFFL - 3, 9);
                }
            }
            noise(blocks, code, 3, 50_001, 12, 7);
            noise(blocks, code, 1700, 3, Long.MAX_VALUE - 5000, -1);
        }
    }

    private static void noise(Blocks blocks, Code code, int samples, int width, long first, int step) {
        Buffer out = blocks.blank(samples * width);
        Buffer counter = blocks.ints(step, (int) first, (int) (first >>> 32));
        blocks.device().run(new Random(code, SEED, samples, width, counter, out));
        double[] expected = new double[samples * width];
        float[] row = new float[width];
        for (int i = 0; i < samples; i++) {
            if (code == Code.NORMAL) {
                PortableNormal.fill(row, 0, width, SEED, first + i, step);
            } else {
                PortableNormal.fillUniform(row, 0, width, SEED, first + i, step);
            }
            for (int j = 0; j < width; j++) {
                expected[i * width + j] = row[j];
            }
        }
        assertSameBits(code + " of (" + samples + ", " + width + ")", expected, blocks.read(out));
    }
}
