package org.fewstep.op;

import org.fewstep.kernels.Attention.Code;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** J(x) d for inputs (x, d) with J the Jacobian of {@link Attention}. */
record AttentionTangent(AttentionRun run) implements Op {
    @Override
    public String name() {
        return "attentionTangent";
    }

    @Override
    public Tensor forward(Tensor... in) {
        return run.of(Code.TANGENT, name(), in[0], in[1], null, null);
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        return i == 0 ? run.curvature(in[0], in[1], g) : run.grad(in[0], g);
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor e = dx[0];
        Tensor dd = dx[1];
        Tensor bent = e == null ? null : AttentionFormulas.second(run, in[0], in[1], e);
        Tensor straight = dd == null ? null : run.tangent(in[0], dd);
        return bent == null ? straight : straight == null ? bent : Ops.add(bent, straight);
    }
}
