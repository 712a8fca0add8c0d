package org.fewstep.bench.report;

import java.util.Map;
import org.fewstep.bench.machine.FmaPeak;
import org.jspecify.annotations.Nullable;

/**
 * Whether libtorch ran as it should. It collapses on a busy machine, by up to two orders of magnitude, so a run counts
 * only if its product of 512 x 512 matrices reaches {@link #LEAST_SHARE} of the multiply-adds measured in the same run, on
 * every number of threads measured, and a time only if its median is at most {@link #MOST_SPREAD} times its minimum.
 *
 * @param counts whether the run's libtorch times count
 * @param reason in words, with the figures
 */
record PeerHealth(boolean counts, String reason) {
    /** The library with this rule. */
    static final String LIBTORCH = "djl";

    static final double LEAST_SHARE = 0.75;
    static final double MOST_SPREAD = 1.5;

    private static final double FLOPS = 2.0 * 512 * 512 * 512;

    /** The health of a run's libtorch. */
    static PeerHealth of(Run run) {
        StringBuilder figures = new StringBuilder();
        boolean healthy = true;
        for (int threads = 1; threads <= 2; threads++) {
            String count = Integer.toString(threads);
            Measurement product = run.peer(LIBTORCH, "MatMul", Map.of("sizes", "512x512x512", "threads", count));
            if (product == null) {
                continue;
            }
            Measurement peak = run.own("Peak", Map.of("threads", count), "", "");
            if (peak == null) {
                return new PeerHealth(
                        false, "the run has no PeakBenchmark with " + count + " threads to judge libtorch by");
            }
            double share = FLOPS / product.min() / (FmaPeak.FLOPS * (double) threads / peak.min());
            healthy &= share >= LEAST_SHARE;
            figures.append(figures.length() == 0 ? "" : ", ")
                    .append(Figures.percent(share))
                    .append(" on ")
                    .append(threads)
                    .append(threads == 1 ? " thread" : " threads");
        }
        if (figures.length() == 0) {
            return new PeerHealth(false, "the run has no libtorch product of 512 x 512 matrices to judge it by");
        }
        String text = "libtorch's product of 512 x 512 matrices reaches " + figures
                + " of the multiply-adds measured in this run; a run counts from "
                + Figures.percent(LEAST_SHARE);
        return new PeerHealth(healthy, text);
    }

    /** Why a measurement of another library does not count, or null where it does. */
    @Nullable
    String objection(Measurement peer) {
        if (!peer.engine().equals(LIBTORCH)) {
            return null;
        }
        if (!counts) {
            return "not counted: libtorch unhealthy";
        }
        double spread = peer.median() / peer.min();
        return spread > MOST_SPREAD ? "discarded: median " + Figures.ratio(spread) + " its minimum" : null;
    }
}
