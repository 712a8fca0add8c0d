package org.fewstep.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fewstep.io.MetricsLog;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.tensor.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in JVMs of their own: killed, with other numbers of threads, never compiled, twice on one folder. */
class ChildRunTest {
    private static final int KILLS = 20;
    private static final List<String> FILES = List.of(Checkpoint.FILE, MetricsLog.JSONL, MetricsLog.CSV);

    private final Device device = Devices.require("cpu");

    @TempDir
    Path folder;

    private Path here(String name, String method, String... overrides) {
        Path path = folder.resolve(name);
        try (Trainer trainer =
                Trainer.start(Recipe.from(TinyRecipe.glyphs(method), List.of(overrides)), path, device)) {
            trainer.run();
        }
        return path;
    }

    private static void assertSameRun(Path expected, Path actual, String what) throws IOException {
        for (String file : FILES) {
            assertArrayEquals(
                    Files.readAllBytes(expected.resolve(file)),
                    Files.readAllBytes(actual.resolve(file)),
                    file + " of " + what);
        }
    }

    @Test
    void aRunKilledTwentyTimesLeavesTheBytesOfAnUnbrokenOne() throws Exception {
        String[] recipe = {"training.steps=250", "training.checkpoint-every=2", "training.batch=4"};
        Path whole = here("whole", "flow-matching", recipe);
        Path killed = folder.resolve("killed");
        int[] steps = new Rng(20).integers(0, KILLS, 0, 12);
        int[] moments = new Rng(20).integers(0, KILLS, 1, 12);
        Set<Long> starts = new TreeSet<>();
        for (int k = 0; k < KILLS; k++) {
            Process child = ChildRun.start(
                    List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"), killed, 2, "flow-matching", recipe);
            starts.add(ChildRun.awaitSteps(child, steps[k]));
            Thread.sleep(moments[k]);
            assertTrue(child.isAlive(), "the kill came too late");
            child.destroyForcibly();
            assertTrue(child.waitFor(30, TimeUnit.SECONDS));
        }
        assertTrue(starts.size() > KILLS / 2, "kills fell at different steps: " + starts);
        Process last = ChildRun.start(List.of(), killed, 0, "flow-matching", recipe);
        assertTrue(last.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, last.exitValue());
        assertSameRun(whole, killed, "the killed run");
        try (Stream<Path> files = Files.list(killed)) {
            Set<String> names = files.map(p -> p.getFileName().toString()).collect(Collectors.toSet());
            Set<String> expected = new TreeSet<>(FILES);
            expected.add(RunFolder.LOCK);
            assertEquals(expected, new TreeSet<>(names), "no part of a write is left behind");
        }
    }

    @Test
    void threadsAndCompilationDoNotChangeABit() throws Exception {
        String[] recipe = {
            "training.steps=3",
            "training.batch=64",
            "network.width=48",
            "training.checkpoint-every=2",
            "method.kappa=0.5"
        };
        // The first run compiles the kernels for the second.
        here("warm", "mean-flow", "training.steps=150", recipe[1], recipe[2], recipe[4]);
        Path hot = here("hot", "mean-flow", recipe);
        for (List<String> jvm : List.of(
                List.of("-Dfewstep.threads=1"),
                List.of("-Dfewstep.threads=2"),
                List.of("-Xint", "-Dfewstep.threads=2"))) {
            Path path = folder.resolve("child" + jvm.hashCode());
            Process child = ChildRun.start(jvm, path, 0, "mean-flow", recipe);
            assertTrue(child.waitFor(120, TimeUnit.SECONDS));
            assertEquals(0, child.exitValue());
            assertSameRun(hot, path, jvm.toString());
        }
    }

    @Test
    void twoProcessesCannotWriteOneRun() throws Exception {
        Path path = folder.resolve("run");
        Process child = ChildRun.start(List.of(), path, 50, "flow-matching", "training.steps=2500");
        try {
            ChildRun.awaitSteps(child, 0);
            assertThrows(IllegalStateException.class, () -> Trainer.resume(path, device));
        } finally {
            child.destroyForcibly();
            assertTrue(child.waitFor(30, TimeUnit.SECONDS));
        }
        Trainer.resume(path, device).close();
    }
}
