package org.fewstep.path;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class CouplingTest extends EngineTest {
    private double[][] costs(int n, int step, boolean ties) {
        double[] u = rng.uniform(0, n * n, step);
        double[][] cost = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                cost[i][j] = ties ? Math.floor(4 * u[i * n + j]) : u[i * n + j] - 0.3;
            }
        }
        return cost;
    }

    private static double total(double[][] cost, int[] columns) {
        double sum = 0;
        for (int i = 0; i < columns.length; i++) {
            sum += cost[i][columns[i]];
        }
        return sum;
    }

    private static double best(double[][] cost, int row, boolean[] used) {
        if (row == cost.length) {
            return 0;
        }
        double best = Double.POSITIVE_INFINITY;
        for (int j = 0; j < cost.length; j++) {
            if (!used[j]) {
                used[j] = true;
                best = Math.min(best, cost[row][j] + best(cost, row + 1, used));
                used[j] = false;
            }
        }
        return best;
    }

    @Test
    void assignmentIsTheBestOfAllPermutations() {
        for (int trial = 0; trial < 60; trial++) {
            int n = 1 + trial % 7;
            double[][] cost = costs(n, trial, trial % 2 == 0);
            int[] columns = Assignment.of(cost);
            int[] sorted = columns.clone();
            Arrays.sort(sorted);
            for (int i = 0; i < n; i++) {
                assertEquals(i, sorted[i], "each column once");
            }
            assertEquals(best(cost, 0, new boolean[n]), total(cost, columns), 1e-12);
        }
    }

    @Test
    void assignmentOfSortedPointsIsTheirOrder() {
        int n = 200;
        int[] order = rng.permutation(0, n);
        double[][] cost = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                cost[i][j] = Math.pow(i - order[j], 2);
            }
        }
        int[] columns = Assignment.of(cost);
        for (int i = 0; i < n; i++) {
            assertEquals(i, order[columns[i]]);
        }
        assertThrows(IllegalArgumentException.class, () -> Assignment.of(new double[][] {{Double.NaN}}));
        assertThrows(IllegalArgumentException.class, () -> Assignment.of(new double[][] {{1, 2}}));
        assertEquals(0, Assignment.of(new double[0][]).length);
    }

    @Test
    void sinkhornHasUniformMarginalsAndTheRightLimits() {
        double[][] cost = costs(6, 1, false);
        for (double reg : new double[] {0.02, 0.3, 50}) {
            double[][] p = new Sinkhorn(reg, 1e-13).plan(cost).mass();
            for (int i = 0; i < 6; i++) {
                double row = 0;
                double column = 0;
                for (int j = 0; j < 6; j++) {
                    row += p[i][j];
                    column += p[j][i];
                }
                assertEquals(1.0 / 6, row, 1e-11);
                assertEquals(1.0 / 6, column, 1e-11);
            }
        }
        double[][] flat = new Sinkhorn(1e6, 1e-12).plan(cost).mass();
        assertEquals(1.0 / 36, flat[2][3], 1e-6);
        double exact = OptimalTransport.plan(Assignment.of(cost)).cost(cost);
        double entropic = new Sinkhorn(0.02, 1e-9).plan(cost).cost(cost);
        assertTrue(exact <= entropic && entropic <= exact + 0.02 * Math.log(6));
    }

    @Test
    void entropicPlanHasTheProductForm() {
        double[][] cost = costs(5, 2, false);
        double[][] p = new Sinkhorn(0.4, 1e-14).plan(cost).mass();
        // ln p + C / reg is a sum of a row and a column term, so its mixed differences vanish.
        for (int i = 1; i < 5; i++) {
            for (int j = 1; j < 5; j++) {
                double mixed = Math.log(p[i][j] * p[0][0] / (p[i][0] * p[0][j]))
                        + (cost[i][j] + cost[0][0] - cost[i][0] - cost[0][j]) / 0.4;
                assertEquals(0, mixed, 1e-12);
            }
        }
    }

    @Test
    void pairsFollowThePlan() {
        TransportPlan plan = new TransportPlan(new double[][] {{0, 0.25}, {0.75, 0}});
        IndexPairs pairs = plan.sample(new double[] {0, 0.2499, 0.25, 0.9999});
        assertArrayEquals(new int[] {0, 0, 1, 1}, pairs.noise());
        assertArrayEquals(new int[] {1, 1, 0, 0}, pairs.data());
        assertThrows(IllegalArgumentException.class, () -> plan.sample(new double[] {1}));
        assertThrows(IllegalArgumentException.class, () -> new TransportPlan(new double[][] {{0.5, 0.4}}));
    }

    @Test
    void optimalPairsAreCloser() {
        Tensor noise = Tensor.of(device, DType.F64, rng.normal(0, 64, 5), 32, 2);
        Tensor data = Tensor.of(device, DType.F64, rng.normal(0, 64, 6), 32, 2);
        double[][] cost = SquaredDistances.between(noise, data);
        double independent = cost(cost, new IndependentCoupling().pairs(noise, data, rng, 0));
        double optimal = cost(cost, new OptimalTransport().pairs(noise, data, rng, 0));
        double resampled = cost(cost, new OptimalTransport(OptimalTransport.Draw.RESAMPLED).pairs(noise, data, rng, 0));
        double entropic = cost(cost, new Sinkhorn(0.05).pairs(noise, data, rng, 0));
        assertTrue(optimal < 0.5 * independent && resampled < 0.6 * independent && entropic < 0.6 * independent);
    }

    private static double cost(double[][] cost, IndexPairs pairs) {
        double sum = 0;
        for (int i = 0; i < cost.length; i++) {
            sum += cost[pairs.noise()[i]][pairs.data()[i]];
        }
        return sum;
    }

    @Test
    void distancesFlattenSamples() {
        Tensor x = Tensor.of(device, DType.F32, new double[] {1, 2, 3, 4}, 1, 2, 2);
        Tensor y = Tensor.of(device, DType.F32, new double[] {0, 0, 0, 0, 1, 2, 3, 6}, 2, 2, 2);
        assertArrayEquals(new double[] {30, 4}, SquaredDistances.between(x, y)[0]);
    }
}
