package org.fewstep.golden;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.solver.Field;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.StepPlan;
import org.fewstep.solver.Stepper;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/** A solver on the exact fields of a mixture, with what the cases ask for: states, and where the field was evaluated. */
final class SolverRun {
    private final GaussianMixture gmm;
    private final NoiseSchedule schedule;
    private final List<GridPoint> evaluations = new ArrayList<>();

    SolverRun(GaussianMixture gmm, NoiseSchedule schedule) {
        this.gmm = gmm;
        this.schedule = schedule;
    }

    /** The exact field of a prediction; keeps the points at which it is asked. */
    Field field(Prediction prediction) {
        return (x, point) -> {
            evaluations.add(point);
            PathCoefficients at = PathCoefficients.of(point);
            return switch (prediction) {
                case X0 -> gmm.x0(x, at);
                case EPS -> gmm.eps(x, at);
                case SCORE -> gmm.score(x, at);
                case V -> gmm.v(x, PathCoefficients.of(schedule, point.t()));
            };
        };
    }

    /** All states of a run, the start first. */
    List<Tensor> states(StepPlan plan, Tensor start, NoiseSource noise) {
        return states(plan, field(plan.field()), start, noise);
    }

    /** All states of a run with another field, the start first. */
    static List<Tensor> states(StepPlan plan, Field field, Tensor start, NoiseSource noise) {
        List<Tensor> states = new ArrayList<>(List.of(start));
        try (NoGrad off = NoGrad.open();
                Stepper stepper = new Stepper(plan, start)) {
            while (!stepper.isFinished()) {
                states.add(stepper.step(field, noise));
            }
        }
        return states;
    }

    /** Draw number i is row {@code first + i} of an input (N, B, D). */
    static NoiseSource noise(GoldenRun run, String input, int first) {
        Tensor all = run.tensor(input);
        double[] values = run.numbers(input);
        int size = all.shape().count() / all.dim(0);
        return (number, like) -> {
            double[] row = new double[size];
            System.arraycopy(values, (first + number) * size, row, 0, size);
            return Tensor.of(run.device(), run.dtype(), row, all.dim(1), all.dim(2));
        };
    }

    /** States as one array (N, B, D). */
    static Tensor stack(List<Tensor> states) {
        Tensor first = states.get(0);
        int size = first.shape().count();
        double[] all = new double[states.size() * size];
        for (int i = 0; i < states.size(); i++) {
            System.arraycopy(states.get(i).toDoubles(), 0, all, i * size, size);
        }
        return Tensor.of(first.device(), first.dtype(), all, states.size(), first.dim(0), first.dim(1));
    }

    /** Points at which the field was evaluated, in order. */
    List<GridPoint> evaluations() {
        return evaluations;
    }

    /** Numbers in double, whatever the run's dtype. */
    static Tensor numbers(GoldenRun run, double[] values) {
        return Tensor.of(run.device(), DType.F64, values, values.length);
    }
}
