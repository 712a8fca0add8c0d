package org.fewstep.kernels.cpu;

import java.util.Arrays;
import java.util.function.IntConsumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.ModulatedNorm;
import org.fewstep.kernels.cpu.VectorGroupF32.Pass;

/**
 * F32 normalisation with scale and shift on vectors, with the reference's bits: the passes of {@link VectorNormF32}, then
 * one over x, the factor f = base + scale and the shift. A row's entries of a table are read where they stand if each
 * place has one of its own, else they are laid out along the row in scratch.
 */
final class VectorModulatedNormF32 {
    private static final VectorSpecies<Float> S = VectorLanesF32.SPECIES;
    private static final int L = VectorLanesF32.L;

    /** Numbers a part, roughly. */
    private static final int PART = 4096;

    /** Scratch slots: starts of the rows' entries; the tables along the rows; terms of a sum, its lanes, a row's mean, sums of a row. */
    private static final int STARTS = 1;

    private static final int SCALE = 1;
    private static final int SHIFT = 2;
    private static final int TERMS = 1;
    private static final int LANES = 2;
    private static final int MEANS = 3;
    private static final int ROW_SUMS = 7;

    private static final Pass[] MOMENTS = {VectorNormF32::means, VectorNormF32::factors};
    private static final Pass[] RMS_MOMENTS = {VectorNormF32::noMeans, VectorNormF32::factors};
    private static final Pass[] ALONG = {VectorNormF32::meansG, VectorNormF32::products, VectorNormF32::along};
    private static final Pass[] RMS_ALONG = {VectorNormF32::noMeansG, VectorNormF32::products, VectorNormF32::along};

    private VectorModulatedNormF32() {}

    static Prepared prepare(ModulatedNorm w, Threads threads) {
        if (w.code() == ModulatedNorm.Code.GRAD_SCALE) {
            return gradScale(w, threads);
        }
        int group = Math.max(1, PART / w.n());
        long nanos = (long) w.rows() * w.n() / (w.code() == ModulatedNorm.Code.FORWARD ? 3 : 1);
        return Prepared.of(threads, (w.rows() + group - 1) / group, nanos, part -> {
            int first = part * group;
            rows(w, first, Math.min(group, w.rows() - first));
        });
    }

    private static void rows(ModulatedNorm w, int first, int count) {
        int n = w.n();
        float[] x = CpuBuffer.f32(w.x());
        float[] y = CpuBuffer.f32(w.out());
        boolean terms = w.code() == ModulatedNorm.Code.GRAD_X;
        VectorGroupF32 rows = VectorGroupF32.of(x, x, y, first * n, count, n, terms);
        rows.eps = (float) w.eps();
        rows.run(w.centred() ? MOMENTS : RMS_MOMENTS);
        int[] starts = starts(w, first, count);
        float base = (float) w.base();
        float[] scale = table(w, w.scale(), first, count, SCALE);
        switch (w.code()) {
            case FORWARD -> value(w, rows, base, scale, starts);
            case TANGENT -> {
                value(w, rows, base, scale, starts);
                // The table of shifts is done with: its scratch serves the tangents' tables.
                rows.g = CpuBuffer.f32(w.direction());
                rows.y = CpuBuffer.f32(w.tangent());
                rows.run(w.centred() ? ALONG : RMS_ALONG);
                multiply(rows.y, rows.at, base, scale, starts, count, n, rows.y, rows.at);
                Buffer dscale = w.dscale();
                if (dscale != null) {
                    addScaled(rows, table(w, dscale, first, count, SHIFT), starts);
                }
                Buffer dshift = w.dshift();
                if (dshift != null) {
                    add(rows, table(w, dshift, first, count, SHIFT), starts);
                }
            }
            case GRAD_X -> {
                multiply(CpuBuffer.f32(w.direction()), rows.at, base, scale, starts, count, n, rows.t, 0);
                rows.g = rows.t;
                rows.gAt = 0;
                rows.run(w.centred() ? ALONG : RMS_ALONG);
            }
            case GRAD_SCALE -> throw new IllegalArgumentException("modulated norm: a row has no sum over rows");
        }
        rows.release();
    }

    /** Where each row's entries start in what {@link #table} gives. */
    private static int[] starts(ModulatedNorm w, int first, int count) {
        int[] starts = Scratch.mine().i32(STARTS, count);
        for (int r = 0; r < count; r++) {
            starts[r] = (w.places().inner() == 1 ? w.places().rowOf(first + r) : r) * w.n();
        }
        return starts;
    }

