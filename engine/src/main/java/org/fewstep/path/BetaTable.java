package org.fewstep.path;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * A table of the noise rates beta of a discrete diffusion, beta of the first training timestep first. The product of 1 -
 * beta up to timestep n is alpha^2 there, and sigma^2 = 1 - alpha^2.
 *
 * @param name as in recipes
 * @param betas in (0, 1); the last may be 1, which leaves no data at all
 */
public record BetaTable(String name, double[] betas) {
    /** Published cap of the cosine table's rates. */
    public static final double MAX_BETA = 0.999;

    private static final double COSINE_OFFSET = 0.008;
    private static final double EXP_RATE = 12;

    public BetaTable {
        if (betas.length < 2) {
            throw new IllegalArgumentException("beta table: got " + betas.length + " rates; expected at least 2");
        }
        betas = betas.clone();
        for (int i = 0; i < betas.length; i++) {
            if (!(betas[i] > 0 && (betas[i] < 1 || (betas[i] == 1 && i == betas.length - 1)))) {
                throw new IllegalArgumentException(
                        "beta table: got rate " + betas[i] + " at timestep " + i + "; expected above 0 and below 1");
            }
        }
    }

    /** Equal steps in beta (DDPM: 1000 from 1e-4 to 0.02). */
    public static BetaTable linear(int n, double first, double last) {
        return new BetaTable("linear", linspace(n, first, last));
    }

    /** Equal steps in sqrt(beta) (Stable Diffusion: 1000 from 0.00085 to 0.012). */
    public static BetaTable scaledLinear(int n, double first, double last) {
        double[] roots = linspace(n, Math.sqrt(first), Math.sqrt(last));
        return new BetaTable(
                "scaled_linear", Arrays.stream(roots).map(r -> r * r).toArray());
    }

    /**
     * Rates that make alpha a quarter wave (Nichol, Dhariwal 2021, arXiv:2102.09672).
     *
     * @param maxBeta cap of the rates, without which the last would be 1
     */
    public static BetaTable cosine(int n, double maxBeta) {
        return ofAlphaSquared("cosine", n, maxBeta, t -> {
            double cos = Math.cos((t + COSINE_OFFSET) / (1 + COSINE_OFFSET) * Math.PI / 2);
            return cos * cos;
        });
    }

    /** Rates that make alpha^2 fall as exp(-12 t). */
    public static BetaTable exponential(int n) {
        return ofAlphaSquared("exp", n, MAX_BETA, t -> Math.exp(-EXP_RATE * t));
    }

    private static BetaTable ofAlphaSquared(String name, int n, double maxBeta, DoubleUnaryOperator alphaSquared) {
        double[] betas = new double[n];
        for (int i = 0; i < n; i++) {
            double ratio =
                    alphaSquared.applyAsDouble((double) (i + 1) / n) / alphaSquared.applyAsDouble((double) i / n);
            betas[i] = Math.min(1 - ratio, maxBeta);
        }
        return new BetaTable(name, betas);
    }

    private static double[] linspace(int n, double first, double last) {
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = first + (last - first) * i / (n - 1);
        }
        return values;
    }

    /** The rates. */
    @Override
    public double[] betas() {
        return betas.clone();
    }

    /** Number of training timesteps. */
    public int size() {
        return betas.length;
    }

    /** alpha^2 at each timestep, the running product of 1 - beta. */
    public double[] alphaSquared() {
        double[] out = new double[betas.length];
        double product = 1;
        for (int i = 0; i < out.length; i++) {
            product *= 1 - betas[i];
            out[i] = product;
        }
        return out;
    }

    /**
     * The table whose last timestep holds no data: sqrt(alpha^2) is shifted so that its last entry is 0 and scaled so that
     * its first stays. Networks must then predict v or x0, for eps says nothing there.
     *
     * @paper Lin et al. 2024: Common Diffusion Noise Schedules and Sample Steps are Flawed, arXiv:2305.08891
     */
    public BetaTable zeroTerminalSnr() {
        double[] alpha = Arrays.stream(alphaSquared()).map(Math::sqrt).toArray();
        double first = alpha[0];
        double last = alpha[alpha.length - 1];
        double[] rescaled = new double[alpha.length];
        double before = 1;
        for (int i = 0; i < alpha.length; i++) {
            double a = (alpha[i] - last) * (first / (first - last));
            rescaled[i] = 1 - a * a / before;
            before = a * a;
        }
        return new BetaTable(name + "-zero-snr", rescaled);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BetaTable table && name.equals(table.name) && Arrays.equals(betas, table.betas);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(betas);
    }

    @Override
    public String toString() {
        return name + "[" + betas.length + " rates, " + betas[0] + " to " + betas[betas.length - 1] + "]";
    }
}
