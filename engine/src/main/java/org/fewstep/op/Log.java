package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** Natural logarithm. */
record Log() implements ElementwiseOp {
    @Override
    public String name() {
        return "log";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.LOG;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.div(d, in[0]);
    }
}
