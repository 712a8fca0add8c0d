package org.fewstep.path;

/**
 * Moves the times of the linear path, noise at 1, towards noise: s' = k s / (1 + (k - 1) s). It multiplies the noise level
 * s / (1 - s) by k; k = 1 moves nothing, and shifts in a row multiply their factors.
 *
 * @param factor k, above 0
 * @paper Esser et al. 2024: Scaling Rectified Flow Transformers for High-Resolution Image Synthesis, arXiv:2403.03206
 */
public record FlowShift(double factor) {
    public FlowShift {
        if (!(factor > 0) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException("flow shift: got factor " + factor + "; expected finite and above 0");
        }
    }

    /** The factor e^mu of diffusers' exponential dynamic shift; its linear one has mu itself as factor. */
    public static FlowShift exponential(double mu) {
        return new FlowShift(Math.exp(mu));
    }

    /**
     * FLUX's shift by resolution: mu rises linearly with the number of tokens.
     *
     * @param tokens image patches
     * @param muAt256 0.5 in FLUX
     * @param muAt4096 1.15 in FLUX
     */
    public static FlowShift ofTokens(int tokens, double muAt256, double muAt4096) {
        return exponential(muAt256 + (muAt4096 - muAt256) * (tokens - 256) / (4096 - 256));
    }

    /** The moved time. */
    public double at(double s) {
        return factor * s / (1 + (factor - 1) * s);
    }

    /** The moved times. */
    public double[] at(double[] s) {
        double[] out = new double[s.length];
        for (int i = 0; i < s.length; i++) {
            out[i] = at(s[i]);
        }
        return out;
    }

    /** Times stretched about 1 so that the last becomes {@code terminal} (diffusers' shift_terminal). */
    public static double[] stretched(double[] s, double terminal) {
        double last = s[s.length - 1];
        if (!(0 <= terminal && terminal < 1) || !(last < 1)) {
            throw new IllegalArgumentException("flow shift: got a terminal time of " + terminal + " for a last time of "
                    + last + "; expected both below 1, terminal at least 0");
        }
        double[] out = new double[s.length];
        for (int i = 0; i < s.length; i++) {
            out[i] = 1 - (1 - s[i]) * (1 - terminal) / (1 - last);
        }
        return out;
    }
}
