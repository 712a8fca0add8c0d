package org.fewstep.golden;

import static org.fewstep.op.Ops.reshape;

import org.fewstep.loss.InductiveMomentMatching;
import org.fewstep.loss.LaplaceKernel;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.SnrSigmoidWeight;
import org.fewstep.model.ImmScaling;
import org.fewstep.path.EtaDecrement;
import org.fewstep.path.NestedUniformPairs;
import org.fewstep.path.TimePairs;
import org.fewstep.tensor.Tensor;

/** Inductive moment matching with both floors of the kernel. */
final class MomentMatchingAdapter implements Adapter {
    private static final double LEAST = 1e-8;

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        int particles = params.integer("M");
        int groups = params.integer("G");
        ImmScaling scaling = ImmScalingAdapter.scaling(
                run, params.string("schedule"), params.string("f_type"), params.string("temb_type"));
        EtaDecrement decrement = new EtaDecrement(params.number("eta_decrement"));
        SnrSigmoidWeight weight = new SnrSigmoidWeight(params.number("a"), params.number("b"));
        Tensor x0 = run.tensor("y");
        Tensor eps = run.tensor("eps_scaled_by_sigma_data");
        TimePairs times = new TimePairs(run.numbers("t"), run.numbers("s"));
        if (times.t().length != groups) {
            throw params.fail("G", "" + groups, times.t().length + ", as there are times");
        }
        ExpectedArrays expected = run.expected();
        boolean shared = false;
        for (String variant : expected.keys()) {
            LaplaceKernel.Floor floor = switch (variant) {
                case "clamp_norm" -> LaplaceKernel.Floor.DISTANCE;
                case "clamp_sqdist" -> LaplaceKernel.Floor.SQUARED_DISTANCE;
                default -> null;
            };
            if (floor == null) {
                continue; // a flat entry: offered below, or unknown
            }
            InductiveMomentMatching loss = new InductiveMomentMatching(new InductiveMomentMatching.Config(
                    scaling,
                    new NestedUniformPairs(0, 1),
                    decrement,
                    particles,
                    new LaplaceKernel(floor, LEAST),
                    weight,
                    0,
                    0));
            InductiveMomentMatching.Draw draw = loss.draw(x0, eps, times, null, new boolean[x0.dim(0)]);
            GoldenMlp net = run.mlp();
            LossResult result = loss.loss(net, draw);
            if (!shared) {
                shared = true;
                int dims = x0.dim(1);
                expected.offer("x_t", result.part("x_t"));
                expected.offer("x_r", result.part("x_r"));
                expected.offer("r", draw.r());
                expected.offer("f_st", reshape(result.part("f_st"), groups, particles, dims));
                expected.offer("f_sr", reshape(result.part("f_sr"), groups, particles, dims));
                expected.offer("kernel_weight", reshape(result.part("kernel_weight"), groups));
                expected.offer("time_weight", result.part("weight"));
            }
            String in = variant + "/";
            for (String part : new String[] {"K_tt", "K_rr", "K_tr", "mmd2"}) {
                expected.offer(in + part, result.part(part));
            }
            expected.offer(in + "loss", result.total());
            run.offerGradients(in + "grad_", result.total(), net, Tolerance.VALUE);
        }
    }
}
