package org.fewstep.kernels.gpu;

import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.MatMul;
import org.fewstep.kernels.Precision;

/** Calls of matmul.cl and, for tensor cores, matmul_tensor.cl and matmul_warpgroup.cl. */
final class GpuMatMul {
    private static final String FILE = "matmul.cl";
    static final String TENSOR = "matmul_tensor.cl";
    static final String WARPGROUP = "matmul_warpgroup.cl";

    static final int VERSIONS = 7;

    /** As in the file. */
    private static final int TILE = 16;

    private static final int BLOCK = 64;
    private static final int STRIP_ROWS = 8;
    private static final int STRIP_COLUMNS = 32;

    /** Elements across and down of a group on tensor cores, its threads, and the bytes of a stage of v5. */
    private static final int SIDE = 128;

    private static final int TENSOR_THREADS = 256;
    private static final int TF32_STAGE = 2 * SIDE * 36 * 4;

    /** As in matmul_warpgroup.cl: a tile's rows, columns and k, a square that is packed at once, threads, bytes. */
    private static final int ROWS = 128;

    private static final int COLUMNS = 256;
    private static final int DEEP = 64;
    private static final int SQUARE = 64;
    private static final int PACKERS = 256;
    private static final int WARPGROUP_THREADS = 384;
    private static final int STAGES = 4;
    private static final int WARPGROUP_SHARED =
            1024 + STAGES * (ROWS + COLUMNS) * DEEP * 2 + 8 * 16 * 40 * 4 + 2 * STAGES * 8;

    /** Most groups of the second and third dimensions that every device takes. */
    private static final int MOST_ITEMS = 65_535;

    /** Large squares where there is a group of them for each unit, otherwise small ones; strips are OpenCL's alone. */
    private static final List<Choice> STRIPS_FIRST = versions(4, 3, 2, 1);

    private static final List<Choice> BLOCKS_FIRST = versions(3, 2, 1, 4);
    private static final List<Choice> TILES_FIRST = versions(2, 3, 1, 4);
    /** Where there are more columns than groups for them. */
    private static final List<Choice> NAIVE = versions(1);

    private static final List<Choice> CUDA_BLOCKS_FIRST = versions(3, 2, 1);
    private static final List<Choice> CUDA_TILES_FIRST = versions(2, 3, 1);

    /** With less than F32; an order that does not depend on sizes, since bits of versions differ. */
    private static final List<Choice> TF32_FIRST = versions(5, 3, 2, 1);

    private static final List<Choice> BF16_FIRST = versions(6, 5, 3, 2, 1);
    private static final List<Choice> BF16_FIRST_ON_HOPPER = versions(6, 7, 5, 3, 2, 1);

    private GpuMatMul() {}

    static void plan(MatMul w, Launches to) {
        boolean joined = w.rowsJoin();
        int items = joined ? 1 : w.batch();
        int m = joined ? w.batch() * w.m() : w.m();
        if (items == 0 || m == 0 || w.n() == 0) {
            return;
        }
        switch (to.choose(w, choices(w, to, items, m)).version()) {
            case 1 -> start(w, to, "matmul_naive", items, m).ints(0, 0).over((long) items * m * w.n(), to.many());
            case 2 -> squares(start(w, to, "matmul_tiles", items, m), w, items, m, TILE);
            case 3 -> squares(start(w, to, "matmul_blocks", items, m), w, items, m, BLOCK);
            case 4 -> strips(w, to, items, m);
            case 5 -> {
                int stages = to.facts().shared() < 3 * TF32_STAGE ? 2 : 3;
                tensors(start(w, to, TENSOR, "matmul_tf32" + form(w), items, m), w, items, m)
                        .ints(stages)
                        .shared(stages * TF32_STAGE);
            }
            case 6 -> tensors(start(w, to, TENSOR, "matmul_bf16" + form(w), items, m), w, items, m);
            default -> warpgroups(w, to, items, m);
        }
    }

    /** What a version rounds F32 operands to. */
    static Precision precision(Choice choice) {
        return switch (choice.version()) {
            case 5 -> Precision.TF32;
            case 6, 7 -> Precision.BF16;
            default -> Precision.F32;
        };
    }

