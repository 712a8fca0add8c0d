package org.fewstep.op;

import org.fewstep.kernels.ModulatedNorm.Places;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Which numbers of x are normalised together, and how: over the last axis, or over groups of neighbouring channels.
 *
 * @param centred layer norm, else RMS norm
 * @param groups of the channels of x (B, C, ...); 0 for the last axis
 */
record NormForm(boolean centred, double eps, int groups) {
    /** Group norm, or a message where the groups are not a number of them. */
    static NormForm ofGroups(double eps, int groups) {
        if (groups < 1) {
            throw new IllegalArgumentException("groupNorm: got " + groups + " groups; expected at least 1");
        }
        return new NormForm(true, eps, groups);
    }

    String name() {
        return groups > 0 ? "groupNorm" : centred ? "layerNorm" : "rmsNorm";
    }

    /** Refuses an x, or an eps, that the form does not allow. */
    void requireFit(Tensor x) {
        Args.requireFloats(name(), x);
        if (!(eps > 0 && eps < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name() + ": got eps " + eps + "; expected a positive number");
        }
        if (groups > 0 && (x.rank() < 2 || x.dim(1) % groups != 0)) {
            throw new IllegalArgumentException(name() + ": got " + groups + " groups for " + x.shape()
                    + "; expected (B, C, ...) with C a multiple of the groups");
        }
        if (groups == 0 && (x.rank() < 1 || x.dim(-1) == 0)) {
            throw new IllegalArgumentException(name() + ": got " + x.shape() + "; expected a last axis of at least 1");
        }
    }

    /** Numbers that are normalised together. */
    int length(Shape x) {
        if (groups == 0) {
            return x.dim(-1);
        }
        int rows = x.dim(0) * groups;
        return rows == 0 ? 1 : Math.max(1, x.count() / rows);
    }

    /** x as rows whose last axis is normalised. */
    private Tensor rows(Tensor x) {
        int n = length(x.shape());
        return groups == 0 ? x : Ops.reshape(x, Shape.of(x.shape().count() / n, n));
    }

    /** z, x normalised. */
    Tensor of(Tensor x) {
        return Ops.reshape(Tensor.apply(new RowNorm(centred, eps), rows(x)), x.shape());
    }

    /** J(x) d, J = dz/dx. */
    Tensor along(Tensor x, Tensor d) {
        return Ops.reshape(Tensor.apply(new RowNormAlong(centred, eps), rows(x), rows(d)), x.shape());
    }

    /** The cotangent of x of J(x) u. */
    Tensor alongBack(Tensor ct, Tensor x, Tensor u) {
        Tensor flat = rows(x);
        return Ops.reshape(new RowNormAlong(centred, eps).vjp(0, rows(ct), flat, flat, rows(u)), x.shape());
    }

    /** The tangent of y = J(x) u; null where both directions are. */
    @Nullable
    Tensor alongAlong(@Nullable Tensor dx, @Nullable Tensor du, Tensor y, Tensor x, Tensor u) {
        Tensor[] in = {rows(x), rows(u)};
        @Nullable Tensor[] d = {dx == null ? null : rows(dx), du == null ? null : rows(du)};
        Tensor dy = new RowNormAlong(centred, eps).jvp(d, rows(y), in);
        return dy == null ? null : Ops.reshape(dy, x.shape());
    }

    /**
     * Where places of x find their entry in a table, or null where the table is not one of the kernel's: over the last
     * axis a table of ones, then sizes of x, then ones, then the last size; for groups (C, 1, ...), (1, C, 1, ...) or
     * (B, C, 1, ...).
     */
    @Nullable
    Places places(Shape x, Shape table) {
        int lead = x.rank() - table.rank();
        if (lead < 0 || table.rank() == 0) {
            return null;
        }
        return groups == 0 ? rowPlaces(x, table, lead) : groupPlaces(x, table, lead);
    }

    private static @Nullable Places rowPlaces(Shape x, Shape table, int lead) {
        int last = x.rank() - 1;
        if (table.dim(-1) != x.dim(-1)) {
            return null;
        }
        int d = 0;
        while (d < last && (d < lead || table.dim(d - lead) == 1)) {
            d++;
        }
        int tableRows = 1;
        while (d < last && table.dim(d - lead) == x.dim(d)) {
            tableRows *= x.dim(d++);
        }
        int repeat = 1;
        while (d < last && table.dim(d - lead) == 1) {
            repeat *= x.dim(d++);
        }
        return d < last || tableRows == 0 || repeat == 0 ? null : new Places(tableRows, repeat, 1);
    }

    private @Nullable Places groupPlaces(Shape x, Shape table, int lead) {
        int inner = 1;
        for (int d = 2; d < x.rank(); d++) {
            if (d < lead || table.dim(d - lead) != 1) {
                return null;
            }
            inner *= x.dim(d);
        }
        if (lead > 1 || table.dim(1 - lead) != x.dim(1) || x.count() == 0) {
            return null;
        }
        int samples = lead == 1 ? 1 : table.dim(0);
        return samples == 1 || samples == x.dim(0) ? new Places(samples * groups, 1, inner) : null;
    }
}
