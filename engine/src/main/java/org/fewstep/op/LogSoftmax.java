package org.fewstep.op;

import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Logarithm of softmax over the last axis. */
record LogSoftmax() implements Op {
    @Override
    public String name() {
        return "logSoftmax";
    }

    @Override
    public Tensor forward(Tensor... in) {
        return Rows.softmax(name(), org.fewstep.kernels.Softmax.Code.LOG, in[0], null);
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        return Ops.sub(g, Ops.mul(Ops.exp(y), Ops.sumKeep(g, -1)));
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor d = dx[0];
        return d == null ? null : Ops.sub(d, Ops.sumKeep(Ops.mul(Ops.exp(y), d), -1));
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
