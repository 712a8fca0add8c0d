package org.fewstep.bench.kernels;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.fewstep.io.BadFileException;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.gpu.Choice;
import org.fewstep.kernels.gpu.KernelLab;
import org.fewstep.kernels.gpu.OwnKernels;
import org.jspecify.annotations.Nullable;

/** A device with the shipped kernels, or with those of a file in place of some. */
final class Contestant implements AutoCloseable {
    private final KernelLab lab;
    private final @Nullable KernelFile file;
    private final Set<String> replaced;

    private Contestant(KernelLab lab, @Nullable KernelFile file, Set<String> replaced) {
        this.lab = lab;
        this.file = file;
        this.replaced = replaced;
    }

    /** Opens a device with the shipped kernels. */
    static Contestant open(String device, Precision precision) {
        return new Contestant(KernelLab.open(device, precision), null, Set.of());
    }

    /**
     * Opens a device with a file's kernels.
     *
     * @param shipped the same device with the shipped kernels
     * @throws BadFileException when the file names kernels that are not there
     */
    static Contestant open(String device, Precision precision, KernelFile file, Contestant shipped) {
        OwnKernels own = file.on(shipped.lab());
        Set<String> replaced =
                own.kernels().stream().map(OwnKernels.Own::inPlaceOf).collect(Collectors.toSet());
        return new Contestant(KernelLab.open(device, precision, own), file, replaced);
    }

    KernelLab lab() {
        return lab;
    }

    /** Whether work run so is this contestant's: all with the shipped kernels, else that which calls the file's. */
    boolean takesPart(Workload work, Choice choice) {
        return file == null || lab.calls(work, choice).stream().anyMatch(call -> replaced.contains(call.kernel()));
    }

    /** A choice in words, with the file. */
    String version(Choice choice) {
        return file == null ? choice.toString() : choice + " with " + file.name();
    }

    /**
     * Demands that a file was called.
     *
     * @param called whatever was
     */
    void requireSome(List<?> called) {
        if (file != null && called.isEmpty()) {
            throw new BadFileException(
                    file.name(),
                    BadFileException.NO_OFFSET,
                    "kernels in place of " + String.join(", ", replaced) + ", which nothing calls here",
                    "some that this device and these shapes call",
                    "see benchmarks.jar kernels list");
        }
    }

    @Override
    public void close() {
        lab.close();
    }
}
