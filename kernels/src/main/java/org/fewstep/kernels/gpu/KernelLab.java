package org.fewstep.kernels.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Plan;
import org.fewstep.kernels.Precision;
import org.fewstep.kernels.Recording;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.trial.Operands;
import org.fewstep.kernels.trial.Trial;
import org.fewstep.kernels.trial.Trials;
import org.jspecify.annotations.Nullable;

/**
 * Kernels under the microscope: which choices a workload has on a device, what each of them calls, and each of them run.
 *
 * <p>A lab has a device of its own, on which everything that nobody asks for is as the families themselves choose: neither
 * system properties nor tuned files count. One thread uses a lab.
 */
public final class KernelLab implements AutoCloseable {
    /** An H100 on paper. */
    private static final int UNITS_ON_PAPER = 132;

    private final Driver driver;
    private final Programs programs;
    private final GpuDevice device;
    private final Programs onPaper;
    private final Picked picked = new Picked();

    private KernelLab(String name, Driver driver, Precision precision) {
        this.driver = driver;
        this.programs = new Programs(driver, ProgramCache.ofUser(), Source::of);
        try {
            this.device = GpuDevices.open(name, driver, programs, picked, precision);
        } catch (RuntimeException e) {
            driver.close();
            throw e;
        }
        this.onPaper = new Programs(new PaperDriver(driver.facts()), new ProgramCache(null), file -> "");
    }

    /** Runs one family as it is told, and remembers what that family might have done. */
    private static final class Picked implements Choices {
        private Workload.@Nullable Family family;
        private @Nullable Choice choice;
        private List<Choice> legal = List.of();

        void pick(Workload work, @Nullable Choice wanted) {
            family = work.family();
            choice = wanted;
            legal = List.of();
        }

        void drop() {
            family = null;
            choice = null;
        }

        @Override
        public Choice of(Workload work, List<Choice> choices) {
            Choice wanted = choice;
            if (work.family() != family) {
                return choices.get(0);
            }
            legal = choices;
            if (wanted == null) {
                return choices.get(0);
            }
            if (!choices.contains(wanted)) {
                throw new DeviceException(work.label() + ": got " + wanted + "; expected one of " + choices
                        + ", which can do this work here");
            }
            return wanted;
        }
    }

    /**
     * Opens a device.
     *
     * @param name {@code opencl:i} or {@code cuda:i}
     * @throws DeviceException when it is not there or cannot compute with that precision, with the reason
     */
    public static KernelLab open(String name, Precision precision) {
        return new KernelLab(name, GpuDevices.driver(name), precision);
    }

    /** Opens a device where a researcher's kernels stand in for shipped ones. */
    public static KernelLab open(String name, Precision precision, OwnKernels own) {
        return new KernelLab(name, new SubstitutingDriver(GpuDevices.driver(name), own), precision);
    }

    /** A CUDA device that exists on paper: it says what would be called, and computes nothing. */
    public static KernelLab onPaper(int capability, Precision precision) {
        return onPaper(
                new Driver.Facts("paper", "", Driver.Backend.CUDA, capability, false, true, UNITS_ON_PAPER, 1L << 36),
                precision);
    }

    private static KernelLab onPaper(Driver.Facts facts, Precision precision) {
        return new KernelLab("paper:0", new PaperDriver(facts), precision);
    }

    /** Number of versions of a family. */
    public static int versions(Workload.Family family) {
        return GpuKernels.versions(family);
    }

    /**
     * The text of a shipped kernel file.
     *
     * @throws IllegalArgumentException when there is none of that name
     */
    public static String source(String file) {
        return Source.read(file);
    }

    /**
     * A researcher's text with the files that it includes in their places: those in its folder, and the shipped ones.
     * Compilers' messages still name the right files and lines.
     *
     * @param file as messages name it
     * @param folder where included files are looked for first, or null
     */
    public static String expand(String file, String text, @Nullable Path folder) {
        return Source.of(file, name -> name.equals(file) ? text : included(name, folder));
    }

    private static String included(String name, @Nullable Path folder) {
        Path beside = folder == null ? null : folder.resolve(name);
        if (beside == null || !Files.isRegularFile(beside)) {
            return Source.read(name);
        }
        try {
            return Files.readString(beside);
        } catch (IOException e) {
            throw new IllegalArgumentException("kernel file " + beside + ": cannot be read: " + e.getMessage(), e);
        }
    }

    public Device device() {
        return device;
    }

    /** The device in words. */
    public String description() {
        return GpuDevices.describe(driver.facts());
    }

    /** Whether kernels are compiled as CUDA C++ here, else as OpenCL C. */
    public boolean isCuda() {
        return driver.facts().backend() == Driver.Backend.CUDA;
    }

