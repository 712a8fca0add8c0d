package org.fewstep.op;

import org.fewstep.kernels.Attention.Code;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What the operations of attention have in common: the layout of x, the number of heads and the scale of the scores.
 *
 * @param layout how x and the result stand
 * @param scale factor of the scores, 1 / sqrt(C) in most networks
 */
record AttentionRun(QkvLayout layout, int heads, double scale) {
    AttentionRun {
        if (heads < 1) {
            throw new IllegalArgumentException("attention: got " + heads + " heads; expected at least 1");
        }
    }

    /** softmax(scale q k^T) v: fused for equal shapes, else composed. */
    static Tensor of(Tensor q, Tensor k, Tensor v, double scale) {
        Args.requireFloats("attention", q, k, v);
        if (q.rank() != 4
                || k.rank() != 4
                || v.rank() != 4
                || !k.shape().equals(Shape.of(q.dim(0), q.dim(1), k.dim(2), q.dim(3)))
                || !v.shape().equals(Shape.of(q.dim(0), q.dim(1), k.dim(2), v.dim(3)))) {
            throw new IllegalArgumentException("attention: got q " + q.shape() + ", k " + k.shape() + ", v " + v.shape()
                    + "; expected (B, H, T, C), (B, H, S, C) and (B, H, S, D)");
        }
        Args.requireFinite("attention", "scale", scale);
        if (q.shape().equals(k.shape()) && q.shape().equals(v.shape())) {
            return new AttentionRun(QkvLayout.HEADS, q.dim(1), scale).value(Ops.concat(3, q, k, v));
        }
        Tensor weights = Ops.softmax(Ops.scale(Ops.matmul(q, k, false, true), scale));
        return Ops.matmul(weights, v);
    }

    /** Runs a kernel; d and g are there as the code asks. */
    Tensor of(Code code, String name, Tensor x, @Nullable Tensor d, @Nullable Tensor g, @Nullable Tensor value) {
        Shape small = check(name, x, d, g);
        Shape shape = code == Code.FORWARD || code == Code.TANGENT ? small : x.shape();
        Tensor y = Tensor.of(x.device().allocate(x.dtype(), shape.count()), shape);
        y.device()
                .run(new org.fewstep.kernels.Attention(
                        code,
                        layout.in(x.shape(), heads),
                        layout.out(x.shape(), heads),
                        scale,
                        x.buffer(),
                        d == null ? null : d.buffer(),
                        g == null ? null : g.buffer(),
                        value == null ? null : value.buffer(),
                        y.buffer()));
        return y;
    }

    private Shape check(String name, Tensor x, @Nullable Tensor d, @Nullable Tensor g) {
        if (!x.dtype().floating() || !layout.fits(x.shape(), heads)) {
            throw new IllegalArgumentException(name + ": got x " + x.dtype() + " " + x.shape() + " with " + heads
                    + " heads; expected F32 or F64 and queries, keys and values of equal width in layout " + layout);
        }
        Shape result = layout.result(x.shape());
        if (d != null && (!d.shape().equals(x.shape()) || d.dtype() != x.dtype())) {
            throw new IllegalArgumentException(name + ": got x " + x.dtype() + " " + x.shape() + " and a direction "
                    + d.dtype() + " " + d.shape() + "; expected the same");
        }
        if (g != null && (!g.shape().equals(result) || g.dtype() != x.dtype())) {
            throw new IllegalArgumentException(name + ": got x " + x.dtype() + " " + x.shape() + " and a cotangent "
                    + g.dtype() + " " + g.shape() + "; expected " + x.dtype() + " " + result);
        }
        return result;
    }

    /** O. */
    Tensor value(Tensor x) {
        return Tensor.apply(new Attention(this), x);
    }

    /** J d. */
    Tensor tangent(Tensor x, Tensor d) {
        return Tensor.apply(new AttentionTangent(this), x, d);
    }

    /** J^T g. */
    Tensor grad(Tensor x, Tensor g) {
        return Tensor.apply(new AttentionGrad(this), x, g);
    }

    /** Gradient by x of (g . J d). */
    Tensor curvature(Tensor x, Tensor d, Tensor g) {
        return Tensor.apply(new AttentionCurvature(this), x, d, g);
    }
}
