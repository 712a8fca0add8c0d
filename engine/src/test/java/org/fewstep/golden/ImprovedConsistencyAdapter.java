package org.fewstep.golden;

import org.fewstep.loss.ConsistencyTraining;
import org.fewstep.loss.Distance;
import org.fewstep.loss.LognormalKarrasPairs;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.PairWeight;
import org.fewstep.loss.ScaleSchedule;
import org.fewstep.model.SigmaScaling;
import org.fewstep.path.TimePairs;

/** Improved consistency training, with its tables. */
final class ImprovedConsistencyAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        ExpectedArrays expected = run.expected();
        ScaleSchedule.Doubling scales =
                new ScaleSchedule.Doubling(params.integer("s0"), params.integer("s1"), params.integer("total_steps"));
        expected.offer(
                "num_boundaries_at_step", ConsistencySchedulesAdapter.scales(scales, run.integers("schedule_steps")));
        LognormalKarrasPairs law = new LognormalKarrasPairs(
                ConsistencyPairsAdapter.grid(params), scales, params.number("P_mean"), params.number("P_std"));
        double[] levels = law.levels(params.integer("num_boundaries"));
        expected.offer("sigmas", levels);
        expected.offer("lognormal_weights", law.weights(levels));
        PairWeight weight = new PairWeight.InverseSpan();
        double[] lambda = new double[levels.length - 1];
        for (int i = 0; i < lambda.length; i++) {
            lambda[i] = weight.at(levels[i + 1], levels[i]);
        }
        expected.offer("lambda", lambda);

        TimePairs pairs = law.pairs(run.integers("interval_index"), levels);
        ConsistencyTraining loss = new ConsistencyTraining(
                new ConsistencyTraining.Config(law, Distance.huberOrNorm(params.number("huber_c")), weight));
        SigmaScaling scaling =
                new SigmaScaling(params.number("sigma_data"), law.grid().sigmaMin());
        GoldenMlp net = run.mlp();
        LossResult result = loss.loss(
                ConsistencyTraining.Nets.of(scaling.around(net)),
                loss.draw(run.tensor("y"), run.tensor("eps"), pairs, null));
        expected.offer("t", pairs.t());
        expected.offer("r", pairs.r());
        expected.offer("f_t", result.part("f_t"));
        expected.offer("f_r", result.part("target"));
        expected.offer("loss_unweighted", result.part("distance"));
        expected.offer("loss_per_sample", result.perSample());
        expected.offer("loss_mean", result.total());
        run.offerLayerGradients("grad", result.total(), net, Tolerance.VALUE);
    }
}
