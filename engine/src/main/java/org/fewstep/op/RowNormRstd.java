package org.fewstep.op;

import org.fewstep.kernels.Norm;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** r = 1 / sqrt(variance + eps), or 1 / sqrt(mean(x^2) + eps) if not centred, over the last axis, kept as size 1. */
record RowNormRstd(boolean centred, double eps) implements Op {
    @Override
    public String name() {
        return centred ? "layerNormRstd" : "rmsNormRstd";
    }

    @Override
    public Tensor forward(Tensor... in) {
        return Rows.norm(name(), centred ? Norm.Code.LAYER_RSTD : Norm.Code.RMS_RSTD, eps, in[0], null);
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor r, Tensor... in) {
        // dr = -(r^2 / n) sum(y dx).
        Tensor x = in[0];
        double scale = -1.0 / x.dim(-1);
        return Ops.mul(Ops.scale(Ops.mul(g, Ops.square(r)), scale), Tensor.apply(new RowNorm(centred, eps), x));
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor r, Tensor... in) {
        Tensor d = dx[0];
        return d == null
                ? null
                : Ops.neg(Ops.mul(
                        Ops.square(r), Ops.meanKeep(Ops.mul(Tensor.apply(new RowNorm(centred, eps), in[0]), d), -1)));
    }

    @Override
    public boolean savesOutput() {
        return true;
    }
}
