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

    private static Tensor draw(
            Random.Code code, Device device, DType dtype, Rng rng, long first, int step, Shape shape) {
        if (shape.rank() < 1) {
            throw new IllegalArgumentException("noise: got a scalar shape; expected (B, ...)");
        }
        int samples = shape.dim(0);
        int width = samples == 0 ? 0 : shape.count() / samples;
        Buffer out = device.allocate(dtype, shape.count());
        Buffer counter = device.own(DType.I32, 3);
        try {
            device.write(counter, new int[] {step, (int) first, (int) (first >>> 32)}, 0, 3);
            device.run(new Random(code, rng.seed(), samples, width, counter, out));
        } finally {
            counter.release();
        }
        return Tensor.of(out, shape);
    }
}
