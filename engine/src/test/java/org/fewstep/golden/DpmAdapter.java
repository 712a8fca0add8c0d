package org.fewstep.golden;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.GridPoint;
import org.fewstep.path.Prediction;
import org.fewstep.solver.AdaptiveDpm;
import org.fewstep.solver.Coefficients;
import org.fewstep.solver.Correction;
import org.fewstep.solver.DpmMultistep;
import org.fewstep.solver.DpmSinglestep;
import org.fewstep.solver.DynamicThresholding;
import org.fewstep.solver.Field;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.StepPlan;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;

/** DPM-Solver and DPM-Solver++ in all their forms, as in dpm_solver_pytorch.py. */
final class DpmAdapter implements Adapter {
    private final boolean adaptive;

    DpmAdapter(boolean adaptive) {
        this.adaptive = adaptive;
    }

    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        DiffusionCase diffusion = new DiffusionCase(run);
        SolverRun solver = new SolverRun(run.gmm(), diffusion.schedule());
        Prediction form =
                params.choice("algorithm_type", "dpmsolver", "dpmsolver++").equals("dpmsolver")
                        ? Prediction.EPS
                        : Prediction.X0;
        Correction correction =
                params.choice("solver_type", "dpmsolver", "taylor").equals("taylor")
                        ? Correction.TAYLOR
                        : Correction.MIDPOINT;
        int order = params.integer("order");
        double end = params.number("t_end");
        Tensor x = run.tensor("x_T");
        if (adaptive) {
            params.choice("method", "adaptive");
            AdaptiveDpm dpm =
                    new AdaptiveDpm(form, order, correction, params.number("rtol"), params.number("atol"), false);
            AdaptiveDpm.Solution solution =
                    dpm.solve(solver.field(form), diffusion.schedule(), x, diffusion.start(), end);
            run.expected().offer("x", solution.end(), Tolerance.ADAPTIVE);
            diffusion.offerEvaluations(solver, Tolerance.ADAPTIVE);
            return;
        }
        int steps = params.integer("steps");
        boolean lowerOrderFinal = params.bool("lower_order_final");
        boolean denoise = params.bool("denoise_to_zero");
        Field field = thresholded(params, form, solver.field(form));
        if (params.choice("method", "multistep", "singlestep", "singlestep_fixed")
                .equals("multistep")) {
            TimeGrid grid = diffusion.grid(steps, end);
            DpmMultistep multistep = new DpmMultistep(
                    form,
                    order,
                    correction,
                    Coefficients.PUBLISHED,
                    lowerOrderFinal ? DpmMultistep.FEW_STEPS : 0,
                    denoise);
            List<Tensor> states = SolverRun.states(multistep.plan(grid), field, x, NoiseSource.NONE);
            diffusion.offer(solver, grid.points(), states);
            return;
        }
        if (denoise) {
            throw params.fail("denoise_to_zero", "true", "false with a singlestep method");
        }
        boolean fixed = params.string("method").equals("singlestep_fixed");
        DpmSinglestep singlestep = new DpmSinglestep(form, order, correction, fixed);
        int evaluations = fixed ? steps / order * order : steps;
        TimeGrid grid = params.string("skip_type").equals("logSNR")
                ? singlestep.logSnrGrid(diffusion.schedule(), evaluations, diffusion.start(), end)
                : diffusion.grid(evaluations, end);
        params.choice("skip_type", "time_uniform", "time_quadratic", "logSNR");
        StepPlan plan = singlestep.plan(grid);
        List<GridPoint> outer = new ArrayList<>(List.of(grid.point(0)));
        plan.steps().forEach(step -> outer.add(step.to()));
        List<Tensor> states = SolverRun.states(plan, field, x, NoiseSource.NONE);
        diffusion.offer(solver, outer, states.subList(1, states.size()));
        run.expected()
                .offer(
                        "orders",
                        singlestep.orders(evaluations).stream()
                                .mapToInt(Integer::intValue)
                                .toArray());
    }

    private static Field thresholded(Options params, Prediction form, Field field) {
        if (!params.has("correcting_x0_fn")) {
            return field;
        }
        params.choice("correcting_x0_fn", "dynamic_thresholding");
        if (form != Prediction.X0) {
            throw params.fail("correcting_x0_fn", "dynamic_thresholding", "no correction of x0 for dpmsolver");
        }
        return new DynamicThresholding(
                field,
                params.number("dynamic_thresholding_ratio"),
                params.number("thresholding_max_val"),
                Double.POSITIVE_INFINITY);
    }

    @Override
    public boolean f64Only() {
        return adaptive;
    }
}
