package org.fewstep.kernels.gpu;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.fewstep.kernels.KernelBuildError;
import org.jspecify.annotations.Nullable;

/**
 * CUDA's compiler as a process: {@code nvcc} on the {@code PATH}, or what system property {@code fewstep.nvcc} names.
 */
final class Nvcc {
    /** Options of every kernel file: language, rounding, and the definition of the backend. */
    static final List<String> OPTIONS =
            List.of("-std=c++17", "-fmad=false", "-prec-sqrt=true", "-prec-div=true", "-DBACKEND_CUDA=1");

    /** What the compiler made of a file, and what it said. */
    record Made(byte[] bytes, String log) {}

    private Nvcc() {}

    /** The compiler, or null. */
    static @Nullable Path find() {
        String chosen = System.getProperty("fewstep.nvcc");
        if (chosen != null) {
            Path path = Path.of(chosen);
            return Files.isExecutable(path) ? path : null;
        }
        String places = System.getenv("PATH");
        if (places == null) {
            return null;
        }
        for (String place : places.split(File.pathSeparator)) {
            Path path = Path.of(place.isEmpty() ? "." : place, "nvcc");
            if (Files.isExecutable(path) && !Files.isDirectory(path)) {
                return path;
            }
        }
        return null;
    }

    /**
     * Compiles a file for one device.
     *
     * @return machine code
     * @throws KernelBuildError with the compiler's messages, or when there is no compiler
     */
    static byte[] compile(String file, String source, List<String> options, Driver.Facts facts) {
        // The letter opens the instructions that this capability has and later ones need not have.
        String architecture = "sm_" + facts.capability() + (facts.capability() == 90 ? "a" : "");
        List<String> all = new ArrayList<>(List.of("-cubin", "-arch=" + architecture));
        all.addAll(options);
        return compile(file, source, all);
    }

    /** Compiles a file with exactly these options. */
    static byte[] compile(String file, String source, List<String> options) {
        return make(file, source, options).bytes();
    }

    /** As above, with the compiler's messages. */
    static Made make(String file, String source, List<String> options) {
        Path nvcc = find();
        if (nvcc == null) {
            throw new KernelBuildError("kernel file " + file + ": got no compiled form in this jar for options "
                    + String.join(" ", options) + ", and no nvcc on the PATH; expected one of them; install CUDA's"
                    + " compiler, or use a jar built with -Pcuda");
        }
        Path folder = null;
        try {
            folder = Files.createTempDirectory("fewstep-nvcc-");
            Path in = Files.writeString(folder.resolve("kernels.cu"), source);
            Path out = folder.resolve("kernels.bin");
            List<String> command = new ArrayList<>();
            command.add(nvcc.toString());
            command.addAll(options);
            command.addAll(List.of("-o", out.toString(), in.toString()));
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            int code = process.waitFor();
            if (code != 0) {
                throw new KernelBuildError("kernel file " + file + ": got exit code " + code + " of nvcc with options "
                        + String.join(" ", options) + "; expected a file that compiles; the compiler says:\n" + log);
            }
            return new Made(Files.readAllBytes(out), log);
        } catch (IOException e) {
            throw new KernelBuildError("kernel file " + file + ": got an error of " + nvcc + " (" + e.getMessage()
                    + "); expected a compiler that runs and a place for its files in java.io.tmpdir");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KernelBuildError("kernel file " + file + ": got an interrupt; expected to wait for nvcc");
        } finally {
            if (folder != null) {
                remove(folder);
            }
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            folder.toFile().deleteOnExit();
        }
    }
}
