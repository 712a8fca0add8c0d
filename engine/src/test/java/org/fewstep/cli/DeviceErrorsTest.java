package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Devices;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A device that is not there, or does not do what is asked, is one line on stderr and exit code 4. */
@Timeout(300)
class DeviceErrorsTest {
    private static final String[] TRAIN = {
        "train", "--recipe", "eight-gaussians-flow", "--set", "training.steps=1", "--device", "opencl:0"
    };

    @TempDir
    Path folder;

    /** The program in a JVM of its own, with some of its environment changed and its class path behind another folder. */
    private CliRun child(Map<String, String> environment, List<String> jvm, String... args)
            throws IOException, InterruptedException {
        Path out = folder.resolve("stdout");
        Path err = folder.resolve("stderr");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dfewstep.selfstart=false");
        command.addAll(jvm);
        command.addAll(List.of(
                "-cp",
                folder.resolve("before") + File.pathSeparator + System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        int code = builder.start().waitFor();
        return new CliRun(code, Files.readString(out), Files.readString(err));
    }

    private String[] training(String... more) {
        List<String> all = new ArrayList<>(List.of(TRAIN));
        all.addAll(List.of("--out", folder.resolve("run").toString()));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static void oneLine(String message, CliRun ran) {
        ran.failed(4, message);
        assertEquals(1, ran.err().lines().count(), ran.err());
    }

    private static void assumePocl() {
        boolean there = Devices.list().stream()
                .anyMatch(f -> f.name().equals("opencl:0") && f.reason().contains("PoCL"));
        assumeTrue(there || Boolean.getBoolean("require.opencl"), "opencl:0 is not PoCL");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "gpu",
                "CPU",
                "cpu:0",
                "opencl",
                "opencl:",
                "opencl:x",
                "opencl:-1",
                "opencl:1.5",
                "opencl:99999999999",
                "cuda",
                "cuda:x",
                "metal:0"
            })
    void namesOfNoDevice(String name) {
        for (String command : List.of("demo", "train --recipe eight-gaussians-flow")) {
            List<Object> args = new ArrayList<>(List.of(command.split(" ")));
            args.addAll(List.of("--out", folder.resolve("run"), "--device", name));
            oneLine('"' + name + '"', CliRun.of(args.toArray()));
            assertTrue(Files.notExists(folder.resolve("run")));
        }
    }

    @Test
    @Tag("opencl")
    void anIndexBehindTheLastIsNamed() {
        assumePocl();
        oneLine("got \"opencl:99\"; expected opencl:0", CliRun.of("demo", "--device", "opencl:99"));
    }

    /** The loader finds no driver at all, or one whose library is not there. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("opencl")
    void noDriver(boolean named) throws Exception {
        Path vendors = Files.createDirectory(folder.resolve("vendors"));
        if (named) {
            Files.writeString(vendors.resolve("broken.icd"), folder.resolve("libnone.so") + "\n");
        }
        Map<String, String> environment = Map.of("OCL_ICD_VENDORS", vendors.toString());
        oneLine("opencl: got no platform; expected", child(environment, List.of(), training()));
        CliRun doctor = child(environment, List.of(), "doctor");
        assertEquals(0, doctor.code(), doctor.err());
        assertTrue(doctor.out().contains("not usable, opencl: got no platform"), doctor.out());
    }

    /** The loader itself cannot be loaded. */
    @Test
    @Tag("opencl")
    void noLoader() throws Exception {
        Files.writeString(folder.resolve("libOpenCL.so.1"), "not a library, but longer than the head of one".repeat(9));
        Map<String, String> environment = Map.of("LD_LIBRARY_PATH", folder.toString());
        oneLine("opencl: got no OpenCL loader", child(environment, List.of(), training()));
    }

    @Test
    @Tag("opencl")
    void noPlaceForTheNativeLibrary() throws Exception {
        List<String> jvm = List.of("-Djava.io.tmpdir=" + folder.resolve("none"));
        oneLine("native libraries: got no private directory", child(Map.of(), jvm, training()));
    }

    /** A kernel file that stands on the class path before ours. */
    @Test
    @Tag("opencl")
    void aKernelWithASyntaxError() throws Exception {
        assumePocl();
        String name = "org/fewstep/kernels/gpu/matmul.cl";
        Path place = folder.resolve("before").resolve(name);
        Files.createDirectories(place.getParent());
        try (InputStream in = DType.class.getClassLoader().getResourceAsStream(name)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Files.writeString(place, text.replace("REAL sum = 0;", "REAL sum = nothing_of_that_name;"));
        }
        CliRun ran = child(Map.of(), List.of(), training());
        ran.failed(4, "matmul.cl: got CL_BUILD_PROGRAM_FAILURE");
        assertTrue(ran.err().contains("nothing_of_that_name"), ran.err());
    }

    /** Hidden numbers of 4 GB where PoCL is told that there is 1 GB. */
    @Test
    @Tag("opencl")
    void moreMemoryThanThereIs() throws Exception {
        assumePocl();
        oneLine(
                "use a smaller batch",
                child(
                        Map.of("POCL_MEMORY_LIMIT", "1"),
                        List.of(),
                        training("--set", "training.batch=1000000", "--set", "network.width=1024")));
    }
}
