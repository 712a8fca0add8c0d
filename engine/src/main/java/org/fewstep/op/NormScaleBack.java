package org.fewstep.op;

import org.fewstep.kernels.ModulatedNorm;
import org.fewstep.kernels.ModulatedNorm.Places;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Sum of g z over the places of each entry of a table, z = x normalised, for inputs (x, g): the cotangent of the scale of
 * {@link ScaledNorm}, in one kernel.
 */
record NormScaleBack(NormForm form, Shape table) implements Op {
    @Override
    public String name() {
        return form.name() + "ScaleBack";
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor x = in[0];
        Tensor g = in[1];
        form.requireFit(x);
        ScaledNormBack.requireLike(name(), x, g);
        Places places = ScaledNorm.places(form, x, table);
        Tensor y = Tensor.of(x.device().allocate(x.dtype(), table.count()), table);
        int n = form.length(x.shape());
        y.device()
                .run(ModulatedNorm.gradScale(
                        form.centred(),
                        x.shape().count() / n,
                        n,
                        form.eps(),
                        places,
                        x.buffer(),
                        g.buffer(),
                        y.buffer()));
        return y;
    }

    @Override
    public Tensor vjp(int i, Tensor ct, Tensor y, Tensor... in) {
        return i == 0
                ? Tensor.apply(new ScaledNormBack(form, 0), in[0], ct, in[1])
                : Tensor.apply(new ScaledNorm(form, 0), in[0], ct);
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor d = dx[0];
        Tensor dg = dx[1];
        Tensor sum = dg == null ? null : Tensor.apply(this, in[0], dg);
        if (d != null) {
            Tensor term = Ops.sumTo(Ops.mul(in[1], form.along(in[0], d)), table);
            sum = sum == null ? term : Ops.add(sum, term);
        }
        return sum;
    }
}
