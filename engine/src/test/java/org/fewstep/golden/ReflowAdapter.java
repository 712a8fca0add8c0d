package org.fewstep.golden;

import org.fewstep.loss.FlowMatching;
import org.fewstep.loss.LossResult;
import org.fewstep.model.Cond;
import org.fewstep.path.LinearPath;
import org.fewstep.path.SegmentStarts;
import org.fewstep.path.UniformTimes;
import org.fewstep.solver.Field;
import org.fewstep.solver.RectifiedFlowEuler;
import org.fewstep.solver.Sampler;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Flow matching on given pairs, at all times and at the starts of one or k steps; noise at 0. */
final class ReflowAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        double eps = run.params().number("eps");
        int k = run.params().integer("k");
        double[] u = run.numbers("u");
        double[] uniform = new UniformTimes(eps, 1).times(u);
        offer(run, "first_flow", uniform);
        offer(run, "reflow_uniform", uniform);
        offer(run, "distill_t0", new SegmentStarts(1, eps).times(new int[u.length]));
        offer(run, "distill_k", new SegmentStarts(k, eps).times(run.integers("k_index")));

        GoldenMlp net = run.mlp();
        Field v = (x, point) -> net.v(x, Tensor.full(x.device(), x.dtype(), point.t(), Shape.of(x.dim(0))), Cond.NONE);
        run.expected().offer("euler_sample", sample(run, v, eps, run.params().integer("euler_steps")));
        run.expected().offer("euler_one_step", sample(run, v, eps, 1));
    }

    private static Tensor sample(GoldenRun run, Field v, double eps, int steps) {
        TimeGrid grid = TimeGrid.uniform(LinearPath.NOISE_AT_ZERO, steps, eps, 1);
        return Sampler.run(new RectifiedFlowEuler().plan(grid), v, run.tensor("z0"));
    }

    private static void offer(GoldenRun run, String variant, double[] t) {
        FlowMatching loss = new FlowMatching(LinearPath.NOISE_AT_ZERO, FlowMatching.Config.UNCONDITIONAL);
        GoldenMlp net = run.mlp();
        LossResult result = loss.loss(net, loss.draw(run.tensor("x1"), run.tensor("z0"), t, null));
        run.expected().offer(variant + "/t", t);
        run.expected().offer(variant + "/x_t", result.part("xt"));
        run.expected().offer(variant + "/loss", result.total());
        run.offerLayerGradients(variant + "/grad", result.total(), net, Tolerance.VALUE);
    }
}
