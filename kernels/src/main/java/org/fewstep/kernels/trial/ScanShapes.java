package org.fewstep.kernels.trial;

import java.util.List;
import org.fewstep.kernels.Scan;
import org.fewstep.kernels.Workload;

/** Running sums along the middle axis. */
final class ScanShapes extends FamilyShapes {
    ScanShapes() {
        super(
                Workload.Family.SCAN,
                "outer x n x inner",
                List.of("256x512x1", "16x1024x64"),
                List.of("1x1x1", "3x255x1", "2x33x7", "1x1300x3"));
    }

    @Override
    void add(int[] s, String shape, List<Trial> to) {
        int size = s[0] * s[1] * s[2];
        for (Scan.Code code : Scan.Code.values()) {
            to.add(trial(
                    "scan " + lower(code),
                    shape,
                    sum(s[1]),
                    o -> new Scan(code, s[0], s[1], s[2], o.uniform(size, 0.25, 1), o.blank(size))));
        }
    }
}
