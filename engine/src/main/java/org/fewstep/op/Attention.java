package org.fewstep.op;

import org.fewstep.kernels.Attention.Code;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Multi-head self-attention softmax(scale Q K^T) V in one kernel with memory linear in the tokens, value and tangent in one
 * pass (the identity of Lu and Song 2024, arXiv:2410.11081, appendix F).
 *
 * <p>All derivatives stay in the family: with J the Jacobian, the tangent J d ({@link AttentionTangent}), the gradient
 * J^T g ({@link AttentionGrad}) and the gradient by x of (g . J d) ({@link AttentionCurvature}) are each other's rules.
 */
record Attention(AttentionRun run) implements Op {
    @Override
    public String name() {
        return "attention";
    }

    @Override
    public Tensor forward(Tensor... in) {
        return run.of(Code.FORWARD, name(), in[0], null, null, null);
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        return run.grad(in[0], g);
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor d = dx[0];
        return d == null ? null : run.tangent(in[0], d);
    }

    @Override
    public Dual forwardWithTangent(Tensor[] in, @Nullable Tensor[] dx) {
        Tensor x = in[0];
        Tensor d = dx[0];
        if (d == null || !run.layout().fits(x.shape(), run.heads())) {
            return new Dual(forward(in), null);
        }
        Tensor y = Tensor.of(
                x.device().allocate(x.dtype(), x.shape().count() / 3),
                run.layout().result(x.shape()));
        return new Dual(y, run.of(Code.TANGENT, name(), x, d, null, y));
    }
}
