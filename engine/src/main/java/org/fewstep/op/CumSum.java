package org.fewstep.op;

import org.fewstep.kernels.Scan;
import org.fewstep.tensor.Tensor;

/** Running sum along one axis, from its first element on, or from its last if reversed. */
record CumSum(int axis, boolean reversed) implements LinearOp {
    @Override
    public String name() {
        return "cumSum";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor x = in[0];
        Args.requireFloats(name(), x);
        int outer = 1;
        int inner = 1;
        for (int d = 0; d < x.rank(); d++) {
            outer *= d < axis ? x.dim(d) : 1;
            inner *= d > axis ? x.dim(d) : 1;
        }
        Tensor y = Tensor.of(x.device().allocate(x.dtype(), x.shape().count()), x.shape());
        Scan.Code code = reversed ? Scan.Code.SUM_REVERSED : Scan.Code.SUM;
        y.device().run(new Scan(code, outer, x.dim(axis), inner, x.buffer(), y.buffer()));
        return y;
    }

    @Override
    public Tensor transpose(Tensor g, Tensor x) {
        return Tensor.apply(new CumSum(axis, !reversed), g);
    }
}
