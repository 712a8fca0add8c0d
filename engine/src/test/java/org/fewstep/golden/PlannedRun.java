package org.fewstep.golden;

import static org.fewstep.op.Ops.scale;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.solver.Field;
import org.fewstep.solver.Instruction;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.StepPlan;
import org.fewstep.solver.Stepper;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/** A plan run on the mixture of a case, with all that the cases of EDM's solvers print. */
final class PlannedRun {
    /** For published code that draws what it uses. */
    static final int AS_PLANNED = 0;

    private final GoldenRun run;
    private final SolverRun model;
    private final List<Tensor> states = new ArrayList<>();
    private final List<double[]> starts = new ArrayList<>();
    private boolean asked;

    /**
     * Runs a plan.
     *
     * @param draws how many draws the published code makes in each step, used or not; or {@link #AS_PLANNED}
     */
    PlannedRun(GoldenRun run, StepPlan plan, NoiseSchedule schedule, Tensor start, int draws) {
        this.run = run;
        this.model = new SolverRun(run.gmm(), schedule);
        Field exact = model.field(plan.field());
        Field noted = (x, point) -> {
            if (!asked) {
                starts.add(x.toDoubles());
                asked = true;
            }
            return exact.at(x, point);
        };
        NoiseSource noise = noise(run, "noise", plan, draws);
        try (NoGrad off = NoGrad.open();
                Stepper stepper = new Stepper(plan, start)) {
            while (!stepper.isFinished()) {
                asked = false;
                states.add(stepper.step(noted, noise));
            }
        }
    }

    /** The draws of step i are the rows {@code draws * i, ...} of the case's noise. */
    static NoiseSource noise(GoldenRun run, String input, StepPlan plan, int draws) {
        if (!run.inputs().contains(input)) {
            return NoiseSource.NONE;
        }
        List<Integer> rows = new ArrayList<>();
        for (int i = 0; i < plan.steps().size(); i++) {
            int row = draws == AS_PLANNED ? rows.size() : draws * i;
            for (Instruction instruction : plan.steps().get(i).instructions()) {
                if (instruction instanceof Instruction.DrawNoise) {
                    rows.add(row++);
                }
            }
        }
        NoiseSource given = SolverRun.noise(run, input, 0);
        return (number, like) -> given.draw(rows.get(number), like);
    }

    /** The start of a run from unit noise. */
    static Tensor scaledLatents(GoldenRun run, GridPoint first) {
        return scale(run.tensor("latents"), first.sigma());
    }

    void offer(Tolerance ofX) {
        ExpectedArrays expected = run.expected();
        Tensor x = states.get(states.size() - 1);
        expected.offer("x", x, ofX);
        expected.offer("trajectory", SolverRun.stack(states));
        expected.offer("nfe", model.evaluations().size());
        expected.offer(
                "model_eval_sigma",
                model.evaluations().stream().mapToDouble(GridPoint::rho).toArray());
        expected.offer("step_start_x", stack(starts, x), Tolerance.VALUE);
    }

    /** Values as one array (N, B, D). */
    static Tensor stack(List<double[]> values, Tensor like) {
        int size = like.shape().count();
        double[] all = new double[values.size() * size];
        for (int i = 0; i < values.size(); i++) {
            System.arraycopy(values.get(i), 0, all, i * size, size);
        }
        return Tensor.of(like.device(), like.dtype(), all, values.size(), like.dim(0), like.dim(1));
    }
}
