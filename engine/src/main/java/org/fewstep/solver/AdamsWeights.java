package org.fewstep.solver;

/**
 * Weights w_j with sum_j w_j D(r_j) = Int_0^1 e^{z (1-u)} D(u) du for polynomials D of degree below the number of nodes
 * r_j: exponential Adams methods.
 */
final class AdamsWeights {
    private AdamsWeights() {}

    /**
     * The weights.
     *
     * @param nodes all different
     */
    static double[] of(double z, double... nodes) {
        int n = nodes.length;
        // Rows m of the Vandermonde system sum_j w_j r_j^m = Int e^{z (1-u)} u^m du = m! phi_{m+1}(z).
        double[][] rows = new double[n][n + 1];
        double factorial = 1;
        for (int m = 0; m < n; m++) {
            factorial *= Math.max(1, m);
            for (int j = 0; j < n; j++) {
                rows[m][j] = Math.pow(nodes[j], m);
            }
            rows[m][n] = factorial * Phi.of(m + 1, z);
        }
        return LinearSystem.solve(rows);
    }
}