    /** F32, and F64 where the device computes in it. */
    public List<DType> dtypes() {
        return driver.facts().f64() ? List.of(DType.F32, DType.F64) : List.of(DType.F32);
    }

    Precision precision() {
        return device.precision();
    }

    /** The precisions that the device computes F32 products in. */
    public List<Precision> precisions() {
        return driver.facts().tensorCores() ? List.of(Precision.values()) : List.of(Precision.F32);
    }

    /** Compute units. */
    public int units() {
        return driver.facts().units();
    }

    Driver.Facts facts() {
        return driver.facts();
    }

    /** The choices that a workload of this device has, the family's own in front; none for one without work. */
    public List<Choice> legal(Workload work) {
        plan(work, null);
        return picked.legal;
    }

    /**
     * A kernel that one choice of a family's calls.
     *
     * @param usual whether some workload takes this choice of itself
     * @param call the first such call
     */
    public record Use(Choice choice, boolean usual, KernelCall call) {}

    /**
     * What the choices of a family call on this device, each kernel once a choice and set of options. Workloads are those of
     * {@link Trials}; nothing is compiled or run.
     */
    public List<Use> uses(Workload.Family family) {
        Map<List<Object>, Use> uses = new LinkedHashMap<>();
        List<Trial> trials = new ArrayList<>(Trials.edges(family));
        Trials.tuned(family).forEach(shape -> trials.addAll(Trials.of(family, shape)));
        try (KernelLab paper = onPaper(driver.facts(), device.precision())) {
            for (DType dtype : dtypes()) {
                trials.forEach(trial -> paper.note(trial, dtype, uses));
            }
        }
        return List.copyOf(uses.values());
    }

    private void note(Trial trial, DType dtype, Map<List<Object>, Use> to) {
        try (Operands operands = Operands.blank(device, dtype)) {
            Workload work = trial.on(operands);
            List<Choice> choices = legal(work);
            for (Choice choice : choices) {
                for (KernelCall call : calls(work, choice)) {
                    List<Object> key = List.of(choice, call.file(), call.options(), call.kernel());
                    boolean usual = choice.equals(choices.get(0));
                    to.merge(key, new Use(choice, usual, call), (a, b) -> a.usual() ? a : b);
                }
            }
        }
    }

    /** What a workload calls, in this order. */
    public List<KernelCall> calls(Workload work, Choice choice) {
        return plan(work, choice).stream().map(PaperDriver::call).toList();
    }

    /** Nothing is compiled. */
    private List<Launch> plan(Workload work, @Nullable Choice choice) {
        Driver paper = new PaperDriver(driver.facts());
        Launches launches = new Launches(
                onPaper,
                driver.facts(),
                picked,
                device.precision(),
                (dtype, size) -> paper.allocate((long) size * dtype.bytes()));
        picked.pick(work, choice);
        try {
            GpuKernels.plan(work, launches);
        } finally {
            picked.drop();
        }
        return launches.list();
    }

    /** Distance of neighbours near 1 of the numbers that a choice computes with: a tolerance is a multiple of it. */
    public double epsilon(Workload work, Choice choice) {
        return GpuKernels.epsilon(work, choice);
    }

    /**
     * Runs a workload in one way.
     *
     * @throws DeviceException when it may not run so
     */
    public void run(Workload work, Choice choice) {
        picked.pick(work, choice);
        try {
            device.run(work);
        } finally {
            picked.drop();
        }
    }

    /** Times a workload run in one way, its launches recorded before. */
    public Timing time(Workload work, Choice choice, double seconds) {
        try (Plan plan = record(work, choice)) {
            return Timing.of(plan::replay, device::synchronize, seconds);
        }
    }

    private Plan record(Workload work, Choice choice) {
        picked.pick(work, choice);
        try (Recording recording = device.record()) {
            device.run(work);
            return recording.finish();
        } finally {
            picked.drop();
        }
    }

    /** Measures what the device can do at most. */
    public Roof roof(DType dtype, double seconds) {
        return Roof.measure(device, driver, programs, dtype, seconds);
    }

    /** What a kernel takes of this device, as its driver says. */
    public KernelResources resources(KernelCall call) {
        DType dtype = call.options().contains("-DREAL_IS_DOUBLE=1")
                ? DType.F64
                : call.options().contains("-DREAL_IS_INT=1") ? DType.I32 : DType.F32;
        List<String> defines = new ArrayList<>();
        for (String option : call.options()) {
            if (!option.startsWith("-DREAL_IS_")) {
                defines.add(option.substring("-D".length()));
            }
        }
        return driver.resources(programs.function(call.file(), dtype, call.kernel(), defines.toArray(String[]::new)));
    }

    @Override
    public void close() {
        device.close();
    }
}
