package org.fewstep.kernels.gpu;

import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Conv2d;

/** Calls of conv2d.cl. */
final class GpuConv2d {
    private static final String FILE = "conv2d.cl";

    static final int VERSIONS = 3;

    /** As in the file. */
    private static final int THREADS = 128;

    /** A tile of v2. */
    private record Tile(String name, int rows, int columns) {}

    private static final Tile LARGE = new Tile("64", 64, 128);
    private static final Tile SMALL = new Tile("32", 32, 32);

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

    private GpuConv2d() {}

    static void plan(Conv2d w, Launches to) {
        Conv2d.Geometry s = w.geometry();
        long results = results(w.code(), s);
        if (results == 0) {
            return;
        }
        switch (to.choose(w, choices(w, to.facts())).version()) {
            case 1 -> naive(w, to, results);
            case 2 -> {
                if (w.code() == Conv2d.Code.WEIGHT) {
                    weight(w, to);
                } else {
                    tiles(w, to);
                }
            }
            default -> GpuConv2dStrips.plan(w, to);
        }
    }

    private static List<Choice> choices(Conv2d w, Driver.Facts facts) {
        Conv2d.Geometry s = w.geometry();
        if ((long) s.batch() * s.places() == 0) {
            return NAIVE_ONLY;
        }
        boolean fewRows = rows(w.code(), s) < FEWEST_ROWS && w.code() != Conv2d.Code.WEIGHT;
        if (facts.backend() == Driver.Backend.CUDA) {
            return fewRows ? CUDA_NAIVE_FIRST : CUDA_TILES_FIRST;
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
        operands(w, start(w, to, kernel)).over(results, group);
    }

    /** v2 of y and x. */
    private static void tiles(Conv2d w, Launches to) {
        Conv2d.Geometry s = w.geometry();
        boolean forward = w.code() == Conv2d.Code.FORWARD;
        long phases = forward ? 1 : (long) s.strideY() * s.strideX();
        long columns = forward
                ? (long) s.batch() * s.places()
                : (long) s.batch() * parts(s.inHeight(), s.strideY()) * parts(s.inWidth(), s.strideX());
        int rows = rows(w.code(), s);
        int layers = Math.toIntExact(s.groups() * phases);
        long groups = parts(columns, LARGE.columns) * parts(rows, LARGE.rows) * layers;
        Tile tile = rows > SMALL.rows && groups >= to.facts().units() ? LARGE : SMALL;
        operands(w, start(w, to, (forward ? "conv2d_forward_" : "conv2d_input_") + tile.name))
                .grid(
                        (int) parts(columns, tile.columns),
                        (int) parts(rows, tile.rows),
                        Math.min(layers, MOST_LAYERS),
                        THREADS,
                        1);
    }

    /** v2 of w: the sums of parts of the places, then the sums of those. */
    private static void weight(Conv2d w, Launches to) {
        Conv2d.Geometry s = w.geometry();
        long places = (long) s.batch() * s.places();
        int size = Math.toIntExact(results(w.code(), s));
        int length = length(s);
        int parts = (int) parts(places, length);
        Driver.Memory result = ((GpuBuffer) w.w()).memory();
        Driver.Memory sums = parts == 1 ? result : to.room(w.dtype(), (long) parts * size);
        Tile tile = s.groupOut() > SMALL.rows ? LARGE : SMALL;
        start(w, to, "conv2d_weight_" + tile.name)
                .ints(parts, length)
                .buffer(w.x())
                .buffer(w.y())
                .memory(sums)
                .grid(
                        (int) parts(s.depth(), tile.columns),
                        (int) parts(s.groupOut(), tile.rows),
                        (int) Math.min((long) s.groups() * parts, MOST_LAYERS),
                        THREADS,
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

    private static Launch start(Conv2d w, Launches to, String kernel) {
        return to.add(FILE, w.dtype(), kernel).int32(geometry(w.geometry()));
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
