package org.fewstep.op;

import org.fewstep.kernels.Norm;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** (x - mean) / sqrt(variance + eps) over the last axis, without scale and shift. */
record LayerNorm(double eps) implements Op {
    @Override
    public String name() {
        return "layerNorm";
    }

    @Override
    public Tensor forward(Tensor... in) {
        return Rows.norm(name(), Norm.Code.LAYER, eps, in[0], null);
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        return Tensor.apply(new LayerNormAlong(eps), in[0], g);
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor d = dx[0];
        return d == null ? null : Tensor.apply(new LayerNormAlong(eps), in[0], d);
    }
}
