package org.fewstep.kernels.trial;

import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.ModulatedNorm;
import org.fewstep.kernels.Workload;

/** Adaptive normalisation of samples of tokens, each sample with a row of scale and shift. */
final class ModulatedNormShapes extends FamilyShapes {
    private static final double EPS = 1e-5;

    ModulatedNormShapes() {
        super(
                Workload.Family.MODULATED_NORM,
                "samples x tokens x n",
                List.of("16x64x128", "16x256x768"),
                List.of("1x1x3", "2x3x7", "3x5x31", "2x2x255", "1x3x257", "2x1x1300"));
    }

    @Override
    void add(int[] s, String shape, List<Trial> to) {
        add(s, shape, true, to);
    }

    @Override
    void addVariants(int[] s, String shape, List<Trial> to) {
        add(s, shape, false, to);
    }

    private void add(int[] s, String shape, boolean centred, List<Trial> to) {
        for (ModulatedNorm.Code code : ModulatedNorm.Code.values()) {
            double epsilons = code == ModulatedNorm.Code.GRAD_SCALE ? 256 + sum(s[1]) : 256;
            String label = "modulated_norm " + lower(code) + (centred ? "" : " RMS");
            to.add(trial(label, shape, epsilons, o -> work(o, code, centred, s)));
        }
    }

    private static Workload work(Operands o, ModulatedNorm.Code code, boolean centred, int[] s) {
        int rows = s[0] * s[1];
        int n = s[2];
        int size = rows * n;
        int table = s[0] * n;
        ModulatedNorm.Places places = new ModulatedNorm.Places(s[0], s[1], 1);
        Buffer x = o.uniform(size, -1, 3);
        Buffer d = o.uniform(size, -1, 1);
        if (code == ModulatedNorm.Code.GRAD_SCALE) {
            return ModulatedNorm.gradScale(centred, rows, n, EPS, places, x, d, o.blank(table));
        }
        Buffer scale = o.uniform(table, -1, 1);
        if (code == ModulatedNorm.Code.GRAD_X) {
            return ModulatedNorm.gradX(centred, rows, n, EPS, 1, places, x, scale, d, o.blank(size));
        }
        Buffer shift = o.uniform(table, -1, 1);
        if (code == ModulatedNorm.Code.FORWARD) {
            return ModulatedNorm.forward(centred, rows, n, EPS, 1, places, x, scale, shift, o.blank(size));
        }
        Buffer dscale = o.uniform(table, -1, 1);
        Buffer dshift = o.uniform(table, -1, 1);
        Buffer y = o.blank(size);
        return ModulatedNorm.tangent(
                centred, rows, n, EPS, 1, places, x, scale, shift, d, dscale, dshift, y, o.blank(size));
    }
}
