package org.fewstep.path;

/**
 * A coupling of two batches: the probability of each pair.
 *
 * @param mass (m)(n), at least 0, of sum 1
 */
public record TransportPlan(double[][] mass) {
    public TransportPlan {
        double total = 0;
        for (double[] row : mass) {
            if (row.length != mass[0].length) {
                throw new IllegalArgumentException("transport plan: got rows of " + row.length + " and "
                        + mass[0].length + " numbers; expected as many in each");
            }
            for (double p : row) {
                if (!(p >= 0)) {
                    throw new IllegalArgumentException("transport plan: got mass " + p + "; expected at least 0");
                }
                total += p;
            }
        }
        if (!(Math.abs(total - 1) <= 1e-6)) {
            throw new IllegalArgumentException("transport plan: got total mass " + total + "; expected 1");
        }
    }

    /** Total cost of the plan under a cost matrix of the same shape. */
    public double cost(double[][] cost) {
        double total = 0;
        for (int i = 0; i < mass.length; i++) {
            for (int j = 0; j < mass[i].length; j++) {
                total += mass[i][j] * cost[i][j];
            }
        }
        return total;
    }

    /**
     * Draws pairs with replacement: the first pair in row-major order whose cumulative mass exceeds u.
     *
     * @param uniform one number in [0, 1) a pair
     */
    public IndexPairs sample(double[] uniform) {
        int rows = mass.length;
        int columns = mass[0].length;
        double[] cumulative = new double[rows * columns];
        double sum = 0;
        for (int k = 0; k < cumulative.length; k++) {
            sum += mass[k / columns][k % columns];
            cumulative[k] = sum;
        }
        int[] first = new int[uniform.length];
        int[] second = new int[uniform.length];
        for (int p = 0; p < uniform.length; p++) {
            if (!(0 <= uniform[p] && uniform[p] < 1)) {
                throw new IllegalArgumentException(
                        "transport plan: got uniform number " + uniform[p] + "; expected at least 0, below 1");
            }
            int low = 0;
            int high = cumulative.length - 1;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (cumulative[middle] / sum > uniform[p]) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            first[p] = low / columns;
            second[p] = low % columns;
        }
        return new IndexPairs(first, second);
    }
}
