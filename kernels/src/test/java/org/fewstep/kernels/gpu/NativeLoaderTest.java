package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.fewstep.kernels.Devices;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** JVMs that start together load the native library without harm to each other, and leave no file behind. */
class NativeLoaderTest {
    private static final int TOGETHER = 8;

    @TempDir
    Path folder;

    /** What each JVM runs: exit code 0 if the list names OpenCL at all, usable or with a reason. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) {
            boolean named =
                    Devices.list().stream().anyMatch(found -> found.name().startsWith("opencl"));
            System.exit(named ? 0 : 3);
        }
    }

    @Test
    @Timeout(120)
    void startingTogetherTwice() throws Exception {
        startTogether(2);
    }

    @Test
    @Tag("slow")
    void startingTogetherTwentyTimes() throws Exception {
        startTogether(20);
    }

    private void startTogether(int rounds) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        for (int round = 0; round < rounds; round++) {
            List<Process> running = new ArrayList<>();
            for (int i = 0; i < TOGETHER; i++) {
                running.add(new ProcessBuilder(
                                java.toString(),
                                "-Djava.io.tmpdir=" + folder,
                                "-XX:-UsePerfData",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Child.class.getName())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start());
            }
            for (Process process : running) {
                assertEquals(0, process.waitFor());
            }
            assertEquals(List.of(), inside());
        }
    }

    private List<Path> inside() throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.toList();
        }
    }

    @Test
    void thePropertyIsBackAfterwards() {
        String before = System.getProperty("java.io.tmpdir");
        String[] during = new String[1];
        NativeLoader.load(() -> during[0] = System.getProperty("java.io.tmpdir"));
        assertEquals(before, System.getProperty("java.io.tmpdir"));
        assertEquals(Path.of(before), Path.of(during[0]).getParent());
        assertEquals(false, Files.exists(Path.of(during[0])));
    }
}
