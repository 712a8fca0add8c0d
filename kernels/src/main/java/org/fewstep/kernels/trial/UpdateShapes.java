package org.fewstep.kernels.trial;

import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Update;
import org.fewstep.kernels.Workload;

/** One optimizer step of two parameters, a large one and a small one. */
final class UpdateShapes extends FamilyShapes {
    UpdateShapes() {
        super(Workload.Family.UPDATE, "parameters", List.of("1048576", "33554432"), List.of("2", "65", "513", "1300"));
    }

    @Override
    void add(int[] s, String shape, List<Trial> to) {
        for (Update.Code code : Update.Code.values()) {
            to.add(trial("update " + lower(code), shape, 64, o -> work(o, code, s[0])));
        }
    }

    private static Workload work(Operands o, Update.Code code, int size) {
        int small = 1 + size / 64;
        List<Buffer> g = List.of(o.uniform(size, -1, 1), o.uniform(small, -1, 1));
        if (code == Update.Code.GRAD_NORM) {
            return Update.gradNorm(g, o.slot(1), o.blank(3));
        }
        List<Buffer> p = List.of(o.uniform(size, -1, 1), o.uniform(small, -1, 1));
        if (code == Update.Code.EMA) {
            return Update.ema(p, g, o.slot(0.875));
        }
        List<Buffer> m = List.of(o.uniform(size, -1, 1), o.uniform(small, -1, 1));
        List<Buffer> v = List.of(o.uniform(size, 0.25, 1), o.uniform(small, 0.25, 1));
        return Update.adam(
                p,
                g,
                m,
                v,
                o.slot(0.875),
                o.slot(0.0625),
                o.slot(1.125),
                o.slot(1),
                0.9,
                0.999,
                1e-8,
                o.constant(3, 0.75));
    }
}
