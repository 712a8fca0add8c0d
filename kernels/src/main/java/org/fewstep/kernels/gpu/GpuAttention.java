package org.fewstep.kernels.gpu;

import java.util.List;
import org.fewstep.kernels.Attention;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Precision;
import org.jspecify.annotations.Nullable;

/**
 * Calls of attention.cl, compiled for the heads' number of channels, of attention_tensor.cl, compiled for the next multiple
 * of 16, and of attention_tiles.cl, compiled for some numbers of channels and for any other at once.
 */
final class GpuAttention {
    static final String FILE = "attention.cl";
    static final String TENSOR = "attention_tensor.cl";
    static final String TILES = "attention_tiles.cl";

    static final int VERSIONS = 3;

    /** Channels of a head for which tiles are compiled for themselves. */
    static final List<Integer> WIDTHS = List.of(32, 64, 128);

    /** Those for which v1 is shipped for CUDA, where a tuner races it: the widths of the tuned trials. */
    static final List<Integer> PLAIN_WIDTHS = List.of(32, 64);

    /** Those for which compiled kernels are shipped for tensor cores, of which the last is the greatest. */
    static final int[] TENSOR_WIDTHS = {16, 32, 48, 64, 80, 96, 112, 128};

    private static final Choice PLAIN = Choice.version(1);
    private static final Choice TENSOR_CORES = Choice.version(2);
    private static final Choice BY_TILES = Choice.version(3);

    /** As in attention_tiles.cl: threads and queries of a group, fewer in F64, and channels where these are not compiled in. */
    private static final int TILE_THREADS = 256;

    private static final int TILE = 64;
    private static final int TILE_F64 = 32;
    private static final int CHUNK = 64;

    /** As in attention_tensor.cl: threads and queries of a group in the forward pass, and in the others; rows in shared memory. */
    private static final int FORWARD_THREADS = 256;

    private static final int FORWARD_QUERIES = 128;
    private static final int THREADS = 128;
    private static final int ROWS = 64;
    private static final int SHARED_ROWS = 256;
    private static final int STATS_SHARED = 4 * 32 * 4;

    private GpuAttention() {}

    static void plan(Attention w, Launches to) {
        long queries = (long) w.in().batch() * w.in().heads() * w.in().tokens();
        if (queries == 0) {
            return;
        }
        switch (to.choose(w, choices(w, to)).version()) {
            case 1 -> plain(w, to, queries);
            case 2 -> tensors(w, to, queries);
            default -> tiles(w, to, queries);
        }
    }

    /**
     * Tiles are for CUDA alone: a program's binary has kernels for groups of any size in PoCL, and for these many barriers
     * its compiler takes minutes and a deeper stack than a thread has.
     */
    private static List<Choice> choices(Attention w, Launches to) {
        if (to.facts().backend() == Driver.Backend.OPENCL) {
            return List.of(PLAIN);
        }
        return onTensorCores(w, to) ? List.of(TENSOR_CORES, BY_TILES, PLAIN) : List.of(BY_TILES, PLAIN);
    }

    /** The second order has no kernel on tensor cores. */
    private static boolean onTensorCores(Attention w, Launches to) {
        return w.dtype() == DType.F32
                && to.precision().allows(Precision.BF16)
                && w.code() != Attention.Code.CURVATURE
                && w.in().channels() <= TENSOR_WIDTHS[TENSOR_WIDTHS.length - 1];
    }

    /** What a version rounds operands to. */
    static Precision precision(Choice choice) {
        return choice.version() == 2 ? Precision.BF16 : Precision.F32;
    }

    private static void plain(Attention w, Launches to, long queries) {
        Buffer d = w.d();
        Buffer g = w.g();
        switch (w.code()) {
            case FORWARD -> start(w, to, "attention_forward", queries).buffer(w.result());
            case TANGENT -> {
                Buffer value = w.value();
                pass(start(w, to, "attention_tangent", queries, value == null ? 0 : 1), d)
                        .buffer(value == null ? w.result() : value)
                        .buffer(w.result());
            }
            case GRAD -> {
                Driver.Memory stats = to.room(w.dtype(), 3 * queries);
                for (String kernel : new String[] {"attention_grad_query", "attention_grad_key"}) {
                    pass(start(w, to, kernel, queries), g).memory(stats).buffer(w.result());
                }
            }
            case CURVATURE -> {
                Driver.Memory stats = to.room(w.dtype(), 5 * queries);
                for (String kernel : new String[] {"attention_curvature_query", "attention_curvature_key"}) {
                    pass(pass(start(w, to, kernel, queries), d), g)
                            .memory(stats)
                            .buffer(w.result());
                }
            }
        }
    }

    /** The call as far as x; flags stand before it. */
    private static Launch start(Attention w, Launches to, String kernel, long queries, int... flags) {
        DType dtype = w.dtype();
        return to.add(FILE, dtype, kernel, "CHANNELS=" + w.in().channels())
                .over(queries, to.few())
                .int32(heads(w.in()))
                .int32(heads(w.out()))
                .real(dtype, w.scale())
                .ints(flags)
                .buffer(w.x());
    }

    private static Launch pass(Launch launch, @Nullable Buffer buffer) {
        return buffer == null ? launch : launch.buffer(buffer);
    }