    /** The table itself, or its entries along each of the rows. */
    private static float[] table(ModulatedNorm w, Buffer buffer, int first, int count, int slot) {
        float[] table = CpuBuffer.f32(buffer);
        int inner = w.places().inner();
        if (inner == 1) {
            return table;
        }
        int columns = w.columns();
        float[] along = Scratch.mine().f32(slot, count * w.n());
        for (int r = 0; r < count; r++) {
            int from = w.places().rowOf(first + r) * columns;
            for (int c = 0; c < columns; c++) {
                int to = r * w.n() + c * inner;
                Arrays.fill(along, to, to + inner, table[from + c]);
            }
        }
        return along;
    }

    private static void value(ModulatedNorm w, VectorGroupF32 rows, float base, float[] scale, int[] starts) {
        Buffer shift = w.shift();
        if (shift == null) {
            scaled(rows, base, scale, starts);
        } else {
            int first = rows.at / rows.n;
            modulated(rows, base, scale, table(w, shift, first, rows.count, SHIFT), starts);
        }
    }

    /** y = z (base + scale), z = (x - mean) factor. */
    private static void scaled(VectorGroupF32 rows, float base, float[] scale, int[] starts) {
        float[] x = rows.x;
        float[] y = rows.y;
        int n = rows.n;
        int whole = n / L * L;
        for (int r = 0; r < rows.count; r++) {
            int at = rows.at + r * n;
            int table = starts[r];
            float mean = rows.a[r];
            float factor = rows.b[r];
            for (int i = 0; i < whole; i += L) {
                FloatVector f = FloatVector.fromArray(S, scale, table + i).add(base);
                FloatVector z = FloatVector.fromArray(S, x, at + i).sub(mean).mul(factor);
                z.mul(f).intoArray(y, at + i);
            }
            for (int i = whole; i < n; i++) {
                y[at + i] = (x[at + i] - mean) * factor * (scale[table + i] + base);
            }
        }
    }

    /** y = z (base + scale) + shift, rounded once after the product. */
    private static void modulated(VectorGroupF32 rows, float base, float[] scale, float[] shift, int[] starts) {
        float[] x = rows.x;
        float[] y = rows.y;
        int n = rows.n;
        int whole = n / L * L;
        for (int r = 0; r < rows.count; r++) {
            int at = rows.at + r * n;
            int table = starts[r];
            float mean = rows.a[r];
            float factor = rows.b[r];
            for (int i = 0; i < whole; i += L) {
                FloatVector f = FloatVector.fromArray(S, scale, table + i).add(base);
                FloatVector z = FloatVector.fromArray(S, x, at + i).sub(mean).mul(factor);
                z.fma(f, FloatVector.fromArray(S, shift, table + i)).intoArray(y, at + i);
            }
            for (int i = whole; i < n; i++) {
                float z = (x[at + i] - mean) * factor;
                y[at + i] = Math.fma(z, scale[table + i] + base, shift[table + i]);
            }
        }
    }

    /** {@code to = v (base + scale)}, row by row. */
    private static void multiply(
            float[] v, int at, float base, float[] scale, int[] starts, int count, int n, float[] to, int toAt) {
        int whole = n / L * L;
        for (int r = 0; r < count; r++) {
            int from = at + r * n;
            int place = toAt + r * n;
            int table = starts[r];
            for (int i = 0; i < whole; i += L) {
                FloatVector f = FloatVector.fromArray(S, scale, table + i).add(base);
                FloatVector.fromArray(S, v, from + i).mul(f).intoArray(to, place + i);
            }
            for (int i = whole; i < n; i++) {
                to[place + i] = v[from + i] * (scale[table + i] + base);
            }
        }
    }

    /** y += z scale. */
    private static void addScaled(VectorGroupF32 rows, float[] scale, int[] starts) {
        float[] x = rows.x;
        float[] y = rows.y;
        int n = rows.n;
        int whole = n / L * L;
        for (int r = 0; r < rows.count; r++) {
            int at = rows.at + r * n;
            int table = starts[r];
            float mean = rows.a[r];
            float factor = rows.b[r];
            for (int i = 0; i < whole; i += L) {
                FloatVector z = FloatVector.fromArray(S, x, at + i).sub(mean).mul(factor);
                FloatVector s = FloatVector.fromArray(S, scale, table + i);
                z.fma(s, FloatVector.fromArray(S, y, at + i)).intoArray(y, at + i);
            }
            for (int i = whole; i < n; i++) {
                y[at + i] = Math.fma((x[at + i] - mean) * factor, scale[table + i], y[at + i]);
            }
        }
    }

