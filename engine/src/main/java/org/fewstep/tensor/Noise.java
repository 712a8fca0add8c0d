package org.fewstep.tensor;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Random;

/** Random tensors made on the device: sample i's numbers depend on (seed, first + i, step) alone. */
public final class Noise {
    private Noise() {}

    /**
     * Standard normal numbers.
     *
     * @param first number of the first sample of the batch
     * @param shape (B, ...)
     */
    public static Tensor normal(Device device, DType dtype, Rng rng, long first, int step, Shape shape) {
        return draw(Random.Code.NORMAL, device, dtype, rng, first, step, shape);
    }

    /** Uniform numbers in (0, 1) of 23 bits. */
    public static Tensor uniform(Device device, DType dtype, Rng rng, long first, int step, Shape shape) {
        return draw(Random.Code.UNIFORM, device, dtype, rng, first, step, shape);
    }

    /**
     * The counter of noise that a recorded run draws anew in each replay: write (step, low and high word of the first
     * sample's number) to its buffer in between.
     *
     * @return I32 (3) in the innermost scope
     */
    public static Tensor counter(Device device, long first, int step) {
        return Tensor.of(device, new int[] {step, (int) first, (int) (first >>> 32)}, 3);
    }

    /** Standard normal numbers of a {@link #counter}, (B, ...). */
    public static Tensor normal(DType dtype, Rng rng, Tensor counter, Shape shape) {
        return draw(Random.Code.NORMAL, counter.buffer(), dtype, rng, shape);
    }

    /** Uniform numbers of a {@link #counter}, (B, ...). */
    public static Tensor uniform(DType dtype, Rng rng, Tensor counter, Shape shape) {
        return draw(Random.Code.UNIFORM, counter.buffer(), dtype, rng, shape);
    }

    private static Tensor draw(
            Random.Code code, Device device, DType dtype, Rng rng, long first, int step, Shape shape) {
        Buffer counter = device.own(DType.I32, 3);
        try {
            device.write(counter, new int[] {step, (int) first, (int) (first >>> 32)}, 0, 3);
            return draw(code, counter, dtype, rng, shape);
        } finally {
            counter.release();
        }
    }

    private static Tensor draw(Random.Code code, Buffer counter, DType dtype, Rng rng, Shape shape) {
        if (shape.rank() < 1) {
            throw new IllegalArgumentException("noise: got a scalar shape; expected (B, ...)");
        }
        int samples = shape.dim(0);
        int width = samples == 0 ? 0 : shape.count() / samples;
        Buffer out = counter.device().allocate(dtype, shape.count());
        out.device().run(new Random(code, rng.seed(), samples, width, counter, out));
        return Tensor.of(out, shape);
    }
}
