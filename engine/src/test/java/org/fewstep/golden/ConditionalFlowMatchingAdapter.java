package org.fewstep.golden;

import org.fewstep.loss.ConditionalFlowMatching;
import org.fewstep.loss.LossResult;
import org.fewstep.path.Bridge;
import org.fewstep.path.StraightBridge;
import org.fewstep.path.TargetBridge;
import org.fewstep.path.TrigBridge;

/** Bridge matching; {@code variant} names the bridge. */
final class ConditionalFlowMatchingAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        double sigma = run.params().number("sigma");
        String variant = run.params().string("variant");
        Bridge bridge = switch (variant) {
            case "icfm" -> new StraightBridge(sigma);
            case "target_lipman" -> new TargetBridge(sigma);
            case "vp_trig" -> new TrigBridge(sigma);
            default -> throw run.params().fail("variant", variant, "icfm, target_lipman or vp_trig");
        };
        GoldenMlp net = run.mlp();
        ConditionalFlowMatching loss = new ConditionalFlowMatching(new ConditionalFlowMatching.Config(bridge));
        ConditionalFlowMatching.Draw draw =
                loss.draw(run.tensor("x0"), run.tensor("x1"), run.tensor("eps"), run.numbers("t"));
        LossResult result = loss.loss(net, draw);

        run.expected().offer("xt", result.part("xt"));
        run.expected().offer("ut", result.part("ut"));
        run.expected().offer("v_pred", result.part("v"));
        run.expected().offer("loss", result.total());
        run.offerGradients("grad_", result.total(), net, Tolerance.VALUE);
    }
}
