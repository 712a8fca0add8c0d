package org.fewstep.golden;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.Path;
import org.fewstep.solver.DiffusionForm;
import org.fewstep.solver.InterpolantSde;
import org.fewstep.solver.InterpolantSde.LastStep;
import org.fewstep.solver.SdeScheme;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;

/** SiT's stochastic samplers on the exact field. */
final class InterpolantSdeAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        Path path = InterpolantScheduleAdapter.path(params);
        // The exact field is the same whatever the network would have predicted.
        params.choice("model_type", "velocity", "noise", "score");
        SdeScheme scheme =
                params.choice("method", "Euler", "Heun").equals("Euler") ? SdeScheme.EULER_MARUYAMA : SdeScheme.HEUN;
        DiffusionForm form = InterpolantScheduleAdapter.form(params.string("diffusion_form"));
        LastStep last = params.isNull("last_step")
                ? LastStep.NONE
                : switch (params.choice("last_step", "Mean", "Euler", "Tweedie")) {
                    case "Mean" -> LastStep.MEAN;
                    case "Euler" -> LastStep.EULER;
                    default -> LastStep.TWEEDIE;
                };
        double size = params.number("last_step_size");
        InterpolantSde solver = new InterpolantSde(form, params.number("diffusion_norm"), scheme, last, size);
        TimeGrid grid =
                TimeGrid.uniform(path, params.integer("num_steps") - 1, params.number("t0"), params.number("t1"));
        SolverRun exact = new SolverRun(run.gmm(), path);
        List<Tensor> states = new ArrayList<>(
                exact.states(solver.plan(grid), run.tensor("x_init"), SolverRun.noise(run, "noise", 0)));
        states.remove(0);
        if (last == LastStep.NONE) {
            // The published sampler lists the last state once more.
            states.add(states.get(states.size() - 1));
        }
        run.expected().offer("x", states.get(states.size() - 1));
        run.expected().offer("trajectory", SolverRun.stack(states));
    }
}
