package org.fewstep.bench.report;

import java.util.List;

/**
 * At most so many bytes a call on the Java heap, what JMH itself allocates in a sample included.
 *
 * @param target greatest number of bytes
 * @param beyond number to go for
 */
record AllocationTarget(String label, Work work, double target, double beyond) implements Target {
    @Override
    public Outcome judge(Run run, List<PeerHealth> health) {
        Measurement own = work.in(run);
        double bytes = own == null ? Double.NaN : own.allocated();
        boolean measured = !Double.isNaN(bytes);
        return new Outcome(
                label,
                "heap",
                measured ? Figures.bytes(bytes) : null,
                null,
                "-",
                "≤ " + Figures.bytes(target) + ", beyond " + Figures.bytes(beyond),
                measured ? Target.atMost(bytes, target, beyond) : "not measured");
    }
}
