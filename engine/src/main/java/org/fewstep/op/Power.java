package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** x^y for inputs (x, y), broadcast. At x = 0 the slope in y is taken as 0, its limit for y above 0. */
record Power() implements ElementwiseOp {
    @Override
    public String name() {
        return "pow";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.POWER;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor value, Tensor... in) {
        Tensor x = in[0];
        Tensor y = in[1];
        if (i == 0) {
            return Ops.mul(d, Ops.mul(y, Ops.pow(x, Ops.scaleShift(y, 1, -1))));
        }
        Tensor zero = Tensor.full(x.device(), x.dtype(), 0, Shape.of());
        Tensor one = Tensor.full(x.device(), x.dtype(), 1, Shape.of());
        Tensor log = Ops.log(Ops.where(Ops.equal(x, zero), one, x));
        return Ops.mul(d, Ops.mul(Ops.pow(x, y), log));
    }
}
