// twin: F32
package org.fewstep.kernels.cpu;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.ModulatedNorm;
import org.jspecify.annotations.Nullable;

/**
 * Reference of normalisation with scale and shift, row by row.
 *
 * <p>A row's entries of the tables are laid out along the row in scratch where several places share one. The sum over the
 * places of an entry is the tree of {@link SumF64}: first over the places of a row, then over the rows.
 */
@SuppressWarnings("cast") // the casts narrow in the twin
final class ModulatedNormF64 {
    /** Numbers a part, roughly. */
    private static final int PART = 8192;

    /** Columns a strip of the sum over rows. */
    private static final int STRIP = 256;

    /** Scratch slots; the first two are {@link NormF64}'s. */
    private static final int FACTOR = 2;

    private static final int SHIFT = 3;
    private static final int TURN = 4;
    private static final int MEANS = 5;
    private static final int ROW = 6;

    private ModulatedNormF64() {}

    static Prepared prepare(ModulatedNorm w, Threads threads) {
        if (w.code() == ModulatedNorm.Code.GRAD_SCALE) {
            return gradScale(w, threads);
        }
        int group = Math.max(1, PART / w.n());
        long nanos = (w.code() == ModulatedNorm.Code.FORWARD ? 3L : 6L) * w.rows() * w.n();
        return Prepared.of(threads, (w.rows() + group - 1) / group, nanos, part -> {
            for (int row = part * group; row < Math.min(w.rows(), (part + 1) * group); row++) {
                row(w, row);
            }
        });
    }

    private static void row(ModulatedNorm w, int row) {
        int n = w.n();
        int from = row * n;
        Scratch scratch = Scratch.mine();
        double[] x = CpuBuffer.f64(w.x());
        double[] y = CpuBuffer.f64(w.out());
        double mean = w.centred() ? NormF64.sum(x, from, n) / n : 0.0;
        double rstd = NormF64.rstd(x, mean, (double) w.eps(), from, n);
        double[] f = scratch.f64(FACTOR, n);
        spread(w, CpuBuffer.f64(w.scale()), row, f);
        add((double) w.base(), f, n);
        switch (w.code()) {
            case FORWARD -> forward(w, x, mean, rstd, f, row, y);
            case TANGENT -> {
                forward(w, x, mean, rstd, f, row, y);
                double[] dy = CpuBuffer.f64(w.tangent());
                NormF64.along(w.centred(), x, mean, rstd, CpuBuffer.f64(w.direction()), from, from, n, dy, from);
                multiply(f, dy, from, n);
                double[] turn = scratch.f64(TURN, n);
                if (spread(w, w.dscale(), row, turn)) {
                    for (int i = 0; i < n; i++) {
                        dy[from + i] = Math.fma((x[from + i] - mean) * rstd, turn[i], dy[from + i]);
                    }
                }
                if (spread(w, w.dshift(), row, turn)) {
                    for (int i = 0; i < n; i++) {
                        dy[from + i] += turn[i];
                    }
                }
            }
            case GRAD_X -> {
                double[] g = CpuBuffer.f64(w.direction());
                double[] u = scratch.f64(TURN, n);
                System.arraycopy(g, from, u, 0, n);
                multiply(f, u, 0, n);
                NormF64.along(w.centred(), x, mean, rstd, u, 0, from, n, y, from);
            }
            case GRAD_SCALE -> throw new IllegalArgumentException("modulated norm: a row has no sum over rows");
        }
    }

    private static void forward(
            ModulatedNorm w, double[] x, double mean, double rstd, double[] f, int row, double[] y) {
        int n = w.n();
        int from = row * n;
        double[] shift = Scratch.mine().f64(SHIFT, n);
        if (spread(w, w.shift(), row, shift)) {
            for (int i = 0; i < n; i++) {
                y[from + i] = Math.fma((x[from + i] - mean) * rstd, f[i], shift[i]);
            }
        } else {
            for (int i = 0; i < n; i++) {
                y[from + i] = (x[from + i] - mean) * rstd * f[i];
            }
        }
    }

    /** The entries that a row uses, along the row; false where there is no table. */
    private static boolean spread(ModulatedNorm w, @Nullable Buffer table, int row, double[] to) {
        if (table == null) {
            return false;
        }
        spread(w, CpuBuffer.f64(table), row, to);
        return true;
    }

