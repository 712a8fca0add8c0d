package org.fewstep.op;

import org.fewstep.kernels.Attention.Code;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** J(x)^T g for inputs (x, g) with J the Jacobian of {@link Attention}. */
record AttentionGrad(AttentionRun run) implements Op {
    @Override
    public String name() {
        return "attentionGrad";
    }

    @Override
    public Tensor forward(Tensor... in) {
        return run.of(Code.GRAD, name(), in[0], null, in[1], null);
    }

    @Override
    public Tensor vjp(int i, Tensor ct, Tensor y, Tensor... in) {
        // ct . J^T g = g . J ct.
        return i == 0 ? run.curvature(in[0], ct, in[1]) : run.tangent(in[0], ct);
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor e = dx[0];
        Tensor dg = dx[1];
        // The derivative of J^T g along e is the Hessian of g . O times e, which is symmetric.
        Tensor bent = e == null ? null : run.curvature(in[0], e, in[1]);
        Tensor straight = dg == null ? null : run.grad(in[0], dg);
        return bent == null ? straight : straight == null ? bent : Ops.add(bent, straight);
    }
}
