package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.fewstep.train.Checkpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program in a JVM without the vector module, and the second JVM that it starts. */
class SelfStartTest {
    private static final long MOST_SECONDS = 120;

    @TempDir
    Path folder;

    private final List<ProcessHandle> started = new ArrayList<>();

    private Process start(Class<?> program, List<String> jvm, String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectError(folder.resolve("stderr").toFile());
        // The bytes of arguments are those of UTF-8 only where the locale says so.
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        started.add(process.toHandle());
        return process;
    }

    private static int ended(Process process) throws InterruptedException {
        assertTrue(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS), "it did not end");
        return process.exitValue();
    }

    private static List<String> lines(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    private String errors() throws IOException {
        return Files.readString(folder.resolve("stderr"));
    }

    @AfterEach
    void nothingLivesOn() {
        for (ProcessHandle process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Test
    void optionsArgumentsAndExitCodePassThrough() throws Exception {
        String[] args = {"5", "two words", "", "ünï ☃", "a=b,c", "*"};
        Process process = start(SelfStartProgram.class, List.of("-Xmx96m", "-Dsome.name=some value"), args);
        List<String> lines = lines(process);
        assertEquals(5, ended(process));
        assertEquals("a message\n", errors(), "no notice of an incubating module");
        assertNotEquals(Long.toString(process.pid()), lines.get(0));
        assertEquals("vector", lines.get(1));
        assertTrue(Long.parseLong(lines.get(2)) <= 96L << 20, lines.get(2));
        assertEquals(List.of("[5]", "[two words]", "[]", "[ünï ☃]", "[a=b,c]", "[*]"), lines.subList(3, lines.size()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Dfewstep.selfstart=false", "-Dfewstep.cpu=loops", "-Dfewstep.selfstart=child"})
    void itRunsInTheFirstJvmWhereNoSecondIsWanted(String option) throws Exception {
        Process process = start(SelfStartProgram.class, List.of(option), "7");
        // The pipe of a parent stays open until the end.
        List<String> lines = lines(process);
        assertEquals(7, ended(process));
        assertEquals(Long.toString(process.pid()), lines.get(0));
        assertEquals("loops", lines.get(1));
    }

    @Test
    void aKilledParentTakesItsChildWithIt() throws Exception {
        Process process = start(SelfStartProgram.class, List.of(), "wait");
        ProcessHandle child = child(process);
        process.destroyForcibly();
        child.onExit().get(20, TimeUnit.SECONDS);
    }

    /** The child, once its program runs. */
    private ProcessHandle child(Process process) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        long pid = Long.parseLong(out.readLine());
        ProcessHandle child = ProcessHandle.of(pid).orElseThrow();
        started.add(child);
        String line = "";
        while (!line.equals("[wait]")) {
            line = out.readLine();
        }
        return child;
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void aSignalReachesTheChildAndIsWaitedFor(String signal, int code) throws Exception {
        Process process = start(SelfStartProgram.class, List.of(), "wait");
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        ProcessHandle child = ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
        started.add(child);
        List<String> lines = new ArrayList<>();
        while (!lines.contains("[wait]")) {
            lines.add(out.readLine());
        }
        Thread.sleep(500); // until the program's own hook is in place
        signal(signal, process);
        assertEquals("checkpoint", out.readLine());
        assertEquals(code, ended(process));
        assertTrue(!child.isAlive());
    }

    private static void signal(String name, Process process) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                        .start()
                        .waitFor());
    }

    @Test
    void ctrlCWritesTheCheckpointOfTheChildsRun() throws Exception {
        Path run = folder.resolve("a run");
        Process process = start(
                Main.class,
                List.of(),
                "train",
                "--recipe",
                "glyphs-meanflow",
                "--out",
                run.toString(),
                "--set",
                "training.steps=1000000",
                "--set",
                "training.checkpoint-every=1000000",
                "--set",
                "network.width=16");
        Path metrics = run.resolve("metrics.csv");
        for (int i = 0; i < 10 * MOST_SECONDS && (!Files.exists(metrics) || Files.size(metrics) < 200); i++) {
            Thread.sleep(100);
        }
        signal("INT", process);
        String out = String.join("\n", lines(process));
        assertEquals(130, ended(process));
        assertEquals("", errors());
        assertTrue(out.contains("cpu/vector"), out);
        assertTrue(out.contains("interrupted at step"), out);
        assertTrue(Files.size(run.resolve(Checkpoint.FILE)) > 0);
    }

    @Test
    void exitCodesOfCommandsPassThrough() throws Exception {
        Process process =
                start(Main.class, List.of(), "sample", folder.resolve("none").toString(), "--out", folder.toString());
        assertEquals(List.of(), lines(process));
        assertEquals(ExitCode.BAD_FILE.code(), ended(process));
        assertTrue(errors().contains("none"), errors());
    }

    @Test
    void theNoticeIsLeftOutHoweverItArrives() throws IOException {
        String notice = "WARNING: Using incubator modules: jdk.incubator.vector\n";
        for (int size : new int[] {1, 7, 1000}) {
            assertEquals("", copied(size, notice));
            assertEquals("before\nafter", copied(size, "before\n" + notice + "after"));
            assertEquals("WARNING: other\nWARN", copied(size, "WARNING: other\nWARN"));
            assertEquals("x " + notice, copied(size, "x " + notice));
            assertEquals("ü\n", copied(size, notice + notice + "ü\n"));
        }
    }

    /** What is copied of a text that arrives in pieces. */
    private static String copied(int size, String text) throws IOException {
        InputStream pieces = new InputStream() {
            private final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            private int at;

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] to, int from, int most) {
                int count = Math.min(size, bytes.length - at);
                System.arraycopy(bytes, at, to, from, count);
                at += count;
                return count == 0 ? -1 : count;
            }
        };
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SelfStart.copy(pieces, out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
