package org.fewstep.bench.report;

import java.util.List;

/**
 * At most so many times the time of other work of this engine: the ratio of the minima.
 *
 * @param base the other work
 * @param target greatest ratio
 * @param beyond ratio to go for
 */
record CostTarget(String label, Work work, Work base, double target, double beyond) implements Target {
    @Override
    public Outcome judge(Run run, List<PeerHealth> health) {
        Measurement own = work.in(run);
        Measurement other = base.in(run);
        double times = own == null || other == null ? Double.NaN : own.min() / other.min();
        boolean measured = !Double.isNaN(times);
        return new Outcome(
                label,
                "own",
                own == null ? null : Figures.time(own.min()),
                other == null ? null : Figures.time(other.min()),
                measured ? Figures.ratio(times) : "-",
                "≤ " + Figures.ratio(target) + ", beyond " + Figures.ratio(beyond),
                measured ? Target.atMost(times, target, beyond) : "not measured");
    }
}
