package org.fewstep.solver;

/** Few linear equations, by elimination with the greatest pivot of a column. */
final class LinearSystem {
    private LinearSystem() {}

    /**
     * The solution.
     *
     * @param rows (n, n + 1), the right side last; overwritten
     */
    static double[] solve(double[][] rows) {
        int n = rows.length;
        for (int c = 0; c < n; c++) {
            int greatest = c;
            for (int r = c + 1; r < n; r++) {
                if (Math.abs(rows[r][c]) > Math.abs(rows[greatest][c])) {
                    greatest = r;
                }
            }
            double[] pivot = rows[greatest];
            rows[greatest] = rows[c];
            rows[c] = pivot;
            for (int r = c + 1; r < n; r++) {
                double factor = rows[r][c] / pivot[c];
                for (int k = c; k <= n; k++) {
                    rows[r][k] -= factor * pivot[k];
                }
            }
        }
        double[] x = new double[n];
        for (int r = n - 1; r >= 0; r--) {
            double sum = rows[r][n];
            for (int k = r + 1; k < n; k++) {
                sum -= rows[r][k] * x[k];
            }
            x[r] = sum / rows[r][r];
        }
        return x;
    }
}
