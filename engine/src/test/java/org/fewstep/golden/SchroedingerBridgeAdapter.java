package org.fewstep.golden;

import org.fewstep.loss.LossResult;
import org.fewstep.loss.SchroedingerBridge;
import org.fewstep.tensor.Tensor;

/** [SF]2M with the pairs given. */
final class SchroedingerBridgeAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        run.requireRoles("pair", "v", "s");
        GoldenMlp v = run.mlp("model", "v");
        GoldenMlp s = run.mlp("model", "s");
        SchroedingerBridge loss = new SchroedingerBridge(
                new SchroedingerBridge.Config(run.params().number("sigma")));
        SchroedingerBridge.Draw draw =
                loss.draw(run.tensor("x0"), run.tensor("x1"), run.tensor("eps"), run.numbers("t"));
        LossResult result = loss.loss(new SchroedingerBridge.Nets(v, s), draw);

        ExpectedArrays expected = run.expected();
        for (String part : new String[] {"xt", "ut", "sigma_t", "lambda", "flow_loss", "score_loss"}) {
            expected.offer(part, result.part(part));
        }
        expected.offer("conditional_score", loss.conditionalScore(draw));
        Tensor flow = result.part("flow_loss");
        Tensor score = result.part("score_loss");
        run.offerGradients("grad_v_", flow, v, Tolerance.VALUE);
        run.offerGradients("grad_s_", score, s, Tolerance.VALUE);
    }
}
