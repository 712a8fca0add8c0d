package org.fewstep.kernels.trial;

import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Softmax;
import org.fewstep.kernels.Workload;

/** Softmax of rows. */
final class SoftmaxShapes extends FamilyShapes {
    SoftmaxShapes() {
        super(
                Workload.Family.SOFTMAX,
                "rows x n",
                List.of("1024x64", "4096x256", "1024x1024", "64x16384"),
                List.of("1x1", "3x2", "5x31", "4x255", "3x256", "2x257", "2x1300", "1x4100"));
    }

    @Override
    void add(int[] s, String shape, List<Trial> to) {
        int size = s[0] * s[1];
        for (Softmax.Code code : Softmax.Code.values()) {
            boolean along = code == Softmax.Code.ALONG;
            to.add(trial("softmax " + lower(code), shape, 64, o -> {
                Buffer x = along ? o.uniform(size, 0, 1.0 / s[1]) : o.uniform(size, -6, 6);
                Buffer g = along ? o.uniform(size, -1, 1) : null;
                return new Softmax(code, s[0], s[1], x, g, o.blank(size));
            }));
        }
    }
}
