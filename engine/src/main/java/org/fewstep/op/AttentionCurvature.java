package org.fewstep.op;

import org.fewstep.kernels.Attention.Code;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The gradient by x of (g . J(x) d) for inputs (x, d, g): the Hessian H of g . O times d, with O and J value and Jacobian of
 * {@link Attention}. It is the backward of a tangent and the second derivative of a gradient alike.
 */
record AttentionCurvature(AttentionRun run) implements Op {
    @Override
    public String name() {
        return "attentionCurvature";
    }

    @Override
    public Tensor forward(Tensor... in) {
        return run.of(Code.CURVATURE, name(), in[0], in[1], in[2], null);
    }

    @Override
    public Tensor vjp(int i, Tensor ct, Tensor y, Tensor... in) {
        // ct . H d is symmetric in ct and d, linear in g, and its third derivative is symmetric too.
        return switch (i) {
            case 0 -> AttentionFormulas.third(run, in[0], in[1], ct, in[2]);
            case 1 -> run.curvature(in[0], ct, in[2]);
            default -> AttentionFormulas.second(run, in[0], in[1], ct);
        };
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor e = dx[0];
        Tensor dd = dx[1];
        Tensor dg = dx[2];
        Tensor sum = e == null ? null : AttentionFormulas.third(run, in[0], in[1], e, in[2]);
        if (dd != null) {
            Tensor term = run.curvature(in[0], dd, in[2]);
            sum = sum == null ? term : Ops.add(sum, term);
        }
        if (dg != null) {
            Tensor term = run.curvature(in[0], in[1], dg);
            sum = sum == null ? term : Ops.add(sum, term);
        }
        return sum;
    }
}
