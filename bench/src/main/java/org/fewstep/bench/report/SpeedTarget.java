package org.fewstep.bench.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * As fast as another library, times a factor: the ratio of the minima.
 *
 * @param provider of this engine
 * @param peer the library
 * @param on17 factor on a JDK before 25
 * @param on25 factor from JDK 25 on
 * @param beyond factor to go for
 */
record SpeedTarget(String label, Work work, String provider, String peer, double on17, double on25, double beyond)
        implements Target {
    @Override
    public Outcome judge(Run run, List<PeerHealth> health) {
        Measurement own = run.own(work.name(), work.params(), provider, work.mode());
        Measurement other = run.peer(peer, work.name(), work.params());
        double target = run.jdk() >= 25 ? on25 : on17;
        String asked = "≥ " + Figures.ratio(target) + ", beyond " + Figures.ratio(beyond);
        String ratio = "-";
        String verdict;
        if (own == null || other == null) {
            verdict = "not measured";
        } else {
            @Nullable String objection = PeerHealth.objection(health, other);
            if (objection != null) {
                verdict = objection;
            } else {
                double times = other.min() / own.min();
                ratio = Figures.ratio(times);
                verdict = Target.atLeast(times, target, beyond);
            }
        }
        return new Outcome(label, peer, time(own), time(other), ratio, asked, verdict);
    }

    private static @Nullable String time(@Nullable Measurement m) {
        return m == null ? null : Figures.time(m.min());
    }
}