    private static List<Choice> choices(MatMul w, Launches to, int items, int m) {
        Driver.Facts facts = to.facts();
        if (w.dtype() == DType.F32 && to.precision() != Precision.F32 && tiles(w.n(), SIDE) <= MOST_ITEMS) {
            return to.precision() == Precision.TF32
                    ? TF32_FIRST
                    : facts.warpgroups() ? BF16_FIRST_ON_HOPPER : BF16_FIRST;
        }
        if (facts.cpu()) {
            return STRIPS_FIRST;
        }
        if (tiles(w.n(), TILE) > MOST_ITEMS) {
            return NAIVE;
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
        launch.grid(tiles(m, side), tiles(w.n(), side), Math.min(items, MOST_ITEMS), TILE, TILE);
    }

    /** Which of A and B lie along k (l), and which across (x). */
    private static String form(MatMul w) {
        return "_" + (w.transA() ? "x" : "l") + (w.transB() ? "l" : "x");
    }

    private static Launch tensors(Launch launch, MatMul w, int items, int m) {
        return launch.grid(tiles(m, SIDE), tiles(w.n(), SIDE), Math.min(items, MOST_ITEMS), TENSOR_THREADS, 1);
    }

    /** Packs both operands, then walks over the tiles with a group for each unit. */
    private static void warpgroups(MatMul w, Launches to, int items, int m) {
        int aItems = w.offsetA(1) == 0 ? 1 : items;
        int bItems = w.offsetB(1) == 0 ? 1 : items;
        Driver.Memory a = packed(
                w,
                to,
                ROWS,
                aItems,
                m,
                new int[] {w.offsetA(1), w.transA() ? 1 : w.k(), w.transA() ? w.m() : 1},
                w.a());
        Driver.Memory b = packed(
                w,
                to,
                COLUMNS,
                bItems,
                w.n(),
                new int[] {w.offsetB(1), w.transB() ? w.k() : 1, w.transB() ? 1 : w.n()},
                w.b());
        long tiles = (long) items * tiles(m, ROWS) * tiles(w.n(), COLUMNS);
        Launch launch = to.add(WARPGROUP, w.dtype(), "matmul_warpgroups")
                .grid((int) Math.min(tiles, to.facts().units()), 1, 1, WARPGROUP_THREADS, 1)
                .shared(WARPGROUP_SHARED)
                .ints(items, m, w.n(), w.k(), aItems, bItems);
        ending(ends(w, launch).memory(a).memory(b), w, b);
    }

    private static int tiles(int size, int side) {
        return (size + side - 1) / side;
    }

    /**
     * An operand in tiles of {@code side} rows, as BF16: two in the place of one number.
     *
     * @param steps from item to item, row to row and k to k
     */
    private static Driver.Memory packed(
            MatMul w, Launches to, int side, int items, int rows, int[] steps, Buffer from) {
        int slices = tiles(w.k(), DEEP);
        long size = (long) items * tiles(rows, side) * side * slices * DEEP;
        Driver.Memory room = to.room(w.dtype(), Math.max(1, size / 2));
        if (slices > 0) {
            to.add(WARPGROUP, w.dtype(), "matmul_pack")
                    .grid(
                            Math.multiplyExact(slices, tiles(rows, side) * (side / SQUARE)),
                            1,
                            Math.min(items, MOST_ITEMS),
                            PACKERS,
                            1)
                    .ints(items, rows, w.k())
                    .ints(steps)
                    .ints(side)
                    .buffer(from)
                    .memory(room);
        }
        return room;
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
            start(w, to, FILE, "matmul_strips", items, m, b, turned)
                    .grid(columns / STRIP_COLUMNS, rows / STRIP_ROWS, items, 1, 1);
        }
        if (!some || rows < m || columns < w.n()) {
            start(w, to, FILE, "matmul_naive", items, m, b, turned)
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
        return start(w, to, FILE, kernel, items, m);
    }

    private static Launch start(MatMul w, Launches to, String file, String kernel, int items, int m) {
        return start(w, to, file, kernel, items, m, ((GpuBuffer) w.b()).memory(), w.transB());
    }

    /** The arguments that all versions share. */
    private static Launch start(
            MatMul w, Launches to, String file, String kernel, int items, int m, Driver.Memory b, boolean turned) {
        Launch launch = to.add(file, w.dtype(), kernel)
                .ints(items, m, w.n(), w.k())
                .ints(w.offsetA(1), w.transA() ? 1 : w.k(), w.transA() ? w.m() : 1)
                .ints(w.offsetB(1), turned ? 1 : w.n(), turned ? w.k() : 1);
        return ending(ends(w, launch).buffer(w.a()).memory(b), w, b);
    }

    private static Launch ends(MatMul w, Launch launch) {
        return launch.ints(activation(w), w.bias() == null ? 0 : 1, w.pre() == null ? 0 : 1);
    }

    /** What all versions' arguments end in. */
    private static Launch ending(Launch launch, MatMul w, Driver.Memory b) {
        Buffer bias = w.bias();
        Buffer pre = w.pre();
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
