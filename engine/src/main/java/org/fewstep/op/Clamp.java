package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** min(max(x, low), high); the slope is 1 inside, ends included, else 0. */
record Clamp(double low, double high) implements ElementwiseOp {
    @Override
    public String name() {
        return "clamp";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.CLAMP;
    }

    @Override
    public double a() {
        return low;
    }

    @Override
    public double b() {
        return high;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.mul(d, Tensor.apply(new Inside(low, high), in[0]));
    }
}
