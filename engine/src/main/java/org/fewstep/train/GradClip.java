package org.fewstep.train;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Layout;
import org.fewstep.kernels.Slot;
import org.fewstep.kernels.Slots;
import org.fewstep.kernels.Update;
import org.fewstep.tensor.Tensor;

/**
 * The norm of all gradients together and the factor min(1, limit / norm) that the optimizer applies to them; norm,
 * factor and not-finite flag stay on the device until they are asked for, beside other scalars to watch.
 */
public final class GradClip implements AutoCloseable {
    private static final int OWN = 3;

    private final Slot limit;
    private final int watched;
    private final Buffer out;

    /**
     * Reserves the three numbers.
     *
     * @param slots row with one free place, staged before each {@link #apply}
     * @param limit greatest norm, above 0; infinity for none
     */
    public GradClip(Device device, DType dtype, Slots slots, double limit) {
        this(device, dtype, slots, limit, 0);
    }

    /**
     * As above.
     *
     * @param watched number of scalars that are read with the three numbers, at least 0
     */
    public GradClip(Device device, DType dtype, Slots slots, double limit, int watched) {
        if (!(limit > 0)) {
            throw new IllegalArgumentException("grad clip: got limit " + limit + "; expected above 0");
        }
        this.limit = slots.add(limit);
        this.watched = watched;
        this.out = device.own(dtype, OWN + watched);
    }

    /**
     * Measures the gradients.
     *
     * @param scalars as many of one element as are watched
     */
    public void apply(List<Tensor> gradients, Tensor... scalars) {
        if (scalars.length != watched) {
            throw new IllegalArgumentException(
                    "grad clip: got " + scalars.length + " scalars to watch; expected " + watched);
        }
        List<Buffer> g = new ArrayList<>();
        for (Tensor gradient : gradients) {
            g.add(gradient.buffer());
        }
        out.device().run(Update.gradNorm(g, limit, out));
        for (int i = 0; i < scalars.length; i++) {
            Layout to = new Layout(out, OWN + i, new int[0]);
            Layout from = Layout.contiguous(scalars[i].buffer());
            out.device().run(new Elementwise(Elementwise.Code.COPY, 0, 0, new int[0], to, from));
        }
    }

    /** The device's (3 + watched): norm, factor, 1 if the norm is not finite, then the scalars. */
    public Buffer buffer() {
        return out;
    }

    /** Waits for the device and reads norm, factor, flag and scalars of the last {@link #apply}, in one transfer. */
    public double[] read() {
        double[] host = new double[OWN + watched];
        out.device().read(out, host, 0, host.length);
        return host;
    }

    @Override
    public void close() {
        out.release();
    }
}
