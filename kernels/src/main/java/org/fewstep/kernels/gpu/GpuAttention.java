package org.fewstep.kernels.gpu;

import org.fewstep.kernels.Attention;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.jspecify.annotations.Nullable;

/** Calls of attention.cl, compiled for the heads' number of channels. */
final class GpuAttention {
    static final String FILE = "attention.cl";

    /** Channels of a head for which compiled kernels are shipped for CUDA. */
    static final int[] WIDTHS = {8, 16, 24, 32, 48, 64, 96, 128};

    private GpuAttention() {}

    static void plan(Attention w, Launches to) {
        long queries = (long) w.in().batch() * w.in().heads() * w.in().tokens();
        if (queries == 0) {
            return;
        }
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

    private static int[] heads(Attention.Heads h) {
        return new int[] {
            h.batch(), h.heads(), h.tokens(), h.batchStep(), h.headStep(), h.partStep(), h.tokenStep(), h.channelStep()
        };
    }
}
