package org.fewstep.path;

import java.util.Arrays;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * Entropic optimal transport within the batch (Cuturi 2013, arXiv:1306.0895): the plan P = exp((f_i + g_j - C_ij) / reg)
 * / (m n) of uniform marginals, by Sinkhorn's iteration on log potentials, which does not underflow for small reg. Pairs
 * are drawn from the plan with replacement. Cost: O(B^2) an iteration on the host; their number grows as reg falls.
 *
 * @param reg weight of the entropy, above 0; Schroedinger bridges use 2 sigma^2
 * @param tolerance largest change of a potential over reg at which it stops, relative to the largest potential
 */
public record Sinkhorn(double reg, double tolerance) implements MinibatchCoupling {
    private static final int MAX_ITERATIONS = 1_000_000;

    public Sinkhorn {
        if (!(reg > 0) || Double.isInfinite(reg) || !(tolerance > 0)) {
            throw new IllegalArgumentException(
                    "sinkhorn: got reg " + reg + ", tolerance " + tolerance + "; expected finite numbers above 0");
        }
    }

    /** Converged to 1e-6, enough for drawing pairs. */
    public Sinkhorn(double reg) {
        this(reg, 1e-6);
    }

    @Override
    public IndexPairs pairs(Tensor noise, Tensor data, Rng rng, int step) {
        return plan(SquaredDistances.between(noise, data))
                .sample(rng.stream("pairs").uniform(0, data.dim(0), step));
    }

    /**
     * The plan for a cost matrix.
     *
     * @param cost (m)(n), finite
     * @throws IllegalArgumentException when a million iterations do not converge
     */
    public TransportPlan plan(double[][] cost) {
        int m = cost.length;
        int n = cost[0].length;
        double[] f = new double[m]; // potentials over reg
        double[] g = new double[n];
        double[] terms = new double[Math.max(m, n)];
        boolean converged = false;
        for (int k = 0; k < MAX_ITERATIONS && !converged; k++) {
            double change = 0;
            double largest = 1;
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    terms[j] = g[j] - cost[i][j] / reg;
                }
                double next = -logMeanExp(terms, n);
                change = Math.max(change, Math.abs(next - f[i]));
                largest = Math.max(largest, Math.abs(next));
                f[i] = next;
            }
            for (int j = 0; j < n; j++) {
                for (int i = 0; i < m; i++) {
                    terms[i] = f[i] - cost[i][j] / reg;
                }
                g[j] = -logMeanExp(terms, m);
            }
            converged = change <= tolerance * largest;
        }
        if (!converged) {
            throw new IllegalArgumentException("sinkhorn: got reg " + reg + ", too small for " + MAX_ITERATIONS
                    + " iterations to converge to " + tolerance
                    + "; expected a reg nearer the mean cost; raise reg or tolerance, or use OptimalTransport");
        }
        double[][] mass = new double[m][n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                mass[i][j] = Math.exp(f[i] + g[j] - cost[i][j] / reg) / ((double) m * n);
            }
        }
        return new TransportPlan(mass);
    }

    private static double logMeanExp(double[] x, int count) {
        double top = Arrays.stream(x, 0, count).max().orElseThrow();
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.exp(x[i] - top);
        }
        return top + Math.log(sum / count);
    }
}