    private static void tensors(Attention w, Launches to, long queries) {
        Driver.Memory x = packed(w, to, w.in(), 3, queries, w.x());
        switch (w.code()) {
            case FORWARD ->
                rows(w, to, "attention_forward_bf16", w.out(), FORWARD_QUERIES, FORWARD_THREADS, 0)
                        .memory(x)
                        .buffer(w.result());
            case TANGENT -> {
                Buffer value = w.value();
                Driver.Memory d = packed(w, to, w.in(), 3, queries, w.d());
                rows(w, to, "attention_tangent_bf16", w.out(), ROWS, THREADS, 0)
                        .ints(value == null ? 0 : 1)
                        .memory(x)
                        .memory(d)
                        .buffer(value == null ? w.result() : value)
                        .buffer(w.result());
            }
            case GRAD -> {
                Driver.Memory g = packed(w, to, w.out(), 1, queries, w.g());
                Driver.Memory stats = to.room(w.dtype(), 2 * queries);
                for (String kernel : new String[] {"attention_grad_query_bf16", "attention_grad_key_bf16"}) {
                    rows(w, to, kernel, w.in(), ROWS, THREADS, STATS_SHARED)
                            .memory(x)
                            .memory(g)
                            .memory(stats)
                            .buffer(w.result());
                }
            }
            case CURVATURE -> throw new IllegalStateException("attention: got " + w.code() + " for tensor cores");
        }
    }

    private static int width(Attention w) {
        return (w.in().channels() + 15) / 16 * 16;
    }

    private static Launch tensor(Attention w, Launches to, String kernel) {
        return to.add(TENSOR, w.dtype(), kernel, "WIDTH=" + width(w));
    }

    /** The call as far as the scale: a group for each tile of a head's rows. */
    private static Launch rows(
            Attention w, Launches to, String kernel, Attention.Heads h, int rows, int threads, int more) {
        int groups = Math.multiplyExact(h.batch() * h.heads(), (h.tokens() + rows - 1) / rows);
        return tensor(w, to, kernel)
                .grid(groups, 1, 1, threads, 1)
                .shared(SHARED_ROWS * (width(w) + 8) * 2 + more)
                .int32(heads(h))
                .int32(h.channels())
                .real(w.dtype(), w.scale());
    }

    /** An operand in BF16, two in the place of one number. */
    private static Driver.Memory packed(
            Attention w, Launches to, Attention.Heads h, int parts, long queries, @Nullable Buffer from) {
        long size = parts * queries * width(w);
        Driver.Memory room = to.room(w.dtype(), size / 2);
        pass(
                        tensor(w, to, "attention_pack")
                                .over(size / 8, to.many())
                                .int32(heads(h))
                                .ints(parts, h.channels()),
                        from)
                .memory(room);
        return room;
    }

    private static void tiles(Attention w, Launches to, long queries) {
        switch (w.code()) {
            case FORWARD -> tile(w, to, "attention_forward_tiles").buffer(w.x()).buffer(w.result());
            case TANGENT -> {
                Buffer value = w.value();
                pass(
                                tile(w, to, "attention_tangent_tiles")
                                        .ints(value == null ? 0 : 1)
                                        .buffer(w.x()),
                                w.d())
                        .buffer(value == null ? w.result() : value)
                        .buffer(w.result());
            }
            case GRAD -> {
                Driver.Memory stats = to.room(w.dtype(), 3 * queries);
                pulled(w, to, "attention_grad_means_tiles").memory(stats);
                for (String kernel : new String[] {"attention_grad_query_tiles", "attention_grad_key_tiles"}) {
                    pulled(w, to, kernel).memory(stats).buffer(w.result());
                }
            }
            case CURVATURE -> {
                Driver.Memory stats = to.room(w.dtype(), 6 * queries);
                pulled(w, to, "attention_curvature_means_tiles").memory(stats);
                for (String kernel :
                        new String[] {"attention_curvature_query_tiles", "attention_curvature_key_tiles"}) {
                    pulled(w, to, kernel).memory(stats).buffer(w.result());
                }
            }
        }
    }

    /** The call as far as g. */
    private static Launch pulled(Attention w, Launches to, String kernel) {
        return pass(pass(tile(w, to, kernel).buffer(w.x()), w.d()), w.g());
    }

    /** The call as far as the scale: a group for each tile of a head's tokens, and for each chunk of a result's channels. */
    private static Launch tile(Attention w, Launches to, String kernel) {
        Attention.Heads h = w.in();
        boolean compiled = WIDTHS.contains(h.channels());
        int side = w.dtype() == DType.F64 ? TILE_F64 : TILE;
        int groups = Math.multiplyExact(h.batch() * h.heads(), (h.tokens() + side - 1) / side);
        int chunks = compiled || kernel.endsWith("_means_tiles") ? 1 : (h.channels() + CHUNK - 1) / CHUNK;
        return to.add(TILES, w.dtype(), kernel, compiled ? new String[] {"CHANNELS=" + h.channels()} : new String[0])
                .grid(groups, chunks, 1, TILE_THREADS, 1)
                .int32(heads(h))
                .int32(heads(w.out()))
                .int32(h.channels())
                .real(w.dtype(), w.scale());
    }

    private static int[] heads(Attention.Heads h) {
        return new int[] {
            h.batch(), h.heads(), h.tokens(), h.batchStep(), h.headStep(), h.partStep(), h.tokenStep(), h.channelStep()
        };
    }
}
