package org.fewstep.golden;

import org.fewstep.loss.AlphaFlow;
import org.fewstep.loss.AlphaSchedule;
import org.fewstep.loss.LossResult;
import org.fewstep.path.Diagonal;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.TimePairs;

/** alpha-Flow at a given alpha. */
final class AlphaFlowAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        AlphaFlow loss = new AlphaFlow(new AlphaFlow.Config(
                new LogitNormalPairs(0, 1, new Diagonal.Ratio(1)),
                AlphaSchedule.PUBLISHED,
                params.number("eps"),
                params.number("clamp"),
                0,
                0));
        GoldenMlp net = run.mlp();
        AlphaFlow.Draw draw = loss.draw(
                run.tensor("x"),
                run.tensor("e"),
                new TimePairs(run.numbers("t"), run.numbers("r")),
                params.number("alpha"),
                null);
        LossResult result = loss.loss(net, draw);
        run.expected().offer("s", draw.s());
        for (String part :
                new String[] {"z", "z_s", "u_next", "target", "target_clipped", "pred", "loss_per_sample", "weight"}) {
            run.expected().offer(part, result.part(part));
        }
        run.expected().offer("loss", result.total());
        run.offerGradients("grad_", result.total(), net, Tolerance.VALUE);
    }
}
