package org.fewstep.golden;

import java.util.Arrays;
import org.fewstep.path.Assignment;
import org.fewstep.path.IndexPairs;
import org.fewstep.path.OptimalTransport;
import org.fewstep.path.Sinkhorn;
import org.fewstep.path.SquaredDistances;
import org.fewstep.path.TransportPlan;

/** Exact and entropic plans of a minibatch and the pairs drawn from them. */
final class OtCouplingAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        run.requireNoModel();
        run.params().choice("cost", "squared euclidean");
        ExpectedArrays expected = run.expected();
        double[][] cost = SquaredDistances.between(run.tensor("x0"), run.tensor("x1"));
        offer(expected, "cost", cost);

        int[] assignment = Assignment.of(cost);
        TransportPlan exact = OptimalTransport.plan(assignment);
        expected.offer("assignment", assignment);
        offer(expected, "plan_exact", exact.mass());
        expected.offer("ot_cost_exact", exact.cost(cost));
        IndexPairs pairs = exact.sample(run.numbers("uniforms_exact"));
        expected.offer("pairs_exact_i", pairs.noise());
        expected.offer("pairs_exact_j", pairs.data());

        TransportPlan entropic = new Sinkhorn(run.params().number("reg"), 1e-14).plan(cost);
        offer(expected, "plan_sinkhorn", entropic.mass());
        pairs = entropic.sample(run.numbers("uniforms_sinkhorn"));
        expected.offer("pairs_sinkhorn_i", pairs.noise());
        expected.offer("pairs_sinkhorn_j", pairs.data());
    }

    private static void offer(ExpectedArrays expected, String path, double[][] matrix) {
        double[] flat = Arrays.stream(matrix).flatMapToDouble(Arrays::stream).toArray();
        expected.offer(path, flat, matrix.length, matrix[0].length);
    }

    @Override
    public boolean f64Only() {
        return true;
    }
}
