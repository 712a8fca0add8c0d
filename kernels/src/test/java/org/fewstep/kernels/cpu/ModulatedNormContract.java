package org.fewstep.kernels.cpu;

import static org.fewstep.kernels.cpu.Blocks.assertClose;
import static org.fewstep.kernels.cpu.Blocks.assertSameBits;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Layout;
import org.fewstep.kernels.ModulatedNorm;
import org.fewstep.kernels.ModulatedNorm.Places;
import org.fewstep.kernels.Norm;
import org.jspecify.annotations.Nullable;

/** Normalisation with scale and shift: the bits of the workloads it stands for, and its derivatives by the definition. */
final class ModulatedNormContract {
    private static final double EPS = 1e-3;

    private final Blocks blocks;
    private final boolean centred;
    private final double base;
    private final Places places;
    private final int rows;
    private final int n;
    private final Buffer x;
    private final Buffer g;
    private final Buffer scale;
    private final Buffer shift;
    private final Buffer dscale;
    private final Buffer dshift;

    private ModulatedNormContract(Blocks blocks, boolean centred, double base, Places places, int rows, int n) {
        this.blocks = blocks;
        this.centred = centred;
        this.base = base;
        this.places = places;
        this.rows = rows;
        this.n = n;
        int table = places.tableRows() * (n / places.inner());
        this.x = blocks.of(Blocks.random(1, rows * n, -2, 2));
        this.g = blocks.of(Blocks.random(2, rows * n, -1, 1));
        this.scale = blocks.of(Blocks.random(3, table, -1, 1));
        this.shift = blocks.of(Blocks.random(4, table, -1, 1));
        this.dscale = blocks.of(Blocks.random(5, table, -1, 1));
        this.dshift = blocks.of(Blocks.random(6, table, -1, 1));
    }

    static void check(Blocks blocks) {
        for (boolean centred : new boolean[] {true, false}) {
            for (int n : new int[] {1, 3, 100, 520}) {
                // Parameters, adaptive layer norm, one row a sample.
                check(blocks, centred, 0, new Places(1, 7, 1), 7, n);
                check(blocks, centred, 1, new Places(3, 4, 1), 12, n);
                check(blocks, centred, 1, new Places(5, 1, 1), 5, n);
            }
            // Group norm: parameters and adaptive; more rows than a block of the sum.
            check(blocks, centred, 0, new Places(4, 1, 9), 12, 27);
            check(blocks, centred, 1, new Places(12, 1, 300), 12, 600);
            check(blocks, centred, 0, new Places(1, 1, 1), 700, 5);
            check(blocks, centred, 1, new Places(2, 3, 2), 6 * 150, 6);
            check(blocks, centred, 1, new Places(1, 1, 1), 0, 5);
            check(blocks, centred, 1, new Places(2, 1, 1), 2, 4500);
        }
    }

    private static void check(Blocks blocks, boolean centred, double base, Places places, int rows, int n) {
        ModulatedNormContract c = new ModulatedNormContract(blocks, centred, base, places, rows, n);
        c.value(c.shift);
        c.value(null);
        c.tangent(c.dscale, c.dshift);
        c.tangent(null, null);
        c.gradX();
        c.gradScale();
    }

    private String what(String code) {
        return (centred ? "layer" : "rms") + " norm of (" + rows + ", " + n + ") with " + places + " " + code;
    }

    /** A table as one number a place. */
    private double[] spread(Buffer table, double added) {
        double[] entries = blocks.read(table);
        double[] all = new double[rows * n];
        for (int i = 0; i < all.length; i++) {
            int row = i / n / places.repeat() % places.tableRows();
            all[i] = blocks.rounded(entries[row * (n / places.inner()) + i % n / places.inner()] + added);
        }
        return all;
    }

    private Buffer normalised() {
        Buffer z = blocks.blank(rows * n);
        blocks.device().run(new Norm(centred ? Norm.Code.LAYER : Norm.Code.RMS, rows, n, EPS, x, null, z));
        return z;
    }

    private Buffer along(Buffer direction) {
        Buffer y = blocks.blank(rows * n);
        Norm.Code code = centred ? Norm.Code.LAYER_ALONG : Norm.Code.RMS_ALONG;
        blocks.device().run(new Norm(code, rows, n, EPS, x, direction, y));
        return y;
    }

    private Buffer elementwise(Elementwise.Code code, Buffer... in) {
        int points = rows * n;
        Buffer y = blocks.blank(points);
        Layout[] layouts = new Layout[in.length];
        for (int k = 0; k < in.length; k++) {
            layouts[k] = Layout.contiguous(in[k], points);
        }
        blocks.device().run(new Elementwise(code, 0, 0, new int[] {points}, Layout.contiguous(y, points), layouts));
        return y;
    }

    private Buffer composed(@Nullable Buffer h) {
        Buffer f = blocks.of(spread(scale, base));
        return h == null
                ? elementwise(Elementwise.Code.MUL, normalised(), f)
                : elementwise(Elementwise.Code.FMA, normalised(), f, blocks.of(spread(h, 0)));
    }

    private void value(@Nullable Buffer h) {
        Buffer y = blocks.blank(rows * n);
        blocks.device().run(ModulatedNorm.forward(centred, rows, n, EPS, base, places, x, scale, h, y));
        assertSameBits(what("forward"), blocks.read(composed(h)), blocks.read(y));
    }

    private void tangent(@Nullable Buffer ds, @Nullable Buffer dh) {
        Buffer y = blocks.blank(rows * n);
        Buffer dy = blocks.blank(rows * n);
        blocks.device()
                .run(ModulatedNorm.tangent(centred, rows, n, EPS, base, places, x, scale, shift, g, ds, dh, y, dy));
        assertSameBits(what("value"), blocks.read(composed(shift)), blocks.read(y));
        double[] expected = blocks.read(along(g));
        double[] error = new double[rows * n];
        double[] z = blocks.read(normalised());
        double[] f = spread(scale, base);
        double[] s = spread(dscale, 0);
        double[] h = spread(dshift, 0);
        for (int i = 0; i < expected.length; i++) {
            error[i] = 4 * blocks.epsilon() * (Math.abs(expected[i] * f[i]) + Math.abs(z[i]) + 1);
            expected[i] = expected[i] * f[i] + (ds == null ? 0 : z[i] * s[i]) + (dh == null ? 0 : h[i]);
        }
        assertClose(what("tangent"), expected, blocks.read(dy), error);
    }

    private void gradX() {
        Buffer dx = blocks.blank(rows * n);
        blocks.device().run(ModulatedNorm.gradX(centred, rows, n, EPS, base, places, x, scale, g, dx));
        Buffer u = elementwise(Elementwise.Code.MUL, g, blocks.of(spread(scale, base)));
        assertSameBits(what("grad x"), blocks.read(along(u)), blocks.read(dx));
    }

    private void gradScale() {
        int columns = n / places.inner();
        Buffer ds = blocks.blank(places.tableRows() * columns);
        blocks.device().run(ModulatedNorm.gradScale(centred, rows, n, EPS, places, x, g, ds));
        double[] expected = new double[places.tableRows() * columns];
        double[] error = new double[expected.length];
        double[] z = blocks.read(normalised());
        double[] ct = blocks.read(g);
        for (int i = 0; i < z.length; i++) {
            int entry = i / n / places.repeat() % places.tableRows() * columns + i % n / places.inner();
            expected[entry] += ct[i] * z[i];
            error[entry] += 30 * blocks.epsilon() * Math.abs(ct[i] * z[i]);
        }
        assertClose(what("grad scale"), expected, blocks.read(ds), error);
    }
}
