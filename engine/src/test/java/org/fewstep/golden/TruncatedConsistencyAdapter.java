package org.fewstep.golden;

import java.util.Set;
import org.fewstep.loss.Distance;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.PairWeight;
import org.fewstep.loss.RatioPairs;
import org.fewstep.loss.TruncatedConsistency;
import org.fewstep.model.PredictionNet;
import org.fewstep.model.SigmaScaling;
import org.fewstep.path.TimePairs;

/** The second stage of truncated consistency training. */
final class TruncatedConsistencyAdapter implements Adapter {
    @Override
    public Set<String> roles() {
        return Set.of("stage1_model");
    }

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        double ratio = params.number("ratio");
        RatioPairs law = FastGenConsistencyAdapter.law(params);
        TimePairs pairs = law.pairs(run.numbers("t"), ratio);
        TruncatedConsistency loss = new TruncatedConsistency(new TruncatedConsistency.Config(
                law,
                Distance.huberOrNorm(params.number("huber_c")),
                new PairWeight.InverseSpan(),
                params.number("transition_t"),
                0.25,
                params.number("w_boundary"),
                0,
                0));
        SigmaScaling scaling = SigmaScaling.edm(params.number("sigma_data"));
        GoldenMlp net = run.mlp();
        PredictionNet firstStage = scaling.around(run.mlp("stage1_model"));
        boolean[] boundary = run.booleans("is_boundary");
        LossResult result = loss.loss(
                new TruncatedConsistency.Nets(scaling.around(net), firstStage),
                loss.draw(run.tensor("x0"), run.tensor("eps"), pairs, boundary, null));

        ExpectedArrays expected = run.expected();
        expected.offer("r", pairs.r());
        expected.offer("f_t", result.part("f_t"));
        double[] each = result.part("loss").toDoubles();
        expected.offer("loss_per_sample", result.part("loss"));
        expected.offer("loss_boundary", mean(each, boundary, true));
        expected.offer("loss_consistency", mean(each, boundary, false));
        expected.offer("loss", result.total());
        run.offerLayerGradients("grad", result.total(), net, Tolerance.VALUE);
    }

    private static double mean(double[] values, boolean[] group, boolean in) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < values.length; i++) {
            if (group[i] == in) {
                sum += values[i];
                count++;
            }
        }
        return sum / count;
    }
}
