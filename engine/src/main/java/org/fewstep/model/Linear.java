package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** x W + b with W stored (in, out). */
public final class Linear extends Module {
    private final Parameter w;
    private final Parameter b;

    /**
     * A layer with W and b uniform on (-k, k), k = gain / sqrt(in).
     *
     * @param gain 1 is the usual start, 0 makes the layer output zero
     */
    public Linear(Init init, int in, int out, double gain) {
        if (in < 1 || out < 1) {
            throw new IllegalArgumentException("linear: got " + in + " to " + out + "; expected at least 1");
        }
        double k = gain / Math.sqrt(in);
        this.w = parameter(init, "W", Shape.of(in, out), uniform(init, "W", Math.multiplyExact(in, out), k));
        this.b = parameter(init, "b", Shape.of(out), uniform(init, "b", out, k));
    }

    private static double[] uniform(Init init, String name, int count, double k) {
        double[] values = init.rng().stream(name).uniform(0, count, 0);
        for (int i = 0; i < count; i++) {
            values[i] = k * (2 * values[i] - 1);
        }
        return values;
    }

    /** x (..., in) to (..., out). */
    public Tensor of(Tensor x) {
        return Ops.linear(x, w.tensor(), b.tensor());
    }

    /** f of the layer's value, in one kernel. */
    Tensor of(Tensor x, org.fewstep.op.Activation f) {
        return Ops.linear(x, w.tensor(), b.tensor(), f);
    }
}
