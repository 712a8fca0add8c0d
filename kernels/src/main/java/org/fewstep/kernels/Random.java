package org.fewstep.kernels;

import java.util.List;

/**
 * Philox4x32-10 noise of shape (samples, width), the same bits on every device.
 *
 * <p>Element j of sample i depends on (seed, first + i, step, j) alone: counter word 0 is j / 4, word 1 the step, words
 * 2 and 3 the 64-bit sample number; the key is the seed. F64 results are the F32 results widened.
 */
public final class Random extends Workload {
    /** Distribution. */
    public enum Code {
        /** standard normal, see {@link PortableNormal} */
        NORMAL,
        /** uniform on (0, 1), 23 bits */
        UNIFORM
    }

    private final Code code;
    private final long seed;
    private final int samples;
    private final int width;
    private final Buffer counter;
    private final Buffer out;

    /**
     * Describes the work.
     *
     * @param counter I32 (3): step, low and high word of the first sample's number; a buffer, so that a replayed step
     *     draws new noise
     * @param out (samples, width)
     */
    public Random(Code code, long seed, int samples, int width, Buffer counter, Buffer out) {
        super(Family.RANDOM, Family.RANDOM.label(code), out.dtype(), List.of(counter), List.of(out));
        this.code = code;
        requireFloating(label(), out);
        requireDType(label(), DType.I32, counter);
        requireSize(label(), "the counter", counter, 3);
        requireSize(label(), "the output", out, (long) samples * width);
        this.seed = seed;
        this.samples = samples;
        this.width = width;
        this.counter = counter;
        this.out = out;
    }

    public Code code() {
        return code;
    }

    public long seed() {
        return seed;
    }

    public int samples() {
        return samples;
    }

    public int width() {
        return width;
    }

    public Buffer counter() {
        return counter;
    }

    public Buffer out() {
        return out;
    }

    @Override
    public long flops() {
        return 20L * samples * width;
    }
}
