package org.fewstep.bench.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.fewstep.kernels.cpu.CpuDevice;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What steady steps put on the heap. HotSpot makes objects of vectors until it has compiled a loop for good, and loops
 * that a step calls once take thousands of small steps to get there; so the bound is for the best window of many. What
 * other tests did before decides how it compiles, hence a JVM of its own.
 */
class AllocationTest {
    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({"step, replayed, 4096", "step, eager, 65536", "forward, replayed, 512"})
    void aSteadyCallTakesFewBytes(String work, String mode, String bound) throws Exception {
        Path out = folder.resolve("out");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dfewstep.cpu=" + System.getProperty("fewstep.cpu", "vector"),
                        AllocationTest.class.getName(),
                        work,
                        mode,
                        bound)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        boolean ended = child.waitFor(150, TimeUnit.SECONDS);
        if (!ended) {
            child.destroyForcibly().waitFor();
        }
        String said = Files.readString(out, StandardCharsets.UTF_8);
        assertTrue(ended, "no window within the bound; " + said);
        assertEquals(0, child.exitValue(), said);
    }

    /** Ends once a window of calls took at most the bound. */
    public static void main(String[] args) {
        boolean step = args[0].equals("step");
        Mode mode = Mode.of(args[1]);
        double bound = Double.parseDouble(args[2]);
        int window = step ? 500 : 2000;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        CpuDevice device = EngineDevice.open(EngineDevice.DEFAULT, 1);
        try (EngineWork work = step ? new MlpStep(device, mode, 8) : Replayed.in(mode, new MlpForward(device, 1))) {
            double each = Double.POSITIVE_INFINITY;
            while (each > bound) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < window; i++) {
                    work.once();
                }
                each = (threads.getCurrentThreadAllocatedBytes() - before) / (double) window;
                System.out.println(each + " bytes a call");
            }
        }
    }
}
