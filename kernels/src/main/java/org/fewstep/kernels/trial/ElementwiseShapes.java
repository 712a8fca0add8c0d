package org.fewstep.kernels.trial;

import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Layout;
import org.fewstep.kernels.Workload;

/** Every code on numbers where all of them are defined. */
final class ElementwiseShapes extends FamilyShapes {
    ElementwiseShapes() {
        super(Workload.Family.ELEMENTWISE, "points", List.of("131072", "16777216"), List.of("1", "63", "64", "1000"));
    }

    @Override
    void add(int[] s, String shape, List<Trial> to) {
        for (Elementwise.Code code : Elementwise.Code.values()) {
            to.add(trial(lower(code), shape, 32, o -> flat(o, code, s[0])));
        }
    }

    /** As a matrix of which one operand is a row and one is turned. */
    @Override
    void addVariants(int[] s, String shape, List<Trial> to) {
        for (Elementwise.Code code : Elementwise.Code.values()) {
            to.add(trial(lower(code) + " walk", shape, 32, o -> walk(o, code, s[0], 5)));
        }
    }

    private static Workload flat(Operands o, Elementwise.Code code, int points) {
        Buffer[] in = new Buffer[code.operands()];
        for (int k = 0; k < in.length; k++) {
            in[k] = o.uniform(points, 0.25, 1);
        }
        return Elementwise.flat(code, 0.5, 0.75, points, o.blank(points), in);
    }

    private static Workload walk(Operands o, Elementwise.Code code, int rows, int columns) {
        int[] shape = {rows, columns};
        Layout[] in = new Layout[code.operands()];
        for (int k = 0; k < in.length; k++) {
            in[k] = k == 1
                    ? Layout.broadcast(o.uniform(columns, 0.25, 1), new int[] {columns}, shape)
                    : new Layout(o.uniform(rows * columns, 0.25, 1), 0, new int[] {1, rows});
        }
        return new Elementwise(code, 0.5, 0.75, shape, Layout.contiguous(o.blank(rows * columns), shape), in);
    }
}
