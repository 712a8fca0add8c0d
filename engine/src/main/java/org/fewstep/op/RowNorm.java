package org.fewstep.op;

import org.fewstep.kernels.Norm;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Normalisation over the last axis, without scale and shift: (x - mean) / sqrt(variance + eps) if centred (layer norm),
 * else x / sqrt(mean(x^2) + eps) (RMS norm).
 */
record RowNorm(boolean centred, double eps) implements Op {
    @Override
    public String name() {
        return centred ? "layerNorm" : "rmsNorm";
    }

    @Override
    public Tensor forward(Tensor... in) {
        return Rows.norm(name(), centred ? Norm.Code.LAYER : Norm.Code.RMS, eps, in[0], null);
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        return Tensor.apply(new RowNormAlong(centred, eps), in[0], g);
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor d = dx[0];
        return d == null ? null : Tensor.apply(new RowNormAlong(centred, eps), in[0], d);
    }
}
