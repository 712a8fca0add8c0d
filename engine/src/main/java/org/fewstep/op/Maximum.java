package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** Greater of x and y, broadcast; on a tie the slope goes to x. */
record Maximum() implements ElementwiseOp {
    @Override
    public String name() {
        return "maximum";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.MAX;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        return Ops.mul(d, i == 0 ? Ops.greaterEqual(in[0], in[1]) : Ops.greater(in[1], in[0]));
    }
}
