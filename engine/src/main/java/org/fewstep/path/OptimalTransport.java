package org.fewstep.path;

import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;

/**
 * Exact optimal transport within the batch under squared Euclidean cost: the plan is a permutation over n (Tong et al.
 * 2023, arXiv:2302.00482; Pooladian et al. 2023, arXiv:2304.14772). Cost: O(B^3) on the host.
 *
 * @param draw how pairs come from the plan
 */
public record OptimalTransport(Draw draw) implements MinibatchCoupling {
    /** How pairs come from the plan. */
    public enum Draw {
        /** Every sample once. */
        PERMUTATION,
        /** B pairs with replacement, as atong01/conditional-flow-matching does: some samples repeat, others are out. */
        RESAMPLED
    }

    /** Every sample once. */
    public OptimalTransport() {
        this(Draw.PERMUTATION);
    }

    @Override
    public IndexPairs pairs(Tensor noise, Tensor data, Rng rng, int step) {
        int[] columns = Assignment.of(SquaredDistances.between(noise, data));
        if (draw == Draw.RESAMPLED) {
            return plan(columns).sample(rng.stream("pairs").uniform(0, data.dim(0), step));
        }
        int[] rows = new int[columns.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i;
        }
        return new IndexPairs(rows, columns);
    }

    /** The plan of a permutation. */
    public static TransportPlan plan(int[] columns) {
        int n = columns.length;
        double[][] mass = new double[n][n];
        for (int i = 0; i < n; i++) {
            mass[i][columns[i]] = 1.0 / n;
        }
        return new TransportPlan(mass);
    }
}
