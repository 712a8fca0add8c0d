package org.fewstep.train;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Slot;
import org.fewstep.kernels.Slots;
import org.fewstep.kernels.Update;
import org.fewstep.tensor.Tensor;

/**
 * The norm of all gradients together and the factor min(1, limit / norm) that the optimizer applies to them; norm,
 * factor and not-finite flag stay on the device until they are asked for.
 */
public final class GradClip implements AutoCloseable {
    private final Slot limit;
    private final Buffer out;

    /**
     * Reserves the three numbers.
     *
     * @param slots row with one free place, staged before each {@link #apply}
     * @param limit greatest norm, above 0; infinity for none
     */
    public GradClip(Device device, DType dtype, Slots slots, double limit) {
        if (!(limit > 0)) {
            throw new IllegalArgumentException("grad clip: got limit " + limit + "; expected above 0");
        }
        this.limit = slots.add(limit);
        this.out = device.own(dtype, 3);
    }

    /** Measures the gradients. */
    public void apply(List<Tensor> gradients) {
        List<Buffer> g = new ArrayList<>();
        for (Tensor gradient : gradients) {
            g.add(gradient.buffer());
        }
        out.device().run(Update.gradNorm(g, limit, out));
    }

    /** The device's (3): norm, factor, 1 if the norm is not finite. */
    public Buffer buffer() {
        return out;
    }

    /** Waits for the device and reads norm, factor and flag of the last {@link #apply}. */
    public double[] read() {
        double[] host = new double[3];
        out.device().read(out, host, 0, 3);
        return host;
    }

    @Override
    public void close() {
        out.release();
    }
}
