package org.fewstep.golden;

import java.util.Arrays;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.SplitMeanFlow;
import org.fewstep.path.Diagonal;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.TimePairs;

/** SplitMeanFlow on spans, where no teacher is asked; lambda is an input, or one param for all samples. */
final class SplitMeanFlowAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        double[] t = run.numbers("t");
        double[] share = new double[t.length];
        if (run.params().has("lambda")) {
            Arrays.fill(share, run.params().number("lambda"));
        } else {
            share = run.numbers("lambda");
        }
        SplitMeanFlow loss =
                new SplitMeanFlow(new SplitMeanFlow.Config(new LogitNormalPairs(0, 1, new Diagonal.Ratio(1)), 1, 0, 0));
        GoldenMlp net = run.mlp();
        SplitMeanFlow.Draw draw =
                loss.draw(run.tensor("x"), run.tensor("e"), new TimePairs(t, run.numbers("r")), share, null);
        LossResult result = loss.loss(SplitMeanFlow.Nets.of(net), draw);
        run.expected().offer("s", draw.s());
        for (String part : new String[] {"z", "u2", "z_s", "u1", "target"}) {
            run.expected().offer(part, result.part(part));
        }
        run.expected().offer("loss", result.total());
        run.offerGradients("grad_", result.total(), net, Tolerance.VALUE);
    }
}
