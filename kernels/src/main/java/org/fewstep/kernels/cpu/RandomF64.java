// twin: F32
package org.fewstep.kernels.cpu;

import org.fewstep.kernels.PortableNormal;
import org.fewstep.kernels.Random;

/** Philox noise, one stream a sample; F64 is the F32 noise widened. */
final class RandomF64 {
    /** Numbers a part, roughly. */
    private static final int PART = 2048;

    private RandomF64() {}

    static Prepared prepare(Random w, Threads threads) {
        int[] counter = CpuBuffer.i32(w.counter());
        double[] y = CpuBuffer.f64(w.out());
        int width = w.width();
        int samples = w.samples();
        int group = Math.max(1, PART / Math.max(1, width));
        return Prepared.of(threads, (samples + group - 1) / group, 15L * samples * width, part -> {
            int step = counter[0];
            long first = (long) counter[2] << 32 | counter[1] & 0xFFFFFFFFL;
            float[] noise = Scratch.mine().f32(0, width);
            for (int i = part * group; i < Math.min(samples, (part + 1) * group); i++) {
                if (w.code() == Random.Code.NORMAL) {
                    PortableNormal.fill(noise, 0, width, w.seed(), first + i, step);
                } else {
                    PortableNormal.fillUniform(noise, 0, width, w.seed(), first + i, step);
                }
                for (int j = 0; j < width; j++) {
                    y[i * width + j] = noise[j];
                }
            }
        });
    }
}
