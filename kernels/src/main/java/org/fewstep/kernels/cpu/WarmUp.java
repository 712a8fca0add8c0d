package org.fewstep.kernels.cpu;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.Workload;

/**
 * Runs the hot F32 kernels until HotSpot has compiled them. The kernels' results are the same before and after.
 *
 * <p>Vector code is 30 to 1,000 times slow until then, so under {@link Provider#VECTOR} each workload runs until it takes
 * no longer than compiled code can need, all together three seconds at most. The other providers' loops gain less: at
 * least 100 rounds, then until 20 in a row bring no gain, one second at most.
 */
final class WarmUp {
    private static final long VECTOR_NANOS = 3_000_000_000L;
    private static final long LOOP_NANOS = 1_000_000_000L;
    private static final int LEAST_ROUNDS = 100;
    private static final int PATIENCE = 20;
    private static final double GAIN = 0.95;

    private WarmUp() {}

    static void run(CpuDevice device) {
        try (Scope scope = device.scope()) {
            if (device.provider() == Provider.VECTOR) {
                untilCompiled(device, WarmUpRound.vector(device));
            } else {
                untilSteady(device, WarmUpRound.loops(device));
            }
        }
    }

    private static void untilCompiled(CpuDevice device, List<Workload> round) {
        long start = System.nanoTime();
        List<Workload> left = new ArrayList<>(round);
        while (!left.isEmpty() && System.nanoTime() - start < VECTOR_NANOS) {
            left.removeIf(work -> {
                long before = System.nanoTime();
                device.run(work);
                return System.nanoTime() - before <= compiledNanos(work);
            });
        }
    }

    /** More than compiled code takes, less than any other: a run of the small workload, or 10 flops a nanosecond. */
    private static long compiledNanos(Workload work) {
        return 4_000 + work.flops() / 10;
    }

    private static void untilSteady(CpuDevice device, List<Workload> round) {
        long start = System.nanoTime();
        long best = Long.MAX_VALUE;
        int sinceBest = 0;
        for (int i = 0; i < LEAST_ROUNDS || sinceBest < PATIENCE; i++) {
            long before = System.nanoTime();
            for (Workload work : round) {
                device.run(work);
            }
            long after = System.nanoTime();
            sinceBest++;
            if (after - before < best * GAIN) {
                best = after - before;
                sinceBest = 0;
            }
            if (after - start > LOOP_NANOS) {
                break;
            }
        }
    }
}
