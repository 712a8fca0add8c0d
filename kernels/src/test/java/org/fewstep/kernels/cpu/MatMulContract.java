package org.fewstep.kernels.cpu;

import static org.fewstep.kernels.cpu.Blocks.assertClose;
import static org.fewstep.kernels.cpu.Blocks.assertSameBits;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Layout;
import org.fewstep.kernels.MatMul;

/** Products of all orientations and sizes against the triple sum; bits that do not depend on the number of rows. */
final class MatMulContract {
    private MatMulContract() {}

    static void check(Blocks blocks) {
        int[][] sizes = {
            {0, 3, 4},
            {3, 0, 4},
            {3, 4, 0},
            {1, 1, 1},
            {1, 7, 5},
            {2, 3, 4},
            {33, 2, 17},
            {70, 3, 1},
            {65, 33, 9},
            {5, 520, 13},
            {40, 40, 530},
            {130, 31, 6},
            {1, 300, 20},
            {4, 150, 9},
            {25, 64, 3},
            {26, 3, 40}
        };
        for (int[] size : sizes) {
            for (int bits = 0; bits < 8; bits++) {
                product(blocks, 1, size, (bits & 1) != 0, (bits & 2) != 0, false, false, (bits & 4) != 0);
            }
        }
        for (int bits = 0; bits < 32; bits++) {
            for (int batch : new int[] {0, 1, 3}) {
                product(
                        blocks,
                        batch,
                        new int[] {6, 5, 7},
                        (bits & 1) != 0,
                        (bits & 2) != 0,
                        (bits & 4) != 0,
                        (bits & 8) != 0,
                        (bits & 16) != 0);
            }
        }
        rows(blocks, 67, 40, 37);
        rows(blocks, 67, 5, 37);
        rows(blocks, 3, 700, 600);
        rows(blocks, 29, 3, 53);
        rows(blocks, 13, 290, 270);
        unusual(blocks);
        for (int[] size : new int[][] {{0, 3, 4}, {3, 4, 0}, {1, 7, 5}, {70, 3, 9}, {65, 33, 9}, {5, 520, 530}}) {
            for (int bits = 0; bits < 8; bits++) {
                activated(blocks, 1, size, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
            }
        }
        activated(blocks, 3, new int[] {6, 5, 7}, false, false, true);
        activated(blocks, 3, new int[] {6, 40, 7}, true, true, false);
    }

    /** A product with an activation has the bits of the product and the elementwise workload, and so has its argument. */
    private static void activated(
            Blocks blocks, int batch, int[] size, boolean transA, boolean transB, boolean biased) {
        int m = size[0];
        int n = size[1];
        int k = size[2];
        int count = batch * m * n;
        Buffer a = blocks.of(Blocks.random(8, batch * m * k, -2, 2));
        Buffer b = blocks.of(Blocks.random(9, batch * k * n, -2, 2));
        Buffer bias = biased ? blocks.of(Blocks.random(10, n, -1, 1)) : null;
        Buffer plain = blocks.blank(count);
        blocks.device().run(new MatMul(batch, m, n, k, transA, transB, false, false, a, b, bias, plain));
        for (Elementwise.Code code : Elementwise.Code.values()) {
            if (!MatMul.isActivation(code)) {
                continue;
            }
            Layout argument = Layout.contiguous(plain, count);
            Buffer expected = blocks.blank(count);
            blocks.device()
                    .run(new Elementwise(code, 0, 0, new int[] {count}, Layout.contiguous(expected, count), argument));
            for (Buffer pre : new Buffer[] {null, blocks.blank(count)}) {
                Buffer c = blocks.blank(count);
                blocks.device().run(new MatMul(batch, m, n, k, transA, transB, false, false, a, b, bias, code, pre, c));
                String what = "matmul of " + batch + " (" + m + ", " + n + ", " + k + ") with " + code;
                assertSameBits(what, blocks.read(expected), blocks.read(c));
                if (pre != null) {
                    assertSameBits(what + ", argument", blocks.read(plain), blocks.read(pre));
                }
            }
        }
    }

    private static void product(
            Blocks blocks,
            int batch,
            int[] size,
            boolean transA,
            boolean transB,
            boolean sharedA,
            boolean sharedB,
            boolean biased) {
        int m = size[0];
        int n = size[1];
        int k = size[2];
        double[] a = Blocks.random(1, (sharedA ? 1 : batch) * m * k, -1, 1);
        double[] b = Blocks.random(2, (sharedB ? 1 : batch) * k * n, -1, 1);
        double[] bias = Blocks.random(3, n, -1, 1);
        Buffer c = blocks.blank(batch * m * n);
        MatMul work = new MatMul(
                batch,
                m,
                n,
                k,
                transA,
                transB,
                sharedA,
                sharedB,
                blocks.of(a),
                blocks.of(b),
                biased ? blocks.of(bias) : null,
                c);
        blocks.device().run(work);
        double[] expected = new double[batch * m * n];
        double[] exact = new double[batch * m * n];
        for (int item = 0; item < batch; item++) {
            int offsetA = sharedA ? 0 : item * m * k;
            int offsetB = sharedB ? 0 : item * k * n;
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    double sum = 0;
                    double[] chains = new double[lanes(blocks, n, transA)];
                    for (int l = 0; l < k; l++) {
                        double x = a[offsetA + (transA ? l * m + i : i * k + l)];
                        double y = b[offsetB + (transB ? j * k + l : l * n + j)];
                        sum += x * y;
                        chains[l % chains.length] = next(blocks, x, y, chains[l % chains.length]);
                    }
                    double ordered = inHalves(blocks, chains);
                    int at = (item * m + i) * n + j;
                    expected[at] = sum + (biased ? bias[j] : 0);
                    exact[at] = biased ? blocks.rounded(ordered + bias[j]) : ordered;
                }
            }
        }
        String what = "matmul of " + batch + " (" + m + ", " + n + ", " + k + ")" + (transA ? " transA" : "")
                + (transB ? " transB" : "") + (sharedA ? " sharedA" : "") + (sharedB ? " sharedB" : "")
                + (biased ? " bias" : "");
        double[] actual = blocks.read(c);
        assertClose(what, expected, actual, (k + 1) * blocks.epsilon());
        assertSameBits(what + " in order of k", exact, actual);
    }

    /** Chains of a sum: one, but 16 where {@code vector} makes scalar products of whole rows with few columns. */
    private static int lanes(Blocks blocks, int n, boolean transA) {
        boolean dots = blocks.dtype() == DType.F32
                && blocks.device() instanceof CpuDevice cpu
                && cpu.provider() == Provider.VECTOR
                && n <= VectorDotsF32.MOST_COLUMNS
                && !transA;
        return dots ? 16 : 1;
    }

    private static double inHalves(Blocks blocks, double[] chains) {
        for (int half = chains.length / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                chains[i] = blocks.rounded(chains[i] + chains[i + half]);
            }
        }
        return chains[0];
    }

    /** One step of the sum as it is rounded: fused in our own F32 and GPU kernels, product and sum apart in EJML. */
    private static double next(Blocks blocks, double x, double y, double sum) {
        CpuDevice cpu = blocks.device() instanceof CpuDevice device ? device : null;
        if (blocks.dtype() == DType.F64) {
            return cpu == null ? Math.fma(x, y, sum) : sum + x * y;
        }
        return cpu == null || cpu.provider() != Provider.EJML
                ? Math.fma((float) x, (float) y, (float) sum)
                : (float) sum + (float) x * (float) y;
    }

    /** Row i of a product of m rows has the bits of a product of that row alone. */
    private static void rows(Blocks blocks, int m, int n, int k) {
        double[] a = Blocks.random(4, m * k, -1, 1);
        Buffer b = blocks.of(Blocks.random(5, k * n, -1, 1));
        Buffer c = blocks.blank(m * n);
        blocks.device().run(new MatMul(1, m, n, k, false, false, false, false, blocks.of(a), b, null, c));
        double[] all = blocks.read(c);
        Buffer one = blocks.blank(n);
        for (int i = 0; i < m; i++) {
            Buffer row = blocks.of(java.util.Arrays.copyOfRange(a, i * k, (i + 1) * k));
            blocks.device().run(new MatMul(1, 1, n, k, false, false, false, false, row, b, null, one));
            assertSameBits(
                    "row " + i + " of " + m, java.util.Arrays.copyOfRange(all, i * n, (i + 1) * n), blocks.read(one));
        }
    }

    /** What is not finite shows in its row and column and nowhere else. */
    private static void unusual(Blocks blocks) {
        int n = 40;
        double[] a = Blocks.random(6, n * n, 1, 2);
        double[] b = Blocks.random(7, n * n, 1, 2);
        a[3 * n + 5] = Double.POSITIVE_INFINITY;
        b[7 * n + 11] = Double.NaN;
        Buffer c = blocks.blank(n * n);
        blocks.device().run(new MatMul(1, n, n, n, false, false, false, false, blocks.of(a), blocks.of(b), null, c));
        double[] actual = blocks.read(c);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double x = actual[i * n + j];
                boolean right = j == 11 ? Double.isNaN(x) : i == 3 ? x == Double.POSITIVE_INFINITY : x > 39 && x < 161;
                if (!right) {
                    throw new AssertionError("matmul with infinity and NaN: got " + x + " at " + i + ", " + j);
                }
            }
        }
    }
}
