package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** x where x &gt; 0, else slope x; at 0 the slope of the left. */
record LeakyRelu(double slope) implements ElementwiseOp {
    @Override
    public String name() {
        return "leakyRelu";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.LEAKY_RELU;
    }

    @Override
    public double a() {
        return slope;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.mul(d, Tensor.apply(new Step(slope), in[0]));
    }
}
