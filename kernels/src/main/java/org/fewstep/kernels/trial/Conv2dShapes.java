package org.fewstep.kernels.trial;

import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Conv2d;
import org.fewstep.kernels.Workload;
import org.jspecify.annotations.Nullable;

/** Convolutions of squares that keep their size. */
final class Conv2dShapes extends FamilyShapes {
    Conv2dShapes() {
        super(
                Workload.Family.CONV2D,
                "batch x channels x side x outChannels x kernel",
                List.of("16x32x16x32x3", "16x64x32x64x3", "8x128x16x128x3", "16x3x32x64x3", "16x64x32x64x1"),
                List.of("1x1x1x1x1", "2x3x5x4x3", "1x5x9x7x3", "3x4x8x6x1", "2x2x11x3x5", "1x16x16x16x3"));
    }

    @Override
    void add(int[] s, String shape, List<Trial> to) {
        int pad = s[4] / 2;
        int out = s[2] + 2 * pad - s[4] + 1;
        add("", new Conv2d.Geometry(s[0], s[1], s[2], s[2], s[3], out, out, s[4], s[4], 1, 1, pad, pad, 1), shape, to);
    }

    /** Steps of two, and two groups. */
    @Override
    void addVariants(int[] s, String shape, List<Trial> to) {
        int pad = s[4] / 2;
        int out = (s[2] + 2 * pad - s[4]) / 2 + 1;
        add(
                " stride 2",
                new Conv2d.Geometry(s[0], s[1], s[2], s[2], s[3], out, out, s[4], s[4], 2, 2, pad, pad, 1),
                shape,
                to);
        int same = s[2] + 2 * pad - s[4] + 1;
        add(
                " 2 groups",
                new Conv2d.Geometry(s[0], 2 * s[1], s[2], s[2], 2 * s[3], same, same, s[4], s[4], 1, 1, pad, pad, 2),
                shape,
                to);
    }

    private void add(String variant, Conv2d.Geometry g, String shape, List<Trial> to) {
        for (Conv2d.Code code : Conv2d.Code.values()) {
            to.add(trial("conv2d " + lower(code) + variant, shape, sum(products(code, g)), o -> work(o, code, g)));
        }
    }

    /** Products in one element of the result. */
    private static long products(Conv2d.Code code, Conv2d.Geometry g) {
        return switch (code) {
            case FORWARD -> g.depth();
            case INPUT -> (long) g.groupOut() * g.kernelHeight() * g.kernelWidth();
            case WEIGHT -> (long) g.batch() * g.places();
        };
    }

    private static Workload work(Operands o, Conv2d.Code code, Conv2d.Geometry g) {
        int images = g.batch() * g.inChannels() * g.inHeight() * g.inWidth();
        Buffer x = operand(o, code == Conv2d.Code.INPUT, images);
        Buffer w = operand(o, code == Conv2d.Code.WEIGHT, g.outChannels() * g.depth());
        Buffer y = operand(o, code == Conv2d.Code.FORWARD, g.batch() * g.outChannels() * g.places());
        @Nullable Buffer bias = code == Conv2d.Code.FORWARD ? o.uniform(g.outChannels(), -1, 1) : null;
        return new Conv2d(code, g, x, w, bias, y);
    }

    private static Buffer operand(Operands o, boolean result, int size) {
        return result ? o.blank(size) : o.uniform(size, -1, 1);
    }
}
