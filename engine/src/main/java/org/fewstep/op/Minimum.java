package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** Lesser of x and y, broadcast; on a tie the slope goes to x. */
record Minimum() implements ElementwiseOp {
    @Override
    public String name() {
        return "minimum";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.MIN;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.mul(d, i == 0 ? Ops.greaterEqual(in[1], in[0]) : Ops.greater(in[0], in[1]));
    }
}
