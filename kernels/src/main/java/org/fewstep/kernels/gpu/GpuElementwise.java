package org.fewstep.kernels.gpu;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Layout;

/** Calls of elementwise.cl. */
final class GpuElementwise {
    static final String FILE = "elementwise.cl";
    private static final int MOST_DIMENSIONS = 8;

    private GpuElementwise() {}

    static void plan(Elementwise w, Launches to) {
        if (w.points() == 0) {
            return;
        }
        if (w.dtype() == DType.I32 && w.code() != Elementwise.Code.COPY && w.code() != Elementwise.Code.FILL) {
            throw new DeviceException(w.label() + ": got " + DType.I32 + "; expected F32 or F64");
        }
        Launch launch = to.add(FILE, w.dtype(), w.label() + (w.flat() ? "_flat" : "_walk"))
                .over(w.points(), to.many())
                .int32(w.points())
                .real(w.dtype(), w.a())
                .real(w.dtype(), w.b())
                .buffer(w.out().buffer());
        for (int k = 0; k < 3; k++) {
            launch.buffer(operand(w, k));
        }
        if (!w.flat()) {
            launch.int32(walk(w));
        }
    }

    /**
     * Copies numbers to a block in order.
     *
     * @param steps distances of neighbours in {@code from}, a dimension each
     * @param shape sizes, outermost first
     */
    static void copy(DType dtype, Launches to, Driver.Memory from, int[] steps, Driver.Memory block, int... shape) {
        int points = 1;
        for (int n : shape) {
            points *= n;
        }
        int[] walk = new int[1 + MOST_DIMENSIONS + 4 + 4 * MOST_DIMENSIONS];
        walk[0] = shape.length;
        System.arraycopy(shape, 0, walk, 1, shape.length);
        int first = 1 + MOST_DIMENSIONS + 4;
        System.arraycopy(Layout.rowMajor(shape), 0, walk, first, shape.length);
        System.arraycopy(steps, 0, walk, first + MOST_DIMENSIONS, shape.length);
        to.add(FILE, dtype, "copy_walk")
                .over(points, to.many())
                .int32(points)
                .real(dtype, 0)
                .real(dtype, 0)
                .memory(block)
                .memory(from)
                .memory(from)
                .memory(from)
                .int32(walk);
    }

    /** Operands that a code does not have are read by no kernel, but an argument must be there. */
    private static Buffer operand(Elementwise w, int k) {
        return k < w.operands() ? w.in(k).buffer() : w.out().buffer();
    }

    /** The kernel's structure of places: rank, sizes, offsets, steps. */
    private static int[] walk(Elementwise w) {
        int rank = w.shape().length;
        if (rank > MOST_DIMENSIONS) {
            throw new DeviceException(w.label() + ": got " + rank + " dimensions that do not merge; expected at most "
                    + MOST_DIMENSIONS + "; copy an operand first");
        }
        int[] walk = new int[1 + MOST_DIMENSIONS + 4 + 4 * MOST_DIMENSIONS];
        walk[0] = rank;
        System.arraycopy(w.shape(), 0, walk, 1, rank);
        int offsets = 1 + MOST_DIMENSIONS;
        int steps = offsets + 4;
        walk[offsets] = w.out().offset();
        System.arraycopy(w.out().strides(), 0, walk, steps, rank);
        for (int k = 0; k < w.operands(); k++) {
            walk[offsets + 1 + k] = w.in(k).offset();
            System.arraycopy(w.in(k).strides(), 0, walk, steps + (1 + k) * MOST_DIMENSIONS, rank);
        }
        return walk;
    }
}
