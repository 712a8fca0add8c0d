package org.fewstep.kernels.gpu;

import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Conv2d;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Precision;

/** Calls of conv2d.cl and, for tensor cores, conv2d_tensor.cl. */
final class GpuConv2d {
    private static final String FILE = "conv2d.cl";
    static final String TENSOR = "conv2d_tensor.cl";

    static final int VERSIONS = 4;

    /** As in the file. */
    private static final int THREADS = 128;

    /** A tile of v2. */
    private record Tile(String name, int rows, int columns) {}

    private static final Tile LARGE = new Tile("64", 64, 128);
    private static final Tile SMALL = new Tile("32", 32, 32);

    /** As in conv2d_tensor.cl. */
    private static final Tile TENSOR_TILE = new Tile("bf16", 64, 128);

    private static final int TENSOR_THREADS = 256;

    /** Rows of a tile that must be filled at least. */
    private static final int FEWEST_ROWS = 4;

    /** Groups of the weights' kernel that keep a large GPU busy, where there are enough places. */
    private static final int MANY_GROUPS = 1024;

    /** Places of a part of the weights' sums: a chain of at least and at most so many terms. */
    private static final int SHORTEST = 256;

    private static final int LONGEST = 8192;

    /** Most groups of the third dimension that every device takes; kernels walk over the rest. */
    private static final int MOST_LAYERS = 65_535;

    /** Strips are OpenCL's alone. */
    private static final List<Choice> STRIPS_FIRST = versions(3, 1, 2);

    private static final List<Choice> TILES_FIRST = versions(2, 1, 3);
    private static final List<Choice> NAIVE_FIRST = versions(1, 2, 3);
    private static final List<Choice> NAIVE_ONLY = versions(1);
    private static final List<Choice> CUDA_TILES_FIRST = versions(2, 1);
    private static final List<Choice> CUDA_NAIVE_FIRST = versions(1, 2);

    /** With less than F32. */
    private static final List<Choice> BF16_FIRST = versions(4, 2, 1);

    private GpuConv2d() {}

    static void plan(Conv2d w, Launches to) {
        Conv2d.Geometry s = w.geometry();
        long results = results(w.code(), s);
        if (results == 0) {
            return;
        }
        switch (to.choose(w, choices(w, to)).version()) {
            case 1 -> naive(w, to, results);
            case 2 -> {
                if (w.code() == Conv2d.Code.WEIGHT) {
                    weight(w, to, FILE, s.groupOut() > SMALL.rows ? LARGE : SMALL, THREADS);
                } else {
                    squares(w, to);
                }
            }
            case 3 -> GpuConv2dStrips.plan(w, to);
            default -> {
                if (w.code() == Conv2d.Code.WEIGHT) {
                    weight(w, to, TENSOR, TENSOR_TILE, TENSOR_THREADS);
                } else {
                    tiles(w, to, TENSOR, TENSOR_TILE, TENSOR_THREADS);
                }
            }
        }
    }

    /** What a version rounds operands to. */
    static Precision precision(Choice choice) {
        return choice.version() == 4 ? Precision.BF16 : Precision.F32;
    }

    private static List<Choice> choices(Conv2d w, Launches to) {
        Driver.Facts facts = to.facts();
        Conv2d.Geometry s = w.geometry();
        if ((long) s.batch() * s.places() == 0) {
            return NAIVE_ONLY;
        }
        boolean fewRows = rows(w.code(), s) < FEWEST_ROWS && w.code() != Conv2d.Code.WEIGHT;
        if (facts.backend() == Driver.Backend.CUDA) {
            boolean tensors = w.dtype() == DType.F32 && to.precision().allows(Precision.BF16);
            return fewRows ? CUDA_NAIVE_FIRST : tensors ? BF16_FIRST : CUDA_TILES_FIRST;
        }
        return facts.cpu() ? STRIPS_FIRST : fewRows ? NAIVE_FIRST : TILES_FIRST;
    }

    private static List<Choice> versions(int... versions) {
        return Arrays.stream(versions).mapToObj(Choice::version).toList();
    }

    private static long results(Conv2d.Code code, Conv2d.Geometry s) {
        return switch (code) {
            case FORWARD -> (long) s.batch() * s.outChannels() * s.places();
            case INPUT -> (long) s.batch() * s.inChannels() * s.inHeight() * s.inWidth();
            case WEIGHT -> (long) s.outChannels() * s.depth();
        };
    }

    /** Rows of the matrix that v2's tiles cover, a convolution's group each. */
    private static int rows(Conv2d.Code code, Conv2d.Geometry s) {
        return code == Conv2d.Code.INPUT ? s.groupIn() : s.groupOut();
    }

    private static void naive(Conv2d w, Launches to, long results) {
        String kernel = switch (w.code()) {
            case FORWARD -> "conv2d_forward";
            case INPUT -> "conv2d_input";
            case WEIGHT -> "conv2d_weight";
        };
        int group = w.code() == Conv2d.Code.WEIGHT ? to.few() : to.many();
        operands(w, start(w, to, FILE, kernel)).over(results, group);
    }

