package org.fewstep.bench.report;

import java.util.List;
import java.util.Map;
import org.fewstep.bench.work.EngineDevice;
import org.jspecify.annotations.Nullable;

/** Something that was asked for, and what a run says about it. */
sealed interface Target permits SpeedTarget, CostTarget, AllocationTarget {
    /** The work in words. */
    String label();

    /** What a run says. */
    Outcome judge(Run run, List<PeerHealth> health);

    /**
     * A kind of work on this engine as users get it.
     *
     * @param mode eager or replayed; empty where there is one way
     */
    record Work(String name, Map<String, String> params, String mode) {
        Work(String name, Map<String, String> params) {
            this(name, params, "");
        }

        /** What a run says of it, or null. */
        @Nullable
        Measurement in(Run run) {
            return run.own(name, params, EngineDevice.DEFAULT, mode);
        }
    }

    /**
     * A row of the table.
     *
     * @param label work
     * @param against other library or work
     * @param own this engine's figure, null where not measured
     * @param other the figure compared with, null where there is none
     * @param ratio that is judged, or what stands in its place
     * @param asked the target
     * @param verdict beyond, met, MISSED, or why there is none
     */
    record Outcome(
            String label,
            String against,
            @Nullable String own,
            @Nullable String other,
            String ratio,
            String asked,
            String verdict) {}

    /** The words for a figure that shall be high. */
    static String atLeast(double figure, double target, double beyond) {
        return figure >= beyond ? "beyond" : figure >= target ? "met" : "MISSED";
    }

    /** The words for a figure that shall be low. */
    static String atMost(double figure, double target, double beyond) {
        return figure <= beyond ? "beyond" : figure <= target ? "met" : "MISSED";
    }
}
