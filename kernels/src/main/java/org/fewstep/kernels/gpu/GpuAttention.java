package org.fewstep.kernels.gpu;

import java.util.List;
import org.fewstep.kernels.Attention;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Precision;
import org.jspecify.annotations.Nullable;

/**
 * Calls of attention.cl, compiled for the heads' number of channels, and of attention_tensor.cl, compiled for the next
 * multiple of 16.
 */
final class GpuAttention {
    static final String FILE = "attention.cl";
    static final String TENSOR = "attention_tensor.cl";

    static final int VERSIONS = 2;

    /** Channels of a head for which compiled kernels are shipped for CUDA. */
    static final int[] WIDTHS = {8, 16, 24, 32, 48, 64, 96, 128};

    /** The same on tensor cores, of which the last is the greatest. */
    static final int[] TENSOR_WIDTHS = {16, 32, 48, 64, 80, 96, 112, 128};

    private static final List<Choice> PLAIN = List.of(Choice.version(1));
    private static final List<Choice> BF16_FIRST = List.of(Choice.version(2), Choice.version(1));

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
        if (to.choose(w, choices(w, to)).version() == 2) {
            tensors(w, to, queries);
        } else {
            plain(w, to, queries);
        }
    }

    /** The second order has no kernel on tensor cores. */
    private static List<Choice> choices(Attention w, Launches to) {
        boolean tensors = w.dtype() == DType.F32
                && to.precision().allows(Precision.BF16)
                && w.code() != Attention.Code.CURVATURE
                && w.in().channels() <= TENSOR_WIDTHS[TENSOR_WIDTHS.length - 1];
        return tensors ? BF16_FIRST : PLAIN;
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
                tiles(w, to, "attention_forward_bf16", w.out(), FORWARD_QUERIES, FORWARD_THREADS, 0)
                        .memory(x)
                        .buffer(w.result());
            case TANGENT -> {
                Buffer value = w.value();
                Driver.Memory d = packed(w, to, w.in(), 3, queries, w.d());
                tiles(w, to, "attention_tangent_bf16", w.out(), ROWS, THREADS, 0)
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
                    tiles(w, to, kernel, w.in(), ROWS, THREADS, STATS_SHARED)
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
    private static Launch tiles(
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

    private static int[] heads(Attention.Heads h) {
        return new int[] {
            h.batch(), h.heads(), h.tokens(), h.batchStep(), h.headStep(), h.partStep(), h.tokenStep(), h.channelStep()
        };
    }
}
