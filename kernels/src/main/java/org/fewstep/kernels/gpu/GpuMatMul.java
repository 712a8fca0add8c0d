package org.fewstep.kernels.gpu;

import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.MatMul;

/** Calls of matmul.cl. */
final class GpuMatMul {
    private static final String FILE = "matmul.cl";

    static final int VERSIONS = 4;

    /** As in the file. */
    private static final int TILE = 16;

    private static final int BLOCK = 64;
    private static final int STRIP_ROWS = 8;
    private static final int STRIP_COLUMNS = 32;

    /** Most groups of the third dimension that every device takes. */
    private static final int MOST_ITEMS = 65_535;

    /** Large squares where there is a group of them for each unit, otherwise small ones; strips are OpenCL's alone. */
    private static final List<Choice> STRIPS_FIRST = versions(4, 3, 2, 1);

    private static final List<Choice> BLOCKS_FIRST = versions(3, 2, 1, 4);
    private static final List<Choice> TILES_FIRST = versions(2, 3, 1, 4);
    private static final List<Choice> CUDA_BLOCKS_FIRST = versions(3, 2, 1);
    private static final List<Choice> CUDA_TILES_FIRST = versions(2, 3, 1);

    private GpuMatMul() {}

    static void plan(MatMul w, Launches to) {
        boolean joined = w.rowsJoin();
        int items = joined ? 1 : w.batch();
        int m = joined ? w.batch() * w.m() : w.m();
        if (items == 0 || m == 0 || w.n() == 0) {
            return;
        }
        switch (to.choose(w, choices(w, to.facts(), items, m)).version()) {
            case 1 -> start(w, to, "matmul_naive", items, m).ints(0, 0).over((long) items * m * w.n(), to.many());
            case 2 -> squares(start(w, to, "matmul_tiles", items, m), w, items, m, TILE);
            case 3 -> squares(start(w, to, "matmul_blocks", items, m), w, items, m, BLOCK);
            default -> strips(w, to, items, m);
        }
    }

    private static List<Choice> choices(MatMul w, Driver.Facts facts, int items, int m) {
        if (facts.cpu()) {
            return STRIPS_FIRST;
        }
        boolean full = groups(w, items, m, BLOCK) >= facts.units();
        return facts.backend() == Driver.Backend.OPENCL
                ? full ? BLOCKS_FIRST : TILES_FIRST
                : full ? CUDA_BLOCKS_FIRST : CUDA_TILES_FIRST;
    }

    private static List<Choice> versions(int... versions) {
        return Arrays.stream(versions).mapToObj(Choice::version).toList();
    }

    private static long groups(MatMul w, int items, int m, int side) {
        return (long) ((w.n() + side - 1) / side) * ((m + side - 1) / side) * items;
    }

    private static void squares(Launch launch, MatMul w, int items, int m, int side) {
        launch.grid((w.n() + side - 1) / side, (m + side - 1) / side, Math.min(items, MOST_ITEMS), TILE, TILE);
    }

    /** Whole strips by v4, the rest by v1; a turned B is laid straight before, since v4 reads vectors along its rows. */
    private static void strips(MatMul w, Launches to, int items, int m) {
        int rows = m / STRIP_ROWS * STRIP_ROWS;
        int columns = w.n() / STRIP_COLUMNS * STRIP_COLUMNS;
        boolean some = rows > 0 && columns > 0;
        boolean straighten = some && w.transB() && w.k() > 0;
        Driver.Memory b = ((GpuBuffer) w.b()).memory();
        if (straighten) {
            b = straight(w, to);
        }
        boolean turned = w.transB() && !straighten;
        if (some) {
            start(w, to, "matmul_strips", items, m, b, turned)
                    .grid(columns / STRIP_COLUMNS, rows / STRIP_ROWS, items, 1, 1);
        }
        if (!some || rows < m || columns < w.n()) {
            start(w, to, "matmul_naive", items, m, b, turned)
                    .ints(some ? rows : 0, some ? columns : 0)
                    .over((long) items * m * w.n(), to.many());
        }
    }

    /** B's items as (k, n) matrices. */
    private static Driver.Memory straight(MatMul w, Launches to) {
        int items = w.sharedB() ? 1 : w.batch();
        int size = w.k() * w.n();
        Driver.Memory b = to.room(w.dtype(), (long) items * size);
        GpuElementwise.copy(
                w.dtype(), to, ((GpuBuffer) w.b()).memory(), new int[] {size, 1, w.k()}, b, items, w.k(), w.n());
        return b;
    }

    private static Launch start(MatMul w, Launches to, String kernel, int items, int m) {
        return start(w, to, kernel, items, m, ((GpuBuffer) w.b()).memory(), w.transB());
    }

    /** The arguments that all versions share. */
    private static Launch start(
            MatMul w, Launches to, String kernel, int items, int m, Driver.Memory b, boolean turned) {
        DType dtype = w.dtype();
        Buffer bias = w.bias();
        Buffer pre = w.pre();
        Launch launch = to.add(FILE, dtype, kernel)
                .ints(items, m, w.n(), w.k())
                .ints(w.offsetA(1), w.transA() ? 1 : w.k(), w.transA() ? w.m() : 1)
                .ints(w.offsetB(1), turned ? 1 : w.n(), turned ? w.k() : 1)
                .ints(activation(w), bias == null ? 0 : 1, pre == null ? 0 : 1)
                .buffer(w.a())
                .memory(b);
        return (bias == null ? launch.memory(b) : launch.buffer(bias))
                .buffer(pre == null ? w.c() : pre)
                .buffer(w.c());
    }

    /** The activation's number in the file. */
    private static int activation(MatMul w) {
        if (w.activation() == null) {
            return 0;
        }
        return switch (w.activation()) {
            case SILU -> 1;
            case GELU -> 2;
            case GELU_TANH -> 3;
            case RELU -> 4;
            default -> throw new IllegalArgumentException("matmul: got activation " + w.activation());
        };
    }
}