    /** y += shift. */
    private static void add(VectorGroupF32 rows, float[] shift, int[] starts) {
        float[] y = rows.y;
        int n = rows.n;
        int whole = n / L * L;
        for (int r = 0; r < rows.count; r++) {
            int at = rows.at + r * n;
            int table = starts[r];
            for (int i = 0; i < whole; i += L) {
                FloatVector s = FloatVector.fromArray(S, shift, table + i);
                FloatVector.fromArray(S, y, at + i).add(s).intoArray(y, at + i);
            }
            for (int i = whole; i < n; i++) {
                y[at + i] += shift[table + i];
            }
        }
    }

    /** A unit of work is one block of the rows that use one row of the table. */
    private static Prepared gradScale(ModulatedNorm w, Threads threads) {
        int tables = w.places().tableRows();
        int users = w.rows() / tables;
        int columns = w.columns();
        int blocks = SumF32.blocks(users);
        float[] y = CpuBuffer.f32(w.out());
        float[][] room = {y};
        IntConsumer body = unit -> {
            int first = unit % blocks * SumF32.BLOCK;
            int count = Math.min(SumF32.BLOCK, users - first);
            block(w, unit / blocks, first, count, room[0], unit * columns);
        };
        return () -> {
            if (blocks == 1) {
                threads.run(tables, (long) w.rows() * w.n() / 3, body);
                return;
            }
            float[] partial = Scratch.mine().f32(Scratch.CALLER, tables * blocks * columns);
            room[0] = partial;
            threads.run(tables * blocks, (long) w.rows() * w.n() / 3, body);
            for (int s = 0; s < tables; s++) {
                SumF32.pairwise(partial, s * blocks * columns, blocks, columns);
                System.arraycopy(partial, s * blocks * columns, y, s * columns, columns);
            }
        };
    }

    /** Sums of g z over rows first .. first + count - 1 of those that use row s of the table, sixteen at a time. */
    private static void block(ModulatedNorm w, int s, int first, int count, float[] to, int at) {
        int columns = w.columns();
        float[] lanes = Scratch.mine().f32(LANES, SumF32.LANES * columns);
        float[] terms = Scratch.mine().f32(TERMS, SumF32.LANES * columns);
        Arrays.fill(lanes, 0, SumF32.LANES * columns, 0f);
        for (int from = 0; from < count; from += SumF32.LANES) {
            int together = Math.min(SumF32.LANES, count - from);
            for (int j = 0; j < together; ) {
                int user = w.places().user(s, first + from + j);
                // Users of one entry stand side by side, repeat of them.
                int beside = Math.min(
                        together - j, w.places().repeat() - user % w.places().repeat());
                terms(w, user, beside, terms, j * columns);
                j += beside;
            }
            VectorColumnsF32.add(terms, 0, columns, together, columns, false, lanes);
        }
        VectorColumnsF32.finish(lanes, count, columns, to, at);
    }

    /** g z of some rows, summed over the places of an entry. */
    private static void terms(ModulatedNorm w, int first, int count, float[] terms, int to) {
        int n = w.n();
        float[] x = CpuBuffer.f32(w.x());
        float[] g = CpuBuffer.f32(w.direction());
        VectorGroupF32 rows = VectorGroupF32.of(x, g, x, first * n, count, n, false);
        rows.eps = (float) w.eps();
        rows.run(w.centred() ? MOMENTS : RMS_MOMENTS);
        int columns = w.columns();
        if (columns == n) {
            products(rows, terms, to);
        } else {
            float[] means = Scratch.mine().f32(MEANS, columns);
            for (int r = 0; r < count; r++) {
                Arrays.fill(means, 0, columns, rows.a[r]);
                int at = rows.at + r * n;
                float[] sums = Scratch.mine().f32(ROW_SUMS, columns);
                VectorSumsF32.products(x, at, means, g, at, columns, w.places().inner(), sums);
                for (int c = 0; c < columns; c++) {
                    terms[to + r * columns + c] = sums[c] * rows.b[r];
                }
            }
        }
        rows.release();
    }

    /** {@code terms = g z}. */
    private static void products(VectorGroupF32 rows, float[] terms, int to) {
        float[] x = rows.x;
        float[] g = rows.g;
        int n = rows.n;
        int whole = n / L * L;
        for (int r = 0; r < rows.count; r++) {
            int at = rows.at + r * n;
            int place = to + r * n;
            float mean = rows.a[r];
            float factor = rows.b[r];
            for (int i = 0; i < whole; i += L) {
                FloatVector z = FloatVector.fromArray(S, x, at + i).sub(mean).mul(factor);
                FloatVector.fromArray(S, g, at + i).mul(z).intoArray(terms, place + i);
            }
            for (int i = whole; i < n; i++) {
                terms[place + i] = g[at + i] * ((x[at + i] - mean) * factor);
            }
        }
    }
}
