package org.fewstep.kernels.gpu;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.DeviceException;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.trial.Operands;
import org.fewstep.kernels.trial.Oracle;
import org.fewstep.kernels.trial.Trial;
import org.jspecify.annotations.Nullable;

/**
 * Finds the fastest choice for each size class of the given trials, and writes it to the user's file.
 *
 * <p>A choice is timed only after its results were held against the oracle; one that is wrong is never chosen. Another
 * choice than the family's own must be faster by more than noise. Nothing is tuned but when somebody asks for it.
 */
public final class Tuner {
    /** What is not faster than this part of the family's own time is not worth another choice. */
    private static final double NOISE = 0.95;

    /**
     * What was found for one size class.
     *
     * @param key in the file
     * @param usual the family's own choice
     * @param chosen the fastest
     * @param times of the choices as parts of the usual one's, in words; wrong ones say how
     * @param wrong whether a choice is wrong
     */
    public record Finding(String key, Choice usual, Choice chosen, String times, boolean wrong) {}

    /** Outcomes of the trials of one size class. */
    private static final class Group {
        private final Map<Choice, List<Double>> ratios = new LinkedHashMap<>();
        private final Map<Choice, String> faults = new LinkedHashMap<>();
        private final LaunchTable.Entry entry;

        Group(LaunchTable.Entry entry) {
            this.entry = entry;
        }
    }

    private final KernelLab lab;
    private final double seconds;
    private final Map<String, Group> groups = new LinkedHashMap<>();

    /**
     * Without any result yet.
     *
     * @param seconds for each timing
     */
    public Tuner(KernelLab lab, double seconds) {
        this.lab = lab;
        this.seconds = seconds;
    }

    /**
     * Races the choices of a trial where there is more than one.
     *
     * @param told what was measured, a line each
     */
    public void race(Trial trial, DType dtype, Consumer<String> told) {
        LaunchTable.Entry entry = entry(trial, dtype);
        if (entry == null) {
            return;
        }
        Race.Outcome outcome = Race.run(lab, trial, dtype, Oracle.of(trial), (work, choice) -> true, seconds);
        Group group = groups.computeIfAbsent(entry.key(), key -> new Group(entry));
        boolean oneSum = entry.rows() >= 0;
        Timing usual = outcome.entries().get(0).timing();
        for (Race.Entry one : outcome.entries()) {
            String fault = one.verdict().wrong();
            if (fault == null && oneSum && !one.sameBits()) {
                fault = "has other bits than " + entry.choice() + ", against what the family states";
            }
            Timing timing = one.timing();
            if (fault != null || timing == null || usual == null) {
                group.faults.put(one.choice(), String.valueOf(fault));
            } else {
                group.ratios
                        .computeIfAbsent(one.choice(), choice -> new ArrayList<>())
                        .add(timing.median() / usual.median());
            }
            told.accept(trial + " " + dtype + " " + one.choice() + ": " + (fault == null ? timing : fault));
        }
    }

    /** The size class of a trial with the family's own choice, or null where there is no other. */
    private LaunchTable.@Nullable Entry entry(Trial trial, DType dtype) {
        try (Operands operands = Operands.blank(lab.device(), dtype)) {
            Workload work = trial.on(operands);
            List<Choice> legal = lab.legal(work);
            return legal.size() < 2
                    ? null
                    : LaunchTable.entry(
                            lab.facts(),
                            lab.precision(),
                            work,
                            GpuKernels.haveBitsOfFirst(work.family(), legal),
                            legal.get(0));
        }
    }

    /** What the races so far say. */
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        groups.forEach((key, group) -> findings.add(finding(key, group)));
        return findings;
    }

    private static Finding finding(String key, Group group) {
        Choice usual = group.entry.choice();
        Choice best = usual;
        double least = NOISE;
        List<String> times = new ArrayList<>();
        for (Map.Entry<Choice, List<Double>> one : group.ratios.entrySet()) {
            if (group.faults.containsKey(one.getKey())) {
                continue;
            }
            double ratio = geometricMean(one.getValue());
            times.add(String.format(Locale.ROOT, "%s %.2f", one.getKey(), ratio));
            if (ratio < least) {
                least = ratio;
                best = one.getKey();
            }
        }
        group.faults.forEach((choice, fault) -> times.add(choice + " wrong"));
        return new Finding(key, usual, best, String.join(", ", times), !group.faults.isEmpty());
    }

    private static double geometricMean(List<Double> values) {
        double logs = 0;
        for (double value : values) {
            logs += Math.log(value);
        }
        return Math.exp(logs / values.size());
    }

    /**
     * Writes what was found to the user's file, in which other entries stay.
     *
     * @return the file
     * @throws DeviceException when there is a file that cannot be read
     */
    public Path write() {
        Path place = LaunchTable.place();
        if (place == null) {
            throw new IllegalArgumentException(
                    "tune: got -Dfewstep.launches=off; expected a file to write to, or no such property");
        }
        List<LaunchTable.Entry> fresh = new ArrayList<>();
        groups.forEach((key, group) -> {
            LaunchTable.Entry e = group.entry;
            Choice chosen = finding(key, group).chosen();
            fresh.add(new LaunchTable.Entry(
                    e.backend(),
                    e.device(),
                    e.family(),
                    e.label(),
                    e.dtype(),
                    e.precision(),
                    e.rows(),
                    e.sizes(),
                    chosen));
        });
        present(place).with(fresh).write(place);
        return place;
    }

    private static LaunchTable present(Path place) {
        try {
            return Files.exists(place) ? LaunchTable.read(place) : LaunchTable.empty();
        } catch (NoSuchFileException e) {
            return LaunchTable.empty();
        }
    }
}
