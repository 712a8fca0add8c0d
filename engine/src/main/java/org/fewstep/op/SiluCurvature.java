package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** Second derivative of silu: s (1 - s) (2 + x (1 - 2 s)) with s = sigmoid(x). */
record SiluCurvature() implements ElementwiseOp {
    @Override
    public String name() {
        return "siluCurvature";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.SILU_CURVATURE;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        Tensor x = in[0];
        Tensor s = Ops.sigmoid(x);
        Tensor u = Ops.sub(s, Ops.square(s));
        Tensor q = Ops.scaleShift(s, -2, 1);
        // With u = s (1 - s), u' = u q, q = 1 - 2 s: (u (2 + x q))' = u (q (3 + x q) - 2 x u).
        Tensor third =
                Ops.mul(u, Ops.sub(Ops.mul(q, Ops.scaleShift(Ops.mul(x, q), 1, 3)), Ops.scale(Ops.mul(x, u), 2)));
        return Ops.mul(d, third);
    }
}