    private static void spread(ModulatedNorm w, double[] table, int row, double[] to) {
        int columns = w.columns();
        int inner = w.places().inner();
        int at = w.places().rowOf(row) * columns;
        if (inner == 1) {
            System.arraycopy(table, at, to, 0, columns);
            return;
        }
        for (int c = 0; c < columns; c++) {
            Arrays.fill(to, c * inner, (c + 1) * inner, table[at + c]);
        }
    }

    private static void add(double value, double[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] += value;
        }
    }

    private static void multiply(double[] f, double[] x, int from, int n) {
        for (int i = 0; i < n; i++) {
            x[from + i] *= f[i];
        }
    }

    /** A unit of work is one block of the rows that use one row of the table. */
    private static Prepared gradScale(ModulatedNorm w, Threads threads) {
        int tables = w.places().tableRows();
        int users = w.rows() / tables;
        int columns = w.columns();
        int blocks = SumF64.blocks(users);
        double[] y = CpuBuffer.f64(w.out());
        double[][] room = {y};
        int units = tables * blocks;
        long unitSize = Math.max(1L, (long) Math.min(users, SumF64.BLOCK) * w.n());
        int group = (int) Math.max(1, PART / unitSize);
        IntConsumer body = part -> {
            for (int unit = part * group; unit < Math.min(units, (part + 1) * group); unit++) {
                int first = unit % blocks * SumF64.BLOCK;
                int count = Math.min(SumF64.BLOCK, users - first);
                block(w, unit / blocks, first, count, room[0], unit * columns);
            }
        };
        return () -> {
            if (blocks == 1) {
                threads.run((units + group - 1) / group, 4L * w.rows() * w.n(), body);
                return;
            }
            double[] partial = Scratch.mine().f64(Scratch.CALLER, tables * blocks * columns);
            room[0] = partial;
            threads.run((units + group - 1) / group, 4L * w.rows() * w.n(), body);
            for (int s = 0; s < tables; s++) {
                SumF64.pairwise(partial, s * blocks * columns, blocks, columns);
                System.arraycopy(partial, s * blocks * columns, y, s * columns, columns);
            }
        };
    }

    /** Sums of g z over rows first .. first + count - 1 of those that use row s of the table. */
    private static void block(ModulatedNorm w, int s, int first, int count, double[] to, int at) {
        int n = w.n();
        int inner = w.places().inner();
        double[] x = CpuBuffer.f64(w.x());
        double[] g = CpuBuffer.f64(w.direction());
        Scratch scratch = Scratch.mine();
        double[] means = scratch.f64(MEANS, 2 * SumF64.BLOCK);
        for (int j = 0; j < count; j++) {
            int from = w.places().user(s, first + j) * n;
            double mean = w.centred() ? NormF64.sum(x, from, n) / n : 0.0;
            means[2 * j] = mean;
            means[2 * j + 1] = NormF64.rstd(x, mean, (double) w.eps(), from, n);
        }
        double[] row = scratch.f64(ROW, STRIP);
        double[][] lanes = scratch.f64Rows(Scratch.LANES, SumF64.LANES, STRIP);
        int used = Math.max(1, Math.min(count, SumF64.LANES));
        for (int left = 0; left < w.columns(); left += STRIP) {
            int width = Math.min(STRIP, w.columns() - left);
            for (int lane = 0; lane < used; lane++) {
                Arrays.fill(lanes[lane], 0, width, 0);
            }
            for (int j = 0; j < count; j++) {
                int from = w.places().user(s, first + j) * n + left * inner;
                double mean = means[2 * j];
                double rstd = means[2 * j + 1];
                if (inner == 1) {
                    for (int c = 0; c < width; c++) {
                        row[c] = g[from + c] * ((x[from + c] - mean) * rstd);
                    }
                } else {
                    for (int c = 0; c < width; c++) {
                        row[c] = NormF64.sumCentred(x, mean, g, 0.0, from + c * inner, inner) * rstd;
                    }
                }
                add(lanes[j % SumF64.LANES], row, width);
            }
            for (int half = SumF64.LANES / 2; half > 0; half /= 2) {
                for (int lane = 0; lane < Math.min(half, used - half); lane++) {
                    add(lanes[lane], lanes[lane + half], width);
                }
            }
            System.arraycopy(lanes[0], 0, to, at + left, width);
        }
    }

    private static void add(double[] sum, double[] x, int n) {
        for (int j = 0; j < n; j++) {
            sum[j] += x[j];
        }
    }
}
