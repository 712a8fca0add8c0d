package org.fewstep.kernels.gpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiPredicate;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.trial.Operands;
import org.fewstep.kernels.trial.Oracle;
import org.fewstep.kernels.trial.Trial;
import org.fewstep.kernels.trial.Verdict;
import org.jspecify.annotations.Nullable;

/** A trial run in each way that it may be run on a device: checked against the oracle, and timed where it is right. */
public final class Race {
    /**
     * One way.
     *
     * @param verdict how its results compare with the oracle's
     * @param sameBits whether they have the bits of the first way
     * @param timing null where it was not to be timed, or is wrong
     */
    public record Entry(
            Choice choice,
            Verdict verdict,
            boolean sameBits,
            @Nullable Timing timing) {}

    /**
     * All ways.
     *
     * @param label of the workload
     * @param bytes that it states
     * @param flops that it states
     * @param entries the family's own choice in front; none where nothing was to do
     */
    public record Outcome(String label, long bytes, long flops, List<Entry> entries) {}

    private Race() {}

    /**
     * Runs a trial.
     *
     * @param oracle of this trial
     * @param wanted which of the legal ways
     * @param seconds for the timing of each, or 0 for none
     */
    public static Outcome run(
            KernelLab lab,
            Trial trial,
            DType dtype,
            Oracle oracle,
            BiPredicate<Workload, Choice> wanted,
            double seconds) {
        List<Entry> entries = new ArrayList<>();
        try (Operands operands = new Operands(lab.device(), dtype)) {
            Workload work = trial.on(operands);
            @Nullable List<double[]> first = null;
            for (Choice choice : lab.legal(work)) {
                if (!wanted.test(work, choice)) {
                    continue;
                }
                operands.reset();
                lab.run(work, choice);
                List<double[]> results = Operands.results(work);
                first = first == null ? results : first;
                Verdict verdict = oracle.judge(results, lab.epsilon(work, choice));
                Timing timing = verdict.ok() && seconds > 0 ? lab.time(work, choice, seconds) : null;
                entries.add(new Entry(choice, verdict, sameBits(first, results), timing));
            }
            return new Outcome(work.label(), work.bytes(), work.flops(), entries);
        }
    }

    private static boolean sameBits(List<double[]> a, List<double[]> b) {
        for (int i = 0; i < a.size(); i++) {
            if (!Arrays.equals(a.get(i), b.get(i))) {
                return false;
            }
        }
        return true;
    }
}
