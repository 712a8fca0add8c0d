package org.fewstep.op;

import org.fewstep.kernels.Elementwise;
import org.fewstep.tensor.Tensor;

/** Second derivative of {@link GeluTanh}: 2 s' w' + x s' (w'' + (1 - 2 s) w'^2) with s = sigmoid(w), s' = s (1 - s). */
record GeluTanhCurvature() implements ElementwiseOp {
    private static final double TWICE_C = 2 * Math.sqrt(2 / Math.PI);
    private static final double A = 0.044715;

    @Override
    public String name() {
        return "geluTanhCurvature";
    }

    @Override
    public Elementwise.Code code() {
        return Elementwise.Code.GELU_TANH_CURVATURE;
    }

    @Override
    public Tensor along(int i, Tensor d, Tensor y, Tensor... in) {
        Tensor x = in[0];
        Tensor square = Ops.square(x);
        Tensor s = Ops.sigmoid(Ops.mul(x, Ops.scaleShift(square, TWICE_C * A, TWICE_C)));
        Tensor w1 = Ops.scaleShift(square, 3 * TWICE_C * A, TWICE_C);
        Tensor w2 = Ops.scale(x, 6 * TWICE_C * A);
        Tensor bell = Ops.sub(s, Ops.square(s));
        Tensor q = Ops.scaleShift(s, -2, 1);
        Tensor square1 = Ops.square(w1);
        // t = w'' + q w'^2 with bell' = q bell w' and q' = -2 bell w' give
        // (bell (2 w' + x t))' = bell (q w' (2 w' + x t) + 2 w'' + t + x t'),
        // t' = w''' + 2 q w' w'' - 2 bell w'^3, w''' a constant.
        Tensor t = Ops.mulAdd(q, square1, w2);
        Tensor bend = Ops.mul(Ops.mul(q, w1), Ops.mulAdd(x, t, Ops.scale(w1, 2)));
        Tensor twist = Ops.sub(Ops.mul(q, w2), Ops.mul(bell, square1));
        Tensor t1 = Ops.scaleShift(Ops.mul(w1, twist), 2, 6 * TWICE_C * A);
        Tensor rest = Ops.add(Ops.scale(w2, 2), Ops.mulAdd(x, t1, t));
        return Ops.mul(d, Ops.mul(bell, Ops.add(bend, rest)));
    }
}
