package org.fewstep.golden;

import static org.fewstep.op.Ops.scale;

import java.util.Arrays;
import org.fewstep.loss.KarrasGrid;
import org.fewstep.path.EdmSchedule;
import org.fewstep.solver.Churn;
import org.fewstep.solver.EdmEuler;
import org.fewstep.solver.EdmHeun;
import org.fewstep.solver.EulerAncestral;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.Sampler;
import org.fewstep.solver.Solver;
import org.fewstep.solver.StepPlan;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;

/** The samplers of consistency models' teachers on an exact denoiser; noise i is the draw of step i. */
final class TeacherSamplersAdapter implements Adapter {
    @Override
    public void run(GoldenRun run) {
        Options params = run.params();
        KarrasGrid levels = ConsistencyPairsAdapter.grid(params);
        int n = params.integer("n");
        double[] sigmas = Arrays.copyOf(levels.levels(n), n + 1);
        Churn churn = new Churn(
                params.number("s_churn"), params.number("s_tmin"), params.number("s_tmax"), params.number("s_noise"));
        run.expected().offer("sigmas_with_zero", sigmas);
        EdmSchedule schedule = new EdmSchedule();
        TimeGrid grid = TimeGrid.of(schedule, sigmas);
        Tensor start = scale(run.tensor("z"), levels.sigmaMax());
        offer(run, "heun", new EdmHeun(), grid, start);
        offer(run, "euler", new EdmEuler(), grid, start);
        offer(run, "euler_ancestral", new EulerAncestral(), grid, start);
        offer(run, "heun_churn", new EdmHeun(churn), grid, start);
    }

    private static void offer(GoldenRun run, String name, Solver solver, TimeGrid grid, Tensor start) {
        StepPlan plan = solver.plan(grid);
        SolverRun model = new SolverRun(run.gmm(), grid.schedule());
        NoiseSource noise = PlannedRun.noise(run, "noises", plan, 1);
        run.expected().offer(name, Sampler.run(plan, model.field(plan.field()), start, noise));
    }
}
