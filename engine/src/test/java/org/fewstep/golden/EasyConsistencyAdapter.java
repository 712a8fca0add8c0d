package org.fewstep.golden;

import java.util.Set;
import org.fewstep.io.JsonCursor;
import org.fewstep.loss.ConsistencyTraining;
import org.fewstep.loss.Distance;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.PairWeight;
import org.fewstep.loss.RatioPairs;
import org.fewstep.model.SigmaScaling;
import org.fewstep.path.EdmSchedule;
import org.fewstep.path.LogNormalTimes;
import org.fewstep.path.TimePairs;

/** Easy consistency tuning at its stages; options stand in the variants. */
final class EasyConsistencyAdapter implements Adapter {
    private static final Set<String> OPTIONS = Set.of("stage", "q", "c", "adj", "k", "b");

    @Override
    public boolean isOption(String path) {
        return OPTIONS.contains(path.substring(path.indexOf('/') + 1));
    }

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        LogNormalTimes levels = new LogNormalTimes(new EdmSchedule(), params.number("P_mean"), params.number("P_std"));
        SigmaScaling scaling = SigmaScaling.edm(params.number("sigma_data"));
        double[] t = levels.times(run.numbers("t_normal"));
        ExpectedArrays expected = run.expected();
        for (String variant : expected.keys()) {
            String in = variant + "/";
            double c = expected.option(in + "c").asDouble();
            JsonCursor adjust = expected.option(in + "adj");
            double slope = expected.option(in + "k").asDouble();
            double rate = expected.option(in + "b").asDouble();
            double k = switch (adjust.asString()) {
                case "sigmoid" -> slope;
                case "const" -> 0;
                default -> throw adjust.fail(adjust.asString(), "sigmoid or const", "no such map");
            };
            double ratio = RatioPairs.Ratio.ofStage(
                    expected.option(in + "q").asDouble(),
                    expected.option(in + "stage").asInt());
            RatioPairs law = new RatioPairs((rng, step, n) -> t, step -> ratio, k, rate, 0);
            TimePairs pairs = law.pairs(t, ratio);
            ConsistencyTraining loss = new ConsistencyTraining(
                    new ConsistencyTraining.Config(law, Distance.huberOrNorm(c), new PairWeight.InverseSpan()));
            GoldenMlp net = run.mlp();
            LossResult result = loss.loss(
                    ConsistencyTraining.Nets.of(scaling.around(net)),
                    loss.draw(run.tensor("y"), run.tensor("eps"), pairs, null));
            expected.offer(in + "t", pairs.t());
            expected.offer(in + "r", pairs.r());
            expected.offer(in + "loss_per_sample", result.perSample());
            expected.offer(in + "loss_mean", result.total());
            run.offerLayerGradients(in + "grad", result.total(), net, Tolerance.VALUE);
        }
    }

    @Override
    public double f32Bound() {
        return 5e-4;
    }
}
