package org.fewstep.kernels.gpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The simulated CUDA driver of {@code src/test/cuda}: built with g++ into {@code target/cuda-simulator} when it is missing
 * or older than its sources.
 *
 * <p>It serves a JVM that is started with {@link #folder()} in {@code LD_LIBRARY_PATH}, or this one after {@link #load()}
 * if no class of JCuda was touched before.
 */
public final class CudaSimulator {
    private static final String LIBRARY = "libcuda.so.1";

    /** Where drivers of NVIDIA stand. */
    private static final List<Path> REAL = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu", LIBRARY),
            Path.of("/usr/lib64", LIBRARY),
            Path.of("/usr/lib/wsl/lib", LIBRARY),
            Path.of("/usr/lib/aarch64-linux-gnu", LIBRARY));

    private CudaSimulator() {}

    /** Why there is no simulator here; empty where there is one. */
    public static Optional<String> missing() {
        if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
            return Optional.of("the CUDA simulator runs on Linux alone");
        }
        for (Path real : REAL) {
            if (Files.exists(real)) {
                return Optional.of("the CUDA simulator gives way to the driver " + real);
            }
        }
        String places = System.getenv("PATH");
        boolean compiler = places != null
                && Arrays.stream(places.split(":"))
                        .anyMatch(place -> Files.isExecutable(Path.of(place).resolve("g++")));
        return compiler ? Optional.empty() : Optional.of("the CUDA simulator needs g++ on the PATH");
    }

    /** The folder of the library, which is up to date afterwards. */
    public static synchronized Path folder() {
        Path folder = sources().resolve("../../../target/cuda-simulator").normalize();
        if (!upToDate(folder.resolve(LIBRARY))) {
            String log = run("", List.of(sources().resolve("build").toString(), folder.toString()));
            if (!log.isEmpty()) {
                throw new IllegalStateException("CUDA simulator: got a failed build; expected none; g++ says:\n" + log);
            }
        }
        return folder;
    }

    /** What takes nvcc's command line: a value for the system property {@code fewstep.nvcc}. */
    public static Path compiler() {
        return sources().resolve("simcc").toAbsolutePath().normalize();
    }

    /**
     * Makes the simulator this JVM's CUDA driver, for JCuda to find when it is touched for the first time.
     *
     * @return why it is not; empty where it is
     */
    public static Optional<String> load() {
        Optional<String> missing = missing();
        if (missing.isEmpty()) {
            System.load(folder().resolve(LIBRARY).toString());
        }
        return missing;
    }

    /**
     * Makes a module of a kernel's source; what the compiler says, or nothing where it is content.
     *
     * @param check what {@code FEWSTEP_SIM_CHECK} is
     */
    static String compile(String check, String source, Path module, String... options) {
        try {
            Path file = Files.writeString(module.resolveSibling(module.getFileName() + ".cu"), source);
            List<String> command =
                    new ArrayList<>(List.of(compiler().toString(), "-cubin", "-fmad=false", "-DBACKEND_CUDA=1"));
            command.addAll(List.of(options));
            command.addAll(List.of("-o", module.toString(), file.toString()));
            return run(check, command);
        } catch (IOException e) {
            throw new IllegalStateException("CUDA simulator: got no place for " + module + "; expected one", e);
        }
    }

    /** Starts a JVM that has the simulator, with these variables; it runs a class of this class path. */
    static Process start(Map<String, String> environment, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LD_LIBRARY_PATH", folder().toString());
        builder.environment().put("FEWSTEP_SIM_LOG", "stderr");
        // So that a function that JCuda's library asks for and the simulator lacks is missed at once.
        builder.environment().put("LD_BIND_NOW", "1");
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static Path sources() {
        return Stream.of("src/test/cuda", "../kernels/src/test/cuda", "kernels/src/test/cuda")
                .map(place -> Path.of(place).toAbsolutePath().normalize())
                .filter(place -> Files.exists(place.resolve("shim.h")))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("CUDA simulator: got no src/test/cuda from "
                        + Path.of("").toAbsolutePath() + "; expected a module's folder"));
    }

    private static boolean upToDate(Path library) {
        try (Stream<Path> sources = Files.list(sources())) {
            if (!Files.exists(library)) {
                return false;
            }
            for (Path source : sources.toList()) {
                if (Files.getLastModifiedTime(source).compareTo(Files.getLastModifiedTime(library)) > 0) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new IllegalStateException("CUDA simulator: got no list of " + sources() + "; expected one", e);
        }
    }

    /** Nothing for exit code 0, otherwise what the command said. */
    private static String run(String check, List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("FEWSTEP_SIM_CHECK", check);
            Process process = builder.start();
            process.getOutputStream().close();
            String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? "" : log + "exit code " + process.exitValue();
        } catch (IOException e) {
            throw new IllegalStateException("CUDA simulator: got no start of " + command.get(0) + "; expected one", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "CUDA simulator: got an interrupt; expected to wait for " + command.get(0), e);
        }
    }
}
