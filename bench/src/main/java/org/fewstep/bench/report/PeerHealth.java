package org.fewstep.bench.report;

import java.util.List;
import java.util.Map;
import org.fewstep.bench.machine.FmaPeak;
import org.jspecify.annotations.Nullable;

/**
 * Whether another library ran as it should. libtorch collapses on a busy machine, by up to two orders of magnitude, and
 * its MKL, as OpenBLAS, takes kernels of half the speed or less on processors that it does not know. So a run counts only
 * if the library's product of 512 x 512 matrices reaches a share of the multiply-adds measured in the same run, on every
 * number of threads measured, and a time of libtorch only if its median is at most {@link #MOST_SPREAD} times its minimum.
 *
 * @param rule what the library is held to
 * @param counts whether the run's times of the library count
 * @param reason in words, with the figures
 */
record PeerHealth(Rule rule, boolean counts, String reason) {
    /**
     * What a library is held to.
     *
     * @param engine its name in benchmarks
     * @param name its name in words
     * @param leastShare of the multiply-adds
     * @param mostSpread median over minimum of a time
     */
    record Rule(String engine, String name, double leastShare, double mostSpread) {}

    static final double MOST_SPREAD = 1.5;

    static final Rule LIBTORCH = new Rule("djl", "libtorch", 0.75, MOST_SPREAD);

    /** OpenBLAS reached 58 to 82 % with the processor's own kernels, and 20 to 45 % with those of others. */
    static final Rule ND4J = new Rule("nd4j", "ND4J", 0.5, Double.POSITIVE_INFINITY);

    private static final double FLOPS = 2.0 * 512 * 512 * 512;

    /** The health of a run's libraries that have a rule. */
    static List<PeerHealth> of(Run run) {
        return List.of(of(run, LIBTORCH), of(run, ND4J));
    }

    /** The health of one of them. */
    static PeerHealth of(Run run, Rule rule) {
        StringBuilder figures = new StringBuilder();
        boolean healthy = true;
        for (int threads = 1; threads <= 2; threads++) {
            String count = Integer.toString(threads);
            Measurement product = run.peer(rule.engine(), "MatMul", Map.of("sizes", "512x512x512", "threads", count));
            if (product == null) {
                continue;
            }
            Measurement peak = run.own("Peak", Map.of("threads", count), "", "");
            if (peak == null) {
                String reason =
                        "the run has no PeakBenchmark with " + count + " threads to judge " + rule.name() + " by";
                return new PeerHealth(rule, false, reason);
            }
            double share = FLOPS / product.min() / (FmaPeak.FLOPS * (double) threads / peak.min());
            healthy &= share >= rule.leastShare();
            figures.append(figures.length() == 0 ? "" : ", ")
                    .append(Figures.percent(share))
                    .append(" on ")
                    .append(threads)
                    .append(threads == 1 ? " thread" : " threads");
        }
        if (figures.length() == 0) {
            String reason = "the run has no product of 512 x 512 matrices of " + rule.name() + " to judge it by";
            return new PeerHealth(rule, false, reason);
        }
        String text = rule.name() + "'s product of 512 x 512 matrices reaches " + figures
                + " of the multiply-adds measured in this run; a run counts from "
                + Figures.percent(rule.leastShare());
        return new PeerHealth(rule, healthy, text);
    }

    /** Why a measurement of another library does not count, or null where it does. */
    static @Nullable String objection(List<PeerHealth> all, Measurement peer) {
        for (PeerHealth health : all) {
            if (peer.engine().equals(health.rule().engine())) {
                return health.objection(peer);
            }
        }
        return null;
    }

    private @Nullable String objection(Measurement peer) {
        if (!counts) {
            return "not counted: " + rule.name() + " unhealthy";
        }
        double spread = peer.median() / peer.min();
        return spread > rule.mostSpread() ? "discarded: median " + Figures.ratio(spread) + " its minimum" : null;
    }
}
