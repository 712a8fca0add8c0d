package org.fewstep.bench.report;

/**
 * At most so many bytes a call on the Java heap. JMH itself allocates some 3 KB in a sample; up to 4 KB of that count as
 * nothing.
 *
 * @param target greatest number of bytes
 * @param beyond number to go for
 */
record AllocationTarget(String label, Work work, double target, double beyond) implements Target {
    private static final double HARNESS_BYTES = 4096;
    private static final double SAMPLE_SECONDS = 0.1;

    @Override
    public Outcome judge(Run run, PeerHealth health) {
        Measurement own = work.in(run);
        double bytes = own == null ? Double.NaN : own.allocated();
        double harness = own == null ? 0 : HARNESS_BYTES * own.mean() / SAMPLE_SECONDS;
        boolean measured = !Double.isNaN(bytes);
        return new Outcome(
                label,
                "heap",
                measured ? Figures.bytes(bytes) : null,
                null,
                "-",
                "≤ " + Figures.bytes(target) + ", beyond " + Figures.bytes(beyond),
                measured ? Target.atMost(Math.max(0, bytes - harness), target, beyond) : "not measured");
    }
}
