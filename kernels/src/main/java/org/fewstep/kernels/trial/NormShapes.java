package org.fewstep.kernels.trial;

import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Norm;
import org.fewstep.kernels.Workload;

/** Layer and RMS normalisation of rows. */
final class NormShapes extends FamilyShapes {
    NormShapes() {
        super(
                Workload.Family.NORM,
                "rows x n",
                List.of("1024x128", "4096x768", "1024x4096"),
                List.of("1x3", "3x7", "5x31", "4x255", "3x256", "2x257", "2x1300", "1x4100"));
    }

    @Override
    void add(int[] s, String shape, List<Trial> to) {
        int size = s[0] * s[1];
        for (Norm.Code code : Norm.Code.values()) {
            to.add(trial("norm " + lower(code), shape, 256, o -> {
                Buffer x = o.uniform(size, -1, 3);
                Buffer g = code.along() ? o.uniform(size, -1, 1) : null;
                return new Norm(code, s[0], s[1], 1e-5, x, g, o.blank(code.rstd() ? s[0] : size));
            }));
        }
    }
}
