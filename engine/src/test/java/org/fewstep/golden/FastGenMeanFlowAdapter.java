package org.fewstep.golden;

import org.fewstep.loss.FastGenMeanFlow;
import org.fewstep.loss.FlowDerivative;
import org.fewstep.loss.LossResult;
import org.fewstep.model.Cond;
import org.fewstep.path.Diagonal;
import org.fewstep.path.LogitNormalPairs;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.Tensor;

/** FastGen's two forms of the MeanFlow loss, and its finite difference beside the exact derivative. */
final class FastGenMeanFlowAdapter implements Adapter {
    private static final String METHOD = "poly_";

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        String method = params.string("norm_method");
        if (!method.matches(METHOD + "[0-9]+(\\.[0-9]+)?")) {
            throw params.fail("norm_method", method, "poly_<p>");
        }
        double p = Double.parseDouble(method.substring(METHOD.length()));
        double c = params.number("norm_const");
        int warmupSteps = params.integer("warmup_steps");
        int iteration = params.integer("iteration");
        boolean spatial = params.bool("tangent_spatial_invariance");
        FlowDerivative.FiniteDifference difference = new FlowDerivative.FiniteDifference(
                params.number("eps"), params.number("min_t"), params.number("max_t"));
        double[] t = run.numbers("t");
        double[] r = run.numbers("r");
        ExpectedArrays expected = run.expected();
        boolean shared = false;
        for (String variant : expected.keys()) {
            FastGenMeanFlow.Form form = switch (variant) {
                case "l2" -> FastGenMeanFlow.Form.L2;
                case "opt_grad" -> FastGenMeanFlow.Form.OPT_GRAD;
                default -> null;
            };
            if (form == null) {
                continue; // a flat entry: offered below, or unknown
            }
            FastGenMeanFlow.Config config = new FastGenMeanFlow.Config(
                    new LogitNormalPairs(0, 1, new Diagonal.Ratio(1)),
                    form,
                    p,
                    c,
                    warmupSteps,
                    spatial,
                    new FlowDerivative.ForwardMode(),
                    0,
                    0);
            GoldenMlp net = run.mlp();
            FastGenMeanFlow loss = new FastGenMeanFlow(config);
            FastGenMeanFlow.Draw draw =
                    loss.draw(run.tensor("x"), run.tensor("e"), new TimePairs(t, r), null, config.warmup(iteration));
            LossResult result = loss.loss(net, draw);
            if (!shared) {
                shared = true;
                Tensor z = result.part("z");
                Tensor v = result.part("v");
                Dual byDifference = difference.along(net, z, v, t, r, Cond.NONE);
                expected.offer("z", z);
                expected.offer("v", v);
                expected.offer("u", result.part("u"));
                expected.offer("jvp_exact", result.part("dudt"));
                expected.offer("jvp_finite_difference", byDifference.tangent(), Tolerance.FINITE_DIFFERENCE);
            }
            int[] weightShape = form == FastGenMeanFlow.Form.L2 ? new int[] {t.length} : new int[] {t.length, 1};
            expected.offer(variant + "/target_or_tangent", result.part("target_or_tangent"));
            expected.offer(variant + "/weight", result.part("weight").toDoubles(), weightShape);
            expected.offer(variant + "/warmup", draw.warmup());
            expected.offer(variant + "/loss_per_sample", result.perSample());
            expected.offer(variant + "/loss", result.total());
            run.offerGradients(variant + "/grad_", result.total(), net, Tolerance.JVP_GRADIENT);
        }
    }
}
