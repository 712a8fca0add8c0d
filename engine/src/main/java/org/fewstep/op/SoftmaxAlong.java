package org.fewstep.op;

import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** y (g - sum(y g)) over the last axis for inputs (y, g): the symmetric Jacobian of softmax times g. */
record SoftmaxAlong() implements Op {
    @Override
    public String name() {
        return "softmaxAlong";
    }

    @Override
    public Tensor forward(Tensor... in) {
        return Rows.softmax(name(), org.fewstep.kernels.Softmax.Code.ALONG, in[0], in[1]);
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor out, Tensor... in) {
        Tensor y = in[0];
        Tensor d = in[1];
        if (i == 1) {
            return Tensor.apply(this, y, g);
        }
        // d/dy of sum g y (d - s), s = sum(y d): g (d - s) - d sum(g y).
        Tensor s = Ops.sumKeep(Ops.mul(y, d), -1);
        Tensor q = Ops.sumKeep(Ops.mul(g, y), -1);
        return Ops.sub(Ops.mul(g, Ops.sub(d, s)), Ops.mul(d, q));
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor out, Tensor... in) {
        Tensor y = in[0];
        Tensor d = in[1];
        Tensor dy = dx[0];
        Tensor dd = dx[1];
        Tensor sum = dd == null ? null : Tensor.apply(this, y, dd);
        if (dy != null) {
            Tensor s = Ops.sumKeep(Ops.mul(y, d), -1);
            Tensor q = Ops.sumKeep(Ops.mul(dy, d), -1);
            Tensor term = Ops.sub(Ops.mul(dy, Ops.sub(d, s)), Ops.mul(y, q));
            sum = sum == null ? term : Ops.add(sum, term);
        }
        return sum;
    }
}
