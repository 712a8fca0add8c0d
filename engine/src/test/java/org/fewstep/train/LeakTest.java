package org.fewstep.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.LiveHandles;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Long runs of tiny steps: live handles, pool and heap stay as they are. */
class LeakTest {
    private Device device;
    private long before;

    @TempDir
    Path folder;

    Device open() {
        return new CpuDevice(Provider.LOOPS, 1);
    }

    @BeforeEach
    void start() {
        device = open();
        before = device.live().buffers().get();
    }

    @AfterEach
    void nothingIsLeft() {
        if (device != null) {
            assertEquals(before, device.live().buffers().get());
            device.close();
            assertEquals(0, device.live().pooledBytes().get());
            assertEquals(0, device.live().programs().get());
            assertEquals(0, device.live().functions().get());
        }
    }

    /** Notes the counters at one step, demands them at every later one, and compares the heap at the last. */
    private static final class Watcher implements Callback {
        private final long settled;
        private long buffers;
        private long bytes;
        private long pooled;
        private long blocks;
        private long functions;
        private long heap;
        private long growth;

        Watcher(long settled) {
            this.settled = settled;
        }

        @Override
        public void onStep(Trainer trainer, StepReport report) {
            LiveHandles live = trainer.device().live();
            if (report.step() == settled) {
                buffers = live.buffers().get();
                bytes = live.bytes().get();
                pooled = live.pooledBytes().get();
                blocks = live.blocks().get();
                functions = live.functions().get();
                heap = usedHeap();
            } else if (report.step() > settled) {
                assertEquals(buffers, live.buffers().get(), "buffers at step " + report.step());
                assertEquals(bytes, live.bytes().get(), "bytes at step " + report.step());
                assertEquals(pooled, live.pooledBytes().get(), "pool at step " + report.step());
                assertEquals(blocks, live.blocks().get(), "blocks at step " + report.step());
                assertEquals(functions, live.functions().get(), "kernels at step " + report.step());
                assertEquals(0, live.scopes().get(), "scopes at step " + report.step());
            }
            if (report.step() == report.steps()) {
                growth = usedHeap() - heap;
            }
        }

        private static long usedHeap() {
            Runtime runtime = Runtime.getRuntime();
            long least = Long.MAX_VALUE;
            for (int i = 0; i < 4; i++) {
                System.gc();
                // Cleaners, which note that a scope was closed, run on a thread of their own.
                LockSupport.parkNanos(50_000_000);
                least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
            }
            return least;
        }
    }

    /** One network, or a student that alternates with a fake score network and its discriminator. */
    private static Map<String, Object> map(String method) {
        Map<String, Object> map = TinyRecipe.map(method);
        if (method.equals("dmd2") || method.equals("sid")) {
            map.put("teacher", "exact");
            map.put("sample", Map.of("steps", List.of(1)));
            map.put("network", Map.of("kind", "residual-mlp", "width", 16, "depth", 2, "cond-width", 8));
        }
        if (method.equals("dmd2")) {
            map.put(
                    "method",
                    Map.of("kind", "dmd2", "ratio", 1, "features", Map.of("taps", List.of("blocks.1"), "width", 8)));
        }
        return map;
    }

    void staysFlat(int steps) {
        for (String method : new String[] {"flow-matching", "mean-flow", "dmd2", "sid"}) {
            Watcher watcher = new Watcher(steps / 3);
            List<String> length = List.of("training.steps=" + steps, "training.checkpoint-every=" + steps / 4);
            Recipe recipe = Recipe.from(map(method), length);
            try (Trainer trainer = Trainer.start(recipe, folder.resolve(method), device, watcher)) {
                trainer.run();
            }
            assertTrue(watcher.growth < 1 << 20, method + ": the heap grew by " + watcher.growth + " bytes");
        }
    }

    @Test
    void threeHundredStepsLeaveNothingBehind() {
        staysFlat(300);
    }

    @Test
    @Tag("slow")
    void tenThousandStepsLeaveNothingBehind() {
        staysFlat(10_000);
    }
}