    /** v2 of y and x: the large tile where there is one for each unit. */
    private static void squares(Conv2d w, Launches to) {
        Conv2d.Geometry s = w.geometry();
        int rows = rows(w.code(), s);
        long groups = parts(columns(w.code(), s), LARGE.columns) * parts(rows, LARGE.rows) * layers(w.code(), s);
        tiles(w, to, FILE, rows > SMALL.rows && groups >= to.facts().units() ? LARGE : SMALL, THREADS);
    }

    private static void tiles(Conv2d w, Launches to, String file, Tile tile, int threads) {
        String kernel = w.code() == Conv2d.Code.FORWARD ? "conv2d_forward_" : "conv2d_input_";
        operands(w, start(w, to, file, kernel + tile.name))
                .grid(
                        (int) parts(columns(w.code(), w.geometry()), tile.columns),
                        (int) parts(rows(w.code(), w.geometry()), tile.rows),
                        Math.min(layers(w.code(), w.geometry()), MOST_LAYERS),
                        threads,
                        1);
    }

    /** Columns of the matrix that tiles cover: places of a result, of one phase of the strides where it is x. */
    private static long columns(Conv2d.Code code, Conv2d.Geometry s) {
        return code == Conv2d.Code.FORWARD
                ? (long) s.batch() * s.places()
                : (long) s.batch() * parts(s.inHeight(), s.strideY()) * parts(s.inWidth(), s.strideX());
    }

    /** Such matrices: a convolution's groups, by the phases of the strides where the result is x. */
    private static int layers(Conv2d.Code code, Conv2d.Geometry s) {
        long phases = code == Conv2d.Code.FORWARD ? 1 : (long) s.strideY() * s.strideX();
        return Math.toIntExact(s.groups() * phases);
    }

    /** w by tiles: the sums of parts of the places, then the sums of those. */
    private static void weight(Conv2d w, Launches to, String file, Tile tile, int threads) {
        Conv2d.Geometry s = w.geometry();
        long places = (long) s.batch() * s.places();
        int size = Math.toIntExact(results(w.code(), s));
        int length = length(s);
        int parts = (int) parts(places, length);
        Driver.Memory result = ((GpuBuffer) w.w()).memory();
        Driver.Memory sums = parts == 1 ? result : to.room(w.dtype(), (long) parts * size);
        start(w, to, file, "conv2d_weight_" + tile.name)
                .ints(parts, length)
                .buffer(w.x())
                .buffer(w.y())
                .memory(sums)
                .grid(
                        (int) parts(s.depth(), tile.columns),
                        (int) parts(s.groupOut(), tile.rows),
                        (int) Math.min((long) s.groups() * parts, MOST_LAYERS),
                        threads,
                        1);
        if (parts > 1) {
            addParts(w, to, parts, size, sums);
        }
    }

    /** w from the sums of its parts. */
    static void addParts(Conv2d w, Launches to, int parts, int size, Driver.Memory sums) {
        to.add(FILE, w.dtype(), "conv2d_weight_parts")
                .ints(parts, size)
                .memory(sums)
                .buffer(w.w())
                .over(size, to.many());
    }

    /** Places of a part, by the sizes alone: the weights' bits depend on it. */
    private static int length(Conv2d.Geometry s) {
        long places = (long) s.batch() * s.places();
        long tiles = parts(s.depth(), LARGE.columns) * parts(s.groupOut(), LARGE.rows) * s.groups();
        long parts = Math.max(parts(places, LONGEST), Math.min(parts(places, SHORTEST), parts(MANY_GROUPS, tiles)));
        return (int) parts(places, parts);
    }

    private static long parts(long whole, long part) {
        return (whole + part - 1) / part;
    }

    private static Launch start(Conv2d w, Launches to, String file, String kernel) {
        return to.add(file, w.dtype(), kernel).int32(geometry(w.geometry()));
    }

    /** The file's structure of that name. */
    static int[] geometry(Conv2d.Geometry s) {
        return new int[] {
            s.batch(),
            s.inChannels(),
            s.inHeight(),
            s.inWidth(),
            s.outChannels(),
            s.outHeight(),
            s.outWidth(),
            s.kernelHeight(),
            s.kernelWidth(),
            s.strideY(),
            s.strideX(),
            s.padTop(),
            s.padLeft(),
            s.groups()
        };
    }

    /** The arguments behind the sizes. */
    private static Launch operands(Conv2d w, Launch launch) {
        Buffer bias = w.bias();
        return switch (w.code()) {
            case FORWARD ->
                launch.int32(bias == null ? 0 : 1)
                        .buffer(w.x())
                        .buffer(w.w())
                        .buffer(bias == null ? w.w() : bias)
                        .buffer(w.y());
            case INPUT -> launch.buffer(w.y()).buffer(w.w()).buffer(w.x());
            case WEIGHT -> launch.buffer(w.x()).buffer(w.y()).buffer(w.w());
        };
    }
}
