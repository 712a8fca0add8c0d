package org.fewstep.golden;

import org.fewstep.loss.DiagonalMatching;
import org.fewstep.loss.FlowMatching;
import org.fewstep.loss.LossResult;

/** The velocity of a map by flow matching with a learned weight. */
final class DiagonalMatchingAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        GoldenMlp net = run.mlp();
        DiagonalMatching loss = new DiagonalMatching(new MapCase(run).path(), FlowMatching.Config.UNCONDITIONAL);
        LossResult result = loss.loss(
                new DiagonalMatching.Nets(
                        MapCase.map(net), MapCase.constant(run.params().number("w"))),
                loss.draw(run.tensor("x1"), run.tensor("x0"), run.numbers("t"), null));
        run.expected().offer("I_t", result.part("x_t"));
        run.expected().offer("dI_t", result.part("target"));
        run.expected().offer("loss", result.total());
        run.offerGradients("grad_", result.total(), net, Tolerance.JVP_GRADIENT);
    }
}
