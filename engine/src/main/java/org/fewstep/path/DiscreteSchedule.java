package org.fewstep.path;

import java.util.Arrays;

/**
 * A discrete diffusion read at any time: timestep n of N lies at t = (n + 1) / N, and ln alpha is linear between timesteps
 * and beyond the ends; sigma = sqrt(1 - alpha^2). Noise at 1.
 *
 * <p>Before the first timestep the line is cut where alpha reaches 1, so that the clean end exists; the published code
 * goes on to alpha above 1 and gets no sigma there. The derivatives jump at the timesteps.
 *
 * @param logAlpha ln alpha at each timestep, at least two, below 0 and strictly falling
 * @paper Lu et al. 2022: DPM-Solver, arXiv:2206.00927
 */
public record DiscreteSchedule(double[] logAlpha) implements NoiseSchedule {
    /** Where DPM-Solver's code cuts a table. */
    public static final double PUBLISHED_CUT = -5.1;

    /** Networks on discrete times were trained on 1000 of them. */
    private static final double LABELS = 1000;

    public DiscreteSchedule {
        if (logAlpha.length < 2) {
            throw new IllegalArgumentException(
                    "discrete schedule: got " + logAlpha.length + " timesteps; expected at least 2");
        }
        logAlpha = logAlpha.clone();
        double before = 0;
        for (int i = 0; i < logAlpha.length; i++) {
            if (!(logAlpha[i] < before) || Double.isInfinite(logAlpha[i])) {
                throw new IllegalArgumentException(
                        "discrete schedule: got ln alpha " + logAlpha[i] + " after " + before + " at timestep " + i
                                + "; expected finite numbers, strictly falling from below 0; cut the table");
            }
            before = logAlpha[i];
        }
    }

    /** All of a table. */
    public static DiscreteSchedule of(BetaTable table) {
        return of(table, Double.NEGATIVE_INFINITY);
    }

    /**
     * A table without the timesteps whose {@link #lambda} is below a bound. As in DPM-Solver's code the times are then laid
     * over those that are left.
     *
     * @param lambdaMin {@link #PUBLISHED_CUT} in DPM-Solver's code
     */
    public static DiscreteSchedule of(BetaTable table, double lambdaMin) {
        double[] logAlpha = table.alphaSquared();
        int kept = 0;
        for (int i = 0; i < logAlpha.length; i++) {
            logAlpha[i] = 0.5 * Math.log(logAlpha[i]);
            double lambda = logAlpha[i] - 0.5 * Math.log(-Math.expm1(2 * logAlpha[i]));
            if (lambda >= lambdaMin) {
                kept = i + 1;
            }
        }
        return new DiscreteSchedule(Arrays.copyOf(logAlpha, kept));
    }

    @Override
    public double[] logAlpha() {
        return logAlpha.clone();
    }

    /** Number of timesteps N. */
    public int size() {
        return logAlpha.length;
    }

    /** The time of a training timestep, from 0. */
    public double timeOf(int timestep) {
        return (timestep + 1.0) / size();
    }

    /** The time label of networks with 1000 training timesteps: 1000 (t - 1/N), as published, also after a cut. */
    public double label(double t) {
        return LABELS * (t - 1.0 / size());
    }

    @Override
    public String name() {
        return "discrete";
    }

    /** The first of the two timesteps whose line holds at t. */
    private int segment(double t) {
        int left = (int) Math.floor(t * size()) - 1;
        return Math.max(0, Math.min(size() - 2, left));
    }

    private double slope(int segment) {
        return (logAlpha[segment + 1] - logAlpha[segment]) * size();
    }

    private double logAlpha(double t) {
        int i = segment(t);
        return Math.min(0, logAlpha[i] + slope(i) * (t - timeOf(i)));
    }

    @Override
    public double alpha(double t) {
        return Math.exp(logAlpha(t));
    }

    @Override
    public double sigma(double t) {
        return Math.sqrt(-Math.expm1(2 * logAlpha(t)));
    }

    @Override
    public double dAlpha(double t) {
        return slope(segment(t)) * alpha(t);
    }

    @Override
    public double dSigma(double t) {
        double alpha = alpha(t);
        return -slope(segment(t)) * alpha * alpha / sigma(t);
    }

    @Override
    public double timeAtSnr(double snr) {
        Snr.require(snr);
        double wanted = -0.5 * Math.log1p(1 / snr / snr);
        int left = 0;
        int right = size() - 1;
        while (right - left > 1) {
            int middle = (left + right) >>> 1;
            if (logAlpha[middle] >= wanted) {
                left = middle;
            } else {
                right = middle;
            }
        }
        return timeOf(left) + (wanted - logAlpha[left]) / slope(left);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DiscreteSchedule schedule && Arrays.equals(logAlpha, schedule.logAlpha);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(logAlpha);
    }

    @Override
    public String toString() {
        return name() + "[" + size() + " timesteps, ln alpha " + logAlpha[0] + " to " + logAlpha[size() - 1] + "]";
    }
}
