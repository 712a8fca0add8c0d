package org.fewstep.kernels.cpu;

import static org.fewstep.kernels.cpu.Blocks.assertClose;
import static org.fewstep.kernels.cpu.Blocks.assertSameBits;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Scan;
import org.fewstep.kernels.Scan.Code;

/** Running sums in both directions against partial sums; each column's bits do not depend on its neighbours. */
final class ScanContract {
    private ScanContract() {}

    static void check(Blocks blocks) {
        int[][] sizes = {{0, 3, 2}, {2, 0, 3}, {2, 3, 0}, {1, 1, 1}, {1, 7, 1}, {3, 5, 1}, {2, 9, 4}, {3, 300, 7}};
        for (int[] size : sizes) {
            for (Code code : Code.values()) {
                scan(blocks, code, size[0], size[1], size[2]);
            }
        }
    }

    private static void scan(Blocks blocks, Code code, int outer, int n, int inner) {
        double[] x = Blocks.random(1, outer * n * inner, -1, 2);
        Buffer out = blocks.blank(x.length);
        blocks.device().run(new Scan(code, outer, n, inner, blocks.of(x), out));
        double[] actual = blocks.read(out);
        for (int o = 0; o < outer; o++) {
            for (int j = 0; j < inner; j++) {
                double[] column = new double[n];
                double[] sums = new double[n];
                double[] got = new double[n];
                for (int i = 0; i < n; i++) {
                    column[i] = x[(o * n + i) * inner + j];
                    got[i] = actual[(o * n + i) * inner + j];
                }
                for (int i = 0; i < n; i++) {
                    for (int k = 0; k < n; k++) {
                        sums[i] += (code == Code.SUM ? k <= i : k >= i) ? column[k] : 0;
                    }
                }
                assertClose(code + " of column " + o + ", " + j, sums, got, 2 * n * n * blocks.epsilon());
                Buffer alone = blocks.blank(n);
                blocks.device().run(new Scan(code, 1, n, 1, blocks.of(column), alone));
                assertSameBits(code + " alone", blocks.read(alone), got);
            }
        }
    }
}
