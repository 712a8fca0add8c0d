package org.fewstep.solver;

/**
 * Integer timesteps of a network trained on timesteps 0 to T - 1, from noise to data, as diffusers spaces them. Halves are
 * rounded to even.
 *
 * <p>LEADING never reaches T - 1, and LINSPACE with the end included spends its last step on timestep 0; schedules of zero
 * terminal signal need TRAILING.
 *
 * @paper Lin et al. 2024: Common Diffusion Noise Schedules and Sample Steps are Flawed, arXiv:2305.08891
 */
public enum TimestepSpacing {
    /** Multiples of floor(T / n), from 0. */
    LEADING,
    /** Equal real steps from 0 to T - 1. */
    LINSPACE,
    /** T - 1, and back in steps of T / n. */
    TRAILING;

    /**
     * n timesteps with the last one included (DDIM, Euler, PNDM).
     *
     * @param trained T
     * @param n at least 1, at most T
     * @param offset added by LEADING
     */
    public double[] timesteps(int trained, int n, int offset) {
        requireCount(trained, n);
        double[] out = fractional(trained, n, offset);
        for (int i = 0; i < n; i++) {
            out[i] = this == LINSPACE ? Math.rint(out[i]) : out[i];
        }
        return out;
    }

    /** As {@link #timesteps}, but LINSPACE is not rounded (Euler). */
    public double[] fractional(int trained, int n, int offset) {
        requireCount(trained, n);
        double[] out = new double[n];
        for (int i = 0; i < n; i++) {
            int left = n - 1 - i;
            out[i] = switch (this) {
                case LEADING -> (double) left * (trained / n) + offset;
                case LINSPACE -> linspace(trained - 1, n, left);
                case TRAILING -> trailing(trained, (double) trained / n, i);
            };
        }
        return out;
    }

    /**
     * n timesteps that are spaced as if there were one more, which is left to the clean end (DPM-Solver, UniPC, SA-Solver,
     * DEIS).
     *
     * <p>TRAILING keeps its steps of T / n where the noisiest timesteps are cut off, so there may be fewer than n then.
     *
     * @param trained T
     * @param used timesteps 0 to used - 1 are used, T unless the noisiest are cut off
     * @param n at least 1, at most used
     * @param offset added by LEADING
     */
    public double[] timestepsBeforeEnd(int trained, int used, int n, int offset) {
        requireCount(used, n);
        boolean fewer = this == TRAILING && used < trained;
        double[] out = new double[fewer ? (int) Math.ceil(used / ((double) trained / n)) : n];
        for (int i = 0; i < out.length; i++) {
            int left = n - i;
            out[i] = switch (this) {
                case LEADING -> (double) left * (used / (n + 1)) + offset;
                case LINSPACE -> Math.rint(linspace(used - 1, n + 1, left));
                case TRAILING -> trailing(used, (double) trained / n, i);
            };
        }
        return out;
    }

    private static double linspace(int last, int count, int i) {
        return i == count - 1 && count > 1 ? last : i * ((double) last / Math.max(1, count - 1));
    }

    /** The published code adds up a rounded step, which decides where halves fall. */
    private static double trailing(int from, double step, int i) {
        double rounded = (from - step) - from;
        return Math.rint(from + i * rounded) - 1;
    }

    private static void requireCount(int trained, int n) {
        if (n < 1 || n > trained) {
            throw new IllegalArgumentException(
                    "timestep spacing: got " + n + " timesteps; expected 1 to the " + trained + " of training");
        }
    }
}
