package org.fewstep.op;

import org.fewstep.kernels.Norm;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * J(x) g for inputs (x, g) with J the symmetric Jacobian of {@link RowNorm}: r (g - mean(g) - y mean(y g)) with y the
 * normalised x, r = 1 / sqrt(variance + eps); without mean(g) where x is not centred. Both kinds share the rules below:
 * dr = -(r^2 / n) sum(y dx) and dy = J dx hold for both.
 */
record RowNormAlong(boolean centred, double eps) implements Op {
    @Override
    public String name() {
        return centred ? "layerNormAlong" : "rmsNormAlong";
    }

    @Override
    public Tensor forward(Tensor... in) {
        return Rows.norm(name(), centred ? Norm.Code.LAYER_ALONG : Norm.Code.RMS_ALONG, eps, in[0], in[1]);
    }

    @Override
    public Tensor vjp(int i, Tensor ct, Tensor out, Tensor... in) {
        Tensor x = in[0];
        if (i == 1) {
            return Tensor.apply(this, x, ct);
        }
        // With A = J g and S = sum(ct A): -(r / n) S y - r (mean(g y) J ct + mean(ct y) A).
        Tensor g = in[1];
        Tensor y = Tensor.apply(new RowNorm(centred, eps), x);
        Tensor r = Tensor.apply(new RowNormRstd(centred, eps), x);
        Tensor a = Tensor.apply(this, x, g);
        Tensor s = Ops.meanKeep(Ops.mul(ct, a), -1);
        Tensor first = Ops.mul(s, y);
        Tensor second = Ops.mul(Ops.meanKeep(Ops.mul(g, y), -1), Tensor.apply(this, x, ct));
        Tensor third = Ops.mul(Ops.meanKeep(Ops.mul(ct, y), -1), a);
        return Ops.neg(Ops.mul(r, Ops.add(first, Ops.add(second, third))));
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor out, Tensor... in) {
        Tensor x = in[0];
        Tensor g = in[1];
        Tensor d = dx[0];
        Tensor dg = dx[1];
        Tensor sum = dg == null ? null : Tensor.apply(this, x, dg);
        if (d != null) {
            // dA = (dr / r) A - r (dy mean(g y) + y mean(g dy)), dr / r = -r mean(y dx), dy = J dx.
            Tensor y = Tensor.apply(new RowNorm(centred, eps), x);
            Tensor r = Tensor.apply(new RowNormRstd(centred, eps), x);
            Tensor dy = Tensor.apply(this, x, d);
            Tensor first = Ops.mul(Ops.meanKeep(Ops.mul(y, d), -1), out);
            Tensor second = Ops.mul(dy, Ops.meanKeep(Ops.mul(g, y), -1));
            Tensor third = Ops.mul(y, Ops.meanKeep(Ops.mul(g, dy), -1));
            Tensor term = Ops.neg(Ops.mul(r, Ops.add(first, Ops.add(second, third))));
            sum = sum == null ? term : Ops.add(sum, term);
        }
        return sum;
    }
}
