package org.fewstep.bench.work;

import java.util.List;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.path.CosinePath;
import org.fewstep.solver.DpmMultistep;
import org.fewstep.solver.Field;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.SaSolver;
import org.fewstep.solver.StepPlan;
import org.fewstep.solver.Stepper;
import org.fewstep.solver.TimeGrid;
import org.fewstep.solver.UniPc;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * Step by step through a long sampling run of 64 samples, of 3x32x32 unless said otherwise, from the start again after its
 * end. Predictions and noise are taken from a few that stand ready, so that what is left is the solver's own arithmetic.
 */
public final class SolverStep extends EngineWork {
    /** Samples, channels, height and width. */
    private static final int[] SHAPE = {64, 3, 32, 32};

    /** Numbers of a state. */
    static final int POINTS = 64 * 3 * 32 * 32;

    /** Predictions that stand ready; more than a solver looks back. */
    static final int PREDICTIONS = 5;

    /** Draws of noise that stand ready. */
    static final int DRAWS = 2;

    /** So many that the first steps, of lower orders, hardly count. */
    private static final int STEPS = 500;

    private final StepPlan plan;
    private final Tensor start;
    private final Tensor[] predictions = new Tensor[PREDICTIONS];
    private final Tensor[] draws = new Tensor[DRAWS];
    private final Field field;
    private final NoiseSource noise;
    private Stepper stepper;
    private int evaluations;

    /**
     * At the start of a run.
     *
     * @param solver dpmpp-2m, dpmpp-3m, unipc-3 or sa-3-4
     */
    public SolverStep(CpuDevice device, String solver) {
        this(device, solver, SHAPE);
    }

    /** As above, for samples of another shape (B, ...). */
    public SolverStep(CpuDevice device, String solver, int... shape) {
        super(device);
        int points = Shape.of(shape).count();
        this.plan = plan(solver);
        this.start = operand(start(points), shape);
        for (int i = 0; i < PREDICTIONS; i++) {
            predictions[i] = operand(prediction(i, points), shape);
        }
        for (int i = 0; i < DRAWS; i++) {
            draws[i] = operand(draw(i, points), shape);
        }
        this.field = (x, point) -> predictions[evaluations++ % PREDICTIONS];
        this.noise = (number, like) -> draws[number % DRAWS];
        this.stepper = new Stepper(plan, start);
        own(() -> stepper.close());
    }

    static StepPlan plan(String solver) {
        TimeGrid grid = TimeGrid.uniform(new CosinePath(), STEPS, 0.1, 0.9);
        return switch (solver) {
            case "dpmpp-2m" -> new DpmMultistep(2).plan(grid);
            case "dpmpp-3m" -> new DpmMultistep(3).plan(grid);
            case "unipc-3" -> new UniPc(3).plan(grid);
            case "sa-3-4" -> new SaSolver(1).plan(grid);
            default ->
                throw new IllegalArgumentException(
                        "solver: got \"" + solver + "\"; expected dpmpp-2m, dpmpp-3m, unipc-3 or sa-3-4");
        };
    }

    static float[] start(int points) {
        return Draws.signed("step.start", points);
    }

    static float[] prediction(int i, int points) {
        return Draws.signed("step.prediction" + i, points);
    }

    static float[] draw(int i, int points) {
        return Draws.signed("step.noise" + i, points);
    }

    @Override
    protected List<Tensor> run() {
        if (stepper.isFinished()) {
            stepper.close();
            stepper = new Stepper(plan, start);
            evaluations = 0;
        }
        return List.of(stepper.step(field, noise));
    }
}
