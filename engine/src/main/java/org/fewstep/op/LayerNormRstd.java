package org.fewstep.op;

import org.fewstep.kernels.Norm;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** r = 1 / sqrt(variance + eps) over the last axis, kept as size 1. */
record LayerNormRstd(double eps) implements Op {
    @Override
    public String name() {
        return "layerNormRstd";
    }

    @Override
    public Tensor forward(Tensor... in) {
        return Rows.norm(name(), Norm.Code.LAYER_RSTD, eps, in[0], null);
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor r, Tensor... in) {
        // dr = -(r^2 / n) sum(y dx).
        Tensor x = in[0];
        double scale = -1.0 / x.dim(-1);
        return Ops.mul(Ops.scale(Ops.mul(g, Ops.square(r)), scale), Ops.layerNorm(x, eps));
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor r, Tensor... in) {
        Tensor d = dx[0];
        return d == null
                ? null
                : Ops.neg(Ops.mul(Ops.square(r), Ops.meanKeep(Ops.mul(Ops.layerNorm(in[0], eps), d), -1)));
    }

    @Override
    public boolean savesOutput() {
        return true;
    }
}
