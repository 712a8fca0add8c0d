package org.fewstep.golden;

import static org.fewstep.op.Ops.scale;

import java.util.Arrays;
import java.util.Set;
import org.fewstep.io.JsonCursor;
import org.fewstep.loss.ConsistencyTrajectory;
import org.fewstep.loss.Distance;
import org.fewstep.loss.KarrasGrid;
import org.fewstep.loss.LossResult;
import org.fewstep.loss.TrajectoryDenoising;
import org.fewstep.model.Cond;
import org.fewstep.model.CtmScaling;
import org.fewstep.model.SigmaScaling;
import org.fewstep.path.EdmSchedule;
import org.fewstep.sample.StepObserver;
import org.fewstep.sample.TrajectorySampler;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;

/** The losses of consistency trajectory models in their scalings, and their samplers. */
final class ConsistencyTrajectoryAdapter implements Adapter {
    @Override
    public Set<String> roles() {
        return Set.of("target_model", "teacher_model");
    }

    @Override
    public boolean isOption(String path) {
        return path.endsWith("/outer") || path.endsWith("/inner") || path.endsWith("/dsm_sigmas");
    }

    private static CtmScaling.Outer outer(JsonCursor name) {
        return switch (name.asString()) {
            case "euler" -> CtmScaling.Outer.EULER;
            case "variance" -> CtmScaling.Outer.VARIANCE;
            default -> throw name.fail(name.asString(), "euler or variance", "no such form");
        };
    }

    private static CtmScaling.Inner inner(JsonCursor name) {
        return switch (name.asString()) {
            case "edm" -> CtmScaling.Inner.EDM;
            case "cm" -> CtmScaling.Inner.CONSISTENCY;
            case "no" -> CtmScaling.Inner.NONE;
            default -> throw name.fail(name.asString(), "edm, cm or no", "no such scaling");
        };
    }

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        double sigmaData = params.number("sigma_data");
        KarrasGrid grid = ConsistencyPairsAdapter.grid(params);
        int levels = params.integer("num_scales");
        int steps = params.integer("heun_steps");
        int[] index = run.integers("t_index");
        int[] end = run.integers("s_index");
        ExpectedArrays expected = run.expected();
        for (String variant : expected.keys()) {
            String in = variant + "/";
            if (!expected.has(in + "outer")) {
                continue; // a flat entry of the samplers
            }
            CtmScaling scaling = new CtmScaling(
                    outer(expected.option(in + "outer")),
                    inner(expected.option(in + "inner")),
                    sigmaData,
                    grid.sigmaMin());
            GoldenMlp net = run.mlp();
            Tensor x0 = run.tensor("x0");
            Tensor eps = run.tensor("eps");
            ConsistencyTrajectory loss = new ConsistencyTrajectory(
                    new ConsistencyTrajectory.Config(scaling, grid, levels, new Distance.MeanSquare(), 0, 0));
            ConsistencyTrajectory.Draw draw = loss.draw(x0, eps, index, steps, end, null);
            LossResult result = loss.loss(
                    new ConsistencyTrajectory.Nets(
                            net,
                            run.mlp("target_model"),
                            SigmaScaling.edm(sigmaData).around(run.mlp("teacher_model"))),
                    draw);
            double[] t = Arrays.stream(index).mapToDouble(loss::level).toArray();
            double[] u =
                    Arrays.stream(index).mapToDouble(i -> loss.level(i + steps)).toArray();
            double[] s = Arrays.stream(end).mapToDouble(loss::level).toArray();
            expected.offer(in + "t", t);
            expected.offer(in + "t_minus_dt", u);
            expected.offer(in + "s", s);
            expected.offer(in + "x_t", result.part("x_t"));
            expected.offer(in + "x_t_minus_dt", result.part("x_u"));
            expected.offer(
                    in + "denoised_t_s",
                    scaling.denoised(net, result.part("x_t"), run.times(t), run.times(s), Cond.NONE));
            expected.offer(in + "G_t_s", result.part("map"));
            expected.offer(in + "estimate", result.part("estimate"));
            expected.offer(in + "target", result.part("target"));
            expected.offer(in + "loss_l2_mean", result.total());
            run.offerLayerGradients(in + "grad", result.total(), net, Tolerance.VALUE);

            double[] sigmas = expected.option(in + "dsm_sigmas").asDoubles();
            TrajectoryDenoising denoising = new TrajectoryDenoising(scaling, (rng, step, n) -> sigmas, 0, 0);
            LossResult dsm = denoising.loss(net, denoising.draw(x0, eps, sigmas, null));
            expected.offer(in + "dsm_per_sample", dsm.perSample());
            expected.offer(in + "dsm_mean", dsm.total());
            run.offerLayerGradients(in + "dsm_grad", dsm.total(), net, Tolerance.VALUE);
        }
        samplers(run, grid, sigmaData);
    }

    private static void samplers(GoldenRun run, KarrasGrid grid, double sigmaData) {
        double[] levels = grid.levels(run.params().integer("sampler_n"));
        run.expected().offer("sampler_sigmas", Arrays.copyOf(levels, levels.length + 1));
        CtmScaling scaling = new CtmScaling(CtmScaling.Outer.EULER, CtmScaling.Inner.EDM, sigmaData, grid.sigmaMin());
        GoldenMlp net = run.mlp();
        TrajectorySampler.Map map = (x, t, s, cond) -> scaling.map(net, x, t, s, cond);
        TimeGrid times = TimeGrid.of(new EdmSchedule(), levels);
        Tensor start = scale(run.tensor("z"), grid.sigmaMax());
        run.expected()
                .offer(
                        "sample_exact",
                        TrajectorySampler.exact(map)
                                .sample(
                                        start,
                                        times,
                                        Cond.NONE,
                                        SolverRun.noise(run, "sampler_noises", 0),
                                        StepObserver.NONE));
        run.expected()
                .offer(
                        "sample_gamma",
                        TrajectorySampler.published(map, run.params().number("gamma"))
                                .sample(
                                        start,
                                        times,
                                        Cond.NONE,
                                        SolverRun.noise(run, "sampler_noises", 0),
                                        StepObserver.NONE));
    }
}
