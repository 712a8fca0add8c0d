package org.fewstep.solver;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.fewstep.path.EdmVpSchedule;

/**
 * The noise levels of EDM's ablations, highest first, without the 0 at the end.
 *
 * @paper Karras et al. 2022: Elucidating the Design Space of Diffusion-Based Generative Models, arXiv:2206.00364, table 1
 */
public final class EdmDiscretization {
    private EdmDiscretization() {}

    /** EDM's own: equal steps of sigma^(1/rho) from max to min. */
    public static double[] edm(int points, double min, double max, double rho) {
        KarrasSpacing karras = new KarrasSpacing(rho);
        return levels(points, u -> karras.level(max, min, u));
    }

    /** Equal steps of time from 1 to epsilon on the schedule that goes from max to min there. */
    public static double[] vp(int points, double min, double max, double epsilon) {
        EdmVpSchedule schedule = EdmVpSchedule.fitted(min, max, epsilon);
        return levels(points, u -> schedule.sigma(1 + u * (epsilon - 1)));
    }

    /** Equal ratios from max to min. */
    public static double[] ve(int points, double min, double max) {
        return levels(points, u -> LogSnrSpacing.UNIFORM.level(max, min, u));
    }

    /**
     * Equally spaced entries of the table of improved DDPM: u_M = 0, u_{j-1} = sqrt((u_j^2 + 1) / max(abar_{j-1} / abar_j,
     * c1) - 1), abar_j = sin^2(pi j / (2 M (c2 + 1))), of which those in [min, max] count.
     *
     * @param table M, the number of entries
     */
    public static double[] improvedDdpm(int points, double min, double max, int table, double c1, double c2) {
        double[] u = new double[table + 1];
        for (int j = table; j > 0; j--) {
            double ratio = Math.max(alphaBar(j - 1, table, c2) / alphaBar(j, table, c2), c1);
            u[j - 1] = Math.sqrt((u[j] * u[j] + 1) / ratio - 1);
        }
        double[] kept = Arrays.stream(u).filter(v -> min <= v && v <= max).toArray();
        if (kept.length < points) {
            throw new IllegalArgumentException("edm discretization: got " + points + " points for " + kept.length
                    + " levels of the table between " + min + " and " + max + "; expected no more points than levels");
        }
        double stride = (kept.length - 1) / Math.max(points - 1.0, 1);
        double[] levels = new double[points];
        for (int i = 0; i < points; i++) {
            levels[i] = kept[(int) Math.rint(stride * i)];
        }
        return levels;
    }

    private static double[] levels(int points, DoubleUnaryOperator level) {
        if (points < 1) {
            throw new IllegalArgumentException("edm discretization: got " + points + " points; expected at least 1");
        }
        double[] levels = new double[points];
        for (int i = 0; i < points; i++) {
            levels[i] = level.applyAsDouble(i / Math.max(points - 1.0, 1));
        }
        return levels;
    }

    private static double alphaBar(int j, int table, double c2) {
        double sine = Math.sin(0.5 * Math.PI * j / table / (c2 + 1));
        return sine * sine;
    }
}
