package org.fewstep.golden;

import static org.fewstep.golden.ScheduleAdapter.map;

import java.util.Set;
import java.util.TreeSet;
import org.fewstep.io.JsonCursor;
import org.fewstep.loss.ConditionalFlowMatching;
import org.fewstep.loss.FlowMatching;
import org.fewstep.loss.InterpolantDenoiser;
import org.fewstep.loss.InterpolantDrift;
import org.fewstep.loss.InterpolantScore;
import org.fewstep.loss.InterpolantVelocity;
import org.fewstep.loss.Loss;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.MirrorScore;
import org.fewstep.loss.OneSidedDenoiser;
import org.fewstep.loss.OneSidedDrift;
import org.fewstep.loss.OneSidedScore;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.Bridge;
import org.fewstep.path.MirrorInterpolant;
import org.fewstep.path.Path;
import org.fewstep.path.StochasticInterpolant;
import org.fewstep.path.UniformTimes;
import org.fewstep.tensor.Tensor;

/** interflow's losses; the roles of the model name the losses, {@code path} and {@code gamma} the interpolant. */
final class InterpolantLossAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        String path = run.params().string("path");
        String gamma = run.params().string("gamma");
        GoldenRun.requireKind(run.model("model"), "set");
        Set<String> roles = new TreeSet<>(run.model("model").keys());
        roles.remove("kind");
        if (path.startsWith(Interpolants.ONE_SIDED)) {
            oneSided(run, roles, Interpolants.oneSided(path, gamma));
        } else if (path.equals(Interpolants.MIRROR)) {
            mirror(run, roles, new MirrorInterpolant(Interpolants.gamma(gamma)));
        } else {
            twoSided(run, roles, Interpolants.twoSided(path, gamma));
        }
    }

    private static void twoSided(GoldenRun run, Set<String> roles, StochasticInterpolant interpolant) {
        ConditionalFlowMatching.Config config = new ConditionalFlowMatching.Config(interpolant);
        InterpolantVelocity velocity = new InterpolantVelocity(config);
        ConditionalFlowMatching.Draw draw =
                velocity.draw(run.tensor("x0"), run.tensor("x1"), run.tensor("z"), run.numbers("t"));
        offerTable(run, interpolant);
        LossResult any = velocity.loss((x, t, cond) -> x, draw);
        run.expected().offer("dI_t", any.part("middle_slope"));
        any = new InterpolantDrift(config).loss((x, t, cond) -> x, draw);
        run.expected().offer("I_t", any.part("middle"));
        for (String role : roles) {
            GoldenMlp net = run.mlp("model", role);
            PredictionNet eta = net::v;
            switch (role) {
                case "b" -> offer(run, role, new InterpolantDrift(config), net, net, draw);
                case "s" -> offer(run, role, new InterpolantScore(config), net, net, draw);
                case "eta" -> offer(run, role, new InterpolantDenoiser(config), eta, net, draw);
                case "v" -> offer(run, role, velocity, net, net, draw);
                default -> throw unknown(run, role);
            }
        }
    }

    private static void oneSided(GoldenRun run, Set<String> roles, Path path) {
        FlowMatching.Config config = FlowMatching.Config.UNCONDITIONAL;
        OneSidedDrift drift = new OneSidedDrift(path, config);
        double[] t = run.numbers("t");
        FlowMatching.Draw draw = drift.draw(run.tensor("x1"), run.tensor("x0"), t, null);
        ExpectedArrays expected = run.expected();
        expected.offer("a", map(t, path::sigma));
        expected.offer("b", map(t, path::alpha));
        expected.offer("adot", map(t, path::dSigma));
        expected.offer("bdot", map(t, path::dAlpha));
        LossResult any = drift.loss((x, time, cond) -> x, draw);
        expected.offer("I_t", any.part("xt"));
        expected.offer("dI_t", any.part("target"));
        for (String role : roles) {
            GoldenMlp net = run.mlp("model", role);
            PredictionNet eta = net::v;
            switch (role) {
                case "one-sided-b" -> offer(run, role, drift, net, net, draw);
                case "one-sided-s" -> offer(run, role, new OneSidedScore(path, config), net, net, draw);
                case "one-sided-eta" -> offer(run, role, new OneSidedDenoiser(path, config), eta, net, draw);
                default -> throw unknown(run, role);
            }
        }
    }

    private static void mirror(GoldenRun run, Set<String> roles, MirrorInterpolant mirror) {
        MirrorScore loss = new MirrorScore(mirror, UniformTimes.UNIT);
        double[] t = run.numbers("t");
        ExpectedArrays expected = run.expected();
        // The published code calls the noise x0.
        Tensor noise = run.tensor("x0");
        Tensor data = run.tensor("x1");
        ConditionalFlowMatching.Draw draw = loss.draw(noise, data, noise, t);
        expected.offer("a", map(t, mirror::noise));
        expected.offer("b", map(t, mirror::data));
        expected.offer("adot", map(t, mirror::dNoise));
        expected.offer("bdot", map(t, mirror::dData));
        offerGamma(run, mirror);
        expected.offer("I_t", mirror.xt(noise, data, noise, draw.at()));
        expected.offer("dI_t", mirror.velocity(noise, data, noise, draw.at()));
        for (String role : roles) {
            if (!role.equals("mirror")) {
                throw unknown(run, role);
            }
            GoldenMlp net = run.mlp("model", role);
            offer(run, role, loss, net, net, draw);
        }
    }

    private static <N, D> void offer(GoldenRun run, String role, Loss<N, D> loss, N net, GoldenMlp leaves, D draw) {
        LossResult result = loss.loss(net, draw);
        run.expected().offer("loss_" + role, result.total());
        run.offerGradients("grad_" + role + "_", result.total(), leaves, Tolerance.VALUE);
    }

    private static void offerTable(GoldenRun run, Bridge bridge) {
        double[] t = run.numbers("t");
        run.expected().offer("a", map(t, bridge::source));
        run.expected().offer("b", map(t, bridge::data));
        run.expected().offer("adot", map(t, bridge::dSource));
        run.expected().offer("bdot", map(t, bridge::dData));
        offerGamma(run, bridge);
    }

    private static void offerGamma(GoldenRun run, Bridge bridge) {
        double[] t = run.numbers("t");
        run.expected().offer("gamma", map(t, bridge::noise));
        run.expected().offer("gamma_dot", map(t, bridge::dNoise));
        run.expected().offer("gamma_gamma_dot", map(t, bridge::halfDVariance));
    }

    private static RuntimeException unknown(GoldenRun run, String role) {
        JsonCursor model = run.model("model");
        return model.get(role).fail("a network", "no such role", "no loss of this interpolant has this name");
    }

    @Override
    public double f32Bound() {
        return 5e-4;
    }
}
