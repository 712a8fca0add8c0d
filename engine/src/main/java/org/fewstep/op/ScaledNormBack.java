package org.fewstep.op;

import org.fewstep.kernels.ModulatedNorm;
import org.fewstep.kernels.ModulatedNorm.Places;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** J(x) u with u = g (base + scale) for inputs (x, scale, g): the cotangent of x of {@link ScaledNorm}, in one kernel. */
record ScaledNormBack(NormForm form, double base) implements Op {
    @Override
    public String name() {
        return form.name() + "Back";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor x = in[0];
        Tensor scale = in[1];
        Tensor g = in[2];
        form.requireFit(x);
        requireLike(name(), x, g);
        Places places = ScaledNorm.places(form, x, scale.shape());
        Tensor dx = Tensor.of(x.device().allocate(x.dtype(), x.shape().count()), x.shape());
        int n = form.length(x.shape());
        dx.device()
                .run(ModulatedNorm.gradX(
                        form.centred(),
                        x.shape().count() / n,
                        n,
                        form.eps(),
                        base,
                        places,
                        x.buffer(),
                        scale.buffer(),
                        g.buffer(),
                        dx.buffer()));
        return dx;
    }

    static void requireLike(String name, Tensor x, Tensor g) {
        if (!g.shape().equals(x.shape()) || g.dtype() != x.dtype()) {
            throw new IllegalArgumentException(name + ": got x " + x.dtype() + " " + x.shape() + ", g " + g.dtype()
                    + " " + g.shape() + "; expected the same");
        }
    }

    @Override
    public Tensor vjp(int i, Tensor ct, Tensor y, Tensor... in) {
        Tensor x = in[0];
        Tensor scale = in[1];
        Tensor g = in[2];
        Tensor f = ScaledNorm.factor(base, scale);
        if (i == 0) {
            return form.alongBack(ct, x, Ops.mul(g, f));
        }
        Tensor w = form.along(x, ct);
        return i == 1 ? Ops.sumTo(Ops.mul(w, g), scale.shape()) : Ops.mul(w, f);
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor g = in[2];
        Tensor f = ScaledNorm.factor(base, in[1]);
        Tensor dscale = dx[1];
        Tensor dg = dx[2];
        Tensor du = dscale == null ? null : Ops.mul(g, dscale);
        if (dg != null) {
            du = du == null ? Ops.mul(dg, f) : Ops.mulAdd(dg, f, du);
        }
        return form.alongAlong(dx[0], du, y, in[0], Ops.mul(g, f));
    }
}
