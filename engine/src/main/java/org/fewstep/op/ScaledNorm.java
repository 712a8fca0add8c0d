package org.fewstep.op;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.ModulatedNorm;
import org.fewstep.kernels.ModulatedNorm.Places;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.Op;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * z (base + scale) + shift in one kernel for inputs (x, scale) or (x, scale, shift), z = x normalised: with base 1 the
 * modulation of adaptive normalisation, with base 0 normalisation with parameters. Scale and shift are equal tables that
 * the form has {@link NormForm#places} for.
 */
record ScaledNorm(NormForm form, double base) implements Op {
    /** The composition that the kernel stands for; also serves tables of other shapes. */
    static Tensor composed(NormForm form, double base, Tensor x, Tensor scale, @Nullable Tensor shift) {
        Tensor z = form.of(x);
        Tensor f = factor(base, scale);
        return shift == null ? Ops.mul(z, f) : Ops.mulAdd(z, f, shift);
    }

    static Tensor factor(double base, Tensor scale) {
        return base == 0 ? scale : Ops.scaleShift(scale, 1, base);
    }

    /** In one kernel where the tables allow it, else composed. */
    static Tensor of(NormForm form, double base, Tensor x, Tensor scale, @Nullable Tensor shift) {
        form.requireFit(x);
        Args.requireLive(form.name(), x, scale);
        requireTable(form, x, "scale", scale);
        if (shift != null) {
            Args.requireLive(form.name(), x, shift);
            requireTable(form, x, "shift", shift);
        }
        if (form.places(x.shape(), scale.shape()) == null
                || (shift != null && !shift.shape().equals(scale.shape()))) {
            return composed(form, base, x, scale, shift);
        }
        ScaledNorm op = new ScaledNorm(form, base);
        return shift == null ? Tensor.apply(op, x, scale) : Tensor.apply(op, x, scale, shift);
    }

    private static void requireTable(NormForm form, Tensor x, String role, Tensor table) {
        if (table.dtype() != x.dtype()
                || !Shape.broadcast(form.name(), x.shape(), table.shape()).equals(x.shape())) {
            throw new IllegalArgumentException(
                    form.name() + ": got x " + x.dtype() + " " + x.shape() + ", " + role + " " + table.dtype() + " "
                            + table.shape() + "; expected one dtype and a " + role + " that repeats to x");
        }
    }

    static Places places(NormForm form, Tensor x, Shape table) {
        Places places = form.places(x.shape(), table);
        if (places == null) {
            throw new IllegalArgumentException(form.name() + ": got a table of " + table + " for " + x.shape()
                    + "; expected one entry a feature or channel, for all or for each sample");
        }
        return places;
    }

    @Override
    public String name() {
        return form.name();
    }

    @Override
    public Tensor forward(Tensor... in) {
        Tensor x = in[0];
        Places places = fit(in);
        Tensor y = Tensor.of(x.device().allocate(x.dtype(), x.shape().count()), x.shape());
        int n = form.length(x.shape());
        y.device()
                .run(ModulatedNorm.forward(
                        form.centred(),
                        x.shape().count() / n,
                        n,
                        form.eps(),
                        base,
                        places,
                        x.buffer(),
                        in[1].buffer(),
                        shift(in),
                        y.buffer()));
        return y;
    }

    private Places fit(Tensor... in) {
        form.requireFit(in[0]);
        for (int k = 1; k < in.length; k++) {
            if (!in[k].shape().equals(in[1].shape()) || in[k].dtype() != in[0].dtype()) {
                throw new IllegalArgumentException(name() + ": got scale " + in[1].dtype() + " " + in[1].shape()
                        + ", shift " + in[k].dtype() + " " + in[k].shape() + "; expected the same of x's dtype");
            }
        }
        return places(form, in[0], in[1].shape());
    }

    private static @Nullable Buffer shift(Tensor... in) {
        return in.length > 2 ? in[2].buffer() : null;
    }

    @Override
    public Dual forwardWithTangent(Tensor[] in, @Nullable Tensor[] dx) {
        Tensor d = dx[0];
        if (d == null) {
            return Op.super.forwardWithTangent(in, dx);
        }
        Tensor x = in[0];
        Places places = fit(in);
        Tensor y = Tensor.of(x.device().allocate(x.dtype(), x.shape().count()), x.shape());
        Tensor dy = Tensor.of(x.device().allocate(x.dtype(), x.shape().count()), x.shape());
        int n = form.length(x.shape());
        Tensor dscale = dx[1];
        Tensor dshift = in.length > 2 ? dx[2] : null;
        y.device()
                .run(ModulatedNorm.tangent(
                        form.centred(),
                        x.shape().count() / n,
                        n,
                        form.eps(),
                        base,
                        places,
                        x.buffer(),
                        in[1].buffer(),
                        shift(in),
                        d.buffer(),
                        dscale == null ? null : dscale.buffer(),
                        dshift == null ? null : dshift.buffer(),
                        y.buffer(),
                        dy.buffer()));
        return new Dual(y, dy);
    }

    @Override
    public Tensor vjp(int i, Tensor g, Tensor y, Tensor... in) {
        return switch (i) {
            case 0 -> Tensor.apply(new ScaledNormBack(form, base), in[0], in[1], g);
            case 1 -> Tensor.apply(new NormScaleBack(form, in[1].shape()), in[0], g);
            default -> Ops.sumTo(g, in[i].shape());
        };
    }

    @Override
    public @Nullable Tensor jvp(@Nullable Tensor[] dx, Tensor y, Tensor... in) {
        Tensor d = dx[0];
        Tensor dscale = dx[1];
        Tensor dy = in.length > 2 ? dx[2] : null;
        if (dscale != null) {
            Tensor z = form.of(in[0]);
            dy = dy == null ? Ops.mul(z, dscale) : Ops.mulAdd(z, dscale, dy);
        }
        if (d != null) {
            Tensor f = factor(base, in[1]);
            Tensor j = form.along(in[0], d);
            dy = dy == null ? Ops.mul(j, f) : Ops.mulAdd(j, f, dy);
        }
        return dy == null ? null : Ops.broadcastTo(dy, y.shape());
    }

    @Override
    public boolean savesInput(int i) {
        return i < 2;
    }
}
