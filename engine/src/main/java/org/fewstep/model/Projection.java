package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** x W without a bias, W stored (in, out). */
final class Projection extends Module {
    private final Parameter w;

    /** A layer with W uniform on (-k, k), k = 1 / sqrt(in). */
    Projection(Init init, int in, int out) {
        if (in < 1 || out < 1) {
            throw new IllegalArgumentException("projection: got " + in + " to " + out + "; expected at least 1");
        }
        double[] values = Starts.uniform(init, "W", Math.multiplyExact(in, out), 1 / Math.sqrt(in));
        this.w = parameter(init, "W", Shape.of(in, out), values);
    }

    /** x (..., in) to (..., out). */
    Tensor of(Tensor x) {
        return Ops.matmul(x, w.tensor());
    }
}
