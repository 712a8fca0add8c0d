package org.fewstep.bench.work;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.fewstep.kernels.cpu.CpuDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What steady steps put on the heap. HotSpot makes objects of vectors until it has compiled a loop for good, and loops
 * that a step calls once take thousands of small steps to get there; so the bound is for the best window of many.
 */
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Fewest bytes a call that a window of {@code window} calls took, once it is at most {@code bound}. */
    private static double bytes(EngineWork work, int window, double bound) {
        double least = Double.POSITIVE_INFINITY;
        while (least > bound && !Thread.currentThread().isInterrupted()) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < window; i++) {
                work.once();
            }
            double each = (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) window;
            least = Math.min(least, each);
        }
        return least;
    }

    private static CpuDevice device() {
        CpuDevice device = EngineDevice.open(EngineDevice.DEFAULT, 1);
        device.warmUp();
        return device;
    }

    @ParameterizedTest
    @CsvSource({"replayed, 4096", "eager, 65536"})
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void aTrainingStepOfTheMlp(String mode, int bound) {
        try (EngineWork work = new MlpStep(device(), Mode.of(mode), 8)) {
            assertTrue(bytes(work, 500, bound) <= bound);
        }
    }

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void aForwardPassOfTheMlp() {
        try (EngineWork work = Replayed.in(Mode.REPLAYED, new MlpForward(device(), 1))) {
            assertTrue(bytes(work, 2000, 512) <= 512);
        }
    }
}
