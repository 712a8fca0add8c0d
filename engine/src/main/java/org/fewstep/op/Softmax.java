package org.fewstep.op;

import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Softmax over the last axis. */
record Softmax() implements Op {
    @Override
    public String name() {
        return "softmax";
    }

    @Override
    public Tensor forward(Tensor... in) {
        return Rows.softmax(name(), org.fewstep.kernels.Softmax.Code.FORWARD, in[0], null);
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        return Tensor.apply(new SoftmaxAlong(), y, g);
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor d = dx[0];
        return d == null ? null : Tensor.apply(new SoftmaxAlong(), y, d);
    }

    @Override
    public boolean savesInput(int i) {
        return false;
    }

    @Override
    public boolean savesOutput() {
        return true;
    }
}
