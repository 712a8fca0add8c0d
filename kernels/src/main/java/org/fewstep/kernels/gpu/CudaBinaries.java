package org.fewstep.kernels.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fewstep.kernels.DType;
import org.jspecify.annotations.Nullable;

/**
 * Kernel files that were compiled for CUDA when the jar was built: one file for each source and set of options, named by
 * their SHA-256, with machine code for several architectures and an intermediate form for later ones. A source that
 * changed since has another name, so that an old binary is never run.
 */
final class CudaBinaries {
    private static final String FOLDER = "cuda/";
    private static final String END = ".fatbin";

    /** Machine code for each of these; that for 80 runs on 86, 87 and 89 too. */
    private static final List<String> ARCHITECTURES = List.of("75", "80", "90a");

    /** The driver compiles this form for what is newer. */
    private static final String LATER = "80";

    private CudaBinaries() {}

    /** One compilation. */
    private record Entry(String file, DType dtype, List<String> defines) {
        List<String> options() {
            return Programs.options(Nvcc.OPTIONS, dtype, defines);
        }
    }

    /** The compiled form in this jar, or null. */
    static byte @Nullable [] find(String source, List<String> options) {
        try (InputStream in = CudaBinaries.class.getResourceAsStream(FOLDER + name(source, options))) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("compiled kernels in the jar", e);
        }
    }

    private static String name(String source, List<String> options) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String built = String.join(" ", ARCHITECTURES) + " " + LATER;
            digest.update((built + " " + String.join(" ", options) + "\n").getBytes(StandardCharsets.UTF_8));
            digest.update(source.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest()) + END;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: got none; every Java platform has it", e);
        }
    }

    /** Every file in every type, with the widths of attention that are compiled for themselves. */
    private static List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            for (String file : GpuKernels.FILES) {
                if (!file.equals(GpuAttention.FILE)) {
                    entries.add(new Entry(file, dtype, List.of()));
                }
            }
            for (int width : GpuAttention.PLAIN_WIDTHS) {
                entries.add(new Entry(GpuAttention.FILE, dtype, List.of("CHANNELS=" + width)));
            }
            for (int width : GpuAttention.WIDTHS) {
                entries.add(new Entry(GpuAttention.TILES, dtype, List.of("CHANNELS=" + width)));
            }
        }
        for (String file : GpuKernels.TENSOR_FILES) {
            entries.add(new Entry(file, DType.F32, List.of()));
        }
        for (int width : GpuAttention.TENSOR_WIDTHS) {
            entries.add(new Entry(GpuAttention.TENSOR, DType.F32, List.of("WIDTH=" + width)));
        }
        entries.add(new Entry(GpuElementwise.FILE, DType.I32, List.of()));
        return entries;
    }

    /**
     * Writes all compiled forms that are not there yet, and removes those of older sources: the build's step.
     *
     * @param arguments the folder
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        Set<String> names = new TreeSet<>();
        List<Future<?>> running = new ArrayList<>();
        ExecutorService compilers =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            for (Entry entry : entries()) {
                String source = Source.of(entry.file());
                String name = name(source, entry.options());
                names.add(name);
                if (!Files.exists(folder.resolve(name))) {
                    running.add(compilers.submit(() -> {
                        write(folder.resolve(name), compile(entry, source));
                        return name;
                    }));
                }
            }
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            compilers.shutdownNow();
        }
        long bytes = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.collect(Collectors.toList())) {
                if (names.contains(file.getFileName().toString())) {
                    bytes += Files.size(file);
                } else {
                    Files.delete(file);
                }
            }
        }
        System.getLogger(CudaBinaries.class.getName())
                .log(
                        System.Logger.Level.INFO,
                        "{0} kernel files compiled for CUDA, {1} KB; {2} of them new",
                        names.size(),
                        bytes / 1000,
                        running.size());
    }

    private static byte[] compile(Entry entry, String source) {
        List<String> options = new ArrayList<>(List.of("-fatbin", "-Werror", "all-warnings"));
        // Drivers older than the compiler read no newer compression; the jar compresses anyway.
        options.add("--no-compress");
        for (String architecture : ARCHITECTURES) {
            options.add("-gencode=arch=compute_" + architecture + ",code=sm_" + architecture);
        }
        options.add("-gencode=arch=compute_" + LATER + ",code=compute_" + LATER);
        options.addAll(entry.options());
        return Nvcc.compile(entry.file(), source, options);
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), "new", "");
        Files.write(fresh, bytes);
        Files.move(fresh, file);
    }
}
