package org.fewstep.golden;

import org.fewstep.loss.LossResult;
import org.fewstep.loss.MeanFlow;
import org.fewstep.path.Diagonal;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.TimePairs;

/** MeanFlow without guidance, times given. */
final class MeanFlowTorchAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        MeanFlow loss = new MeanFlow(new MeanFlow.Config(
                new LogitNormalPairs(0, 1, new Diagonal.Ratio(1)),
                run.params().number("norm_p"),
                run.params().number("norm_eps"),
                MeanFlow.Guidance.NONE,
                0,
                0));
        GoldenMlp net = run.mlp();
        double[] t = run.numbers("t");
        MeanFlow.Draw draw = loss.draw(
                run.tensor("x"), run.tensor("e"), new TimePairs(t, run.numbers("r")), null, new boolean[t.length]);
        offer(run, net, loss.loss(net, draw));
    }

    /** What all MeanFlow cases have. */
    static void offer(GoldenRun run, GoldenMlp net, LossResult result) {
        for (String part : new String[] {"z", "v", "v_guided", "u", "dudt", "u_target", "sq_error", "weight"}) {
            run.expected().offer(part, result.part(part));
        }
        run.expected().offer("loss", result.total());
        run.offerGradients("grad_", result.total(), net, Tolerance.JVP_GRADIENT);
    }
}
