package org.fewstep.solver;

import static org.fewstep.op.Ops.abs;
import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.maximum;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.weightedSum;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.Scope;
import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/**
 * The Dormand-Prince pair of orders 5 and 4 with error control: the reference integrator for exact flow maps.
 *
 * <p>Error norm: root mean square of error / (atol + rtol max(|x|, |x'|)) over the batch, or the worst of its samples,
 * which share their steps either way; {@link SamplewiseDormandPrince} gives each its own. Step factor 0.9 norm^(-1/5), in [0.2, 10], at least 1 after an accepted step; start
 * by Hairer, Norsett and Wanner, II.4. Cost: six evaluations a step, two for the start.
 *
 * @param rtol relative tolerance, above 0
 * @param atol absolute tolerance, above 0
 * @param end what happens at a requested time
 * @param norm of the error
 * @paper Dormand, Prince: A family of embedded Runge-Kutta formulae, 1980
 */
public record DormandPrince(double rtol, double atol, End end, Norm norm) {
    /** What happens at a requested time. */
    public enum End {
        /** The step before it is shortened to end there; the field is never evaluated beyond the last time. */
        CLAMPED,
        /**
         * The step goes over it and a quartic through the step is read there (Shampine 1986), as in torchdiffeq, whose
         * error weights are also two thirds of the usual. The field must exist beyond the last time.
         */
        OVERSHOOT
    }

    /** Over what the mean square of the error is taken. */
    public enum Norm {
        /** All elements, as torchdiffeq: a hard sample hides among easy ones. */
        BATCH,
        /** The elements of each sample, of which the worst counts: every sample keeps the tolerance. */
        SAMPLE
    }

    static final double[][] A = {
        {1.0 / 5},
        {3.0 / 40, 9.0 / 40},
        {44.0 / 45, -56.0 / 15, 32.0 / 9},
        {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
        {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
        {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}
    };
    static final double[] C = {1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1};
    /** Fifth order minus fourth order. */
    static final double[] ERROR = {71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40
    };

    /** Weights of the slopes for the state in the middle of a step. */
    private static final double[] MIDDLE = {
        6025192743.0 / 30085553152.0 / 2,
        0,
        51252292925.0 / 65400821598.0 / 2,
        -2691868925.0 / 45128329728.0 / 2,
        187940372067.0 / 1594534317056.0 / 2,
        -1776094331.0 / 19743644256.0 / 2,
        11237099.0 / 235043384.0 / 2
    };

    static final int MAX_STEPS = 1_000_000;

    /**
     * What a run gave.
     *
     * @param states at the requested times, in the innermost scope
     * @param evaluations of the field
     * @param accepted steps
     * @param rejected steps
     */
    public record Solution(List<Tensor> states, int evaluations, int accepted, int rejected) {
        /** The state at the last time. */
        public Tensor end() {
            return states.get(states.size() - 1);
        }
    }

    /** Steps that end at the requested times, with the norm of the batch. */
    public DormandPrince(double rtol, double atol) {
        this(rtol, atol, End.CLAMPED, Norm.BATCH);
    }

    public DormandPrince {
        if (!(rtol > 0) || !(atol > 0)) {
            throw new IllegalArgumentException(
                    "dormand-prince: got rtol " + rtol + ", atol " + atol + "; expected both above 0");
        }
    }

    /**
     * States at given times of the ODE dx/dt = field.
     *
     * @param start state (B, ...) at the first time
     * @param times at least two, strictly rising or strictly falling
     * @throws IllegalStateException when the step shrinks to nothing, as at a singularity
     */
    public Solution solve(Field field, NoiseSchedule schedule, Tensor start, double... times) {
        TimeGrid grid = TimeGrid.of(schedule, times);
        try (NoGrad off = NoGrad.open()) {
            return new Run(field, schedule, start.stopGradient()).to(grid);
        }
    }

    /** How much longer the step after one with this error norm is. */
    static double factor(double ratio) {
        double factor = ratio == 0 ? 10 : 0.9 * Math.pow(ratio, -0.2);
        double least = ratio < 1 ? 1 : 0.2;
        return Double.isFinite(factor) ? Math.min(10, Math.max(factor, least)) : 0.2;
    }

    /** Length of a trial step from the norms of state and slope. */
    static double trialStep(double state, double slope) {
        return state < 1e-5 || slope < 1e-5 ? 1e-6 : 0.01 * state / slope;
    }

    /** Length of the first step, from a trial step with the norms of the slope and of its change over the trial. */
    static double initialStep(double trial, double slope, double change) {
        double largest = Math.max(slope, change);
        double h = largest <= 1e-15 ? Math.max(1e-6, trial * 1e-3) : Math.pow(0.01 / largest, 0.2);
        return Math.min(100 * trial, h);
    }

    private final class Run {
        private final CountedField field;
        private final NoiseSchedule schedule;
        private Tensor x;
        private Tensor slope;
        private double h;
        private int accepted;
        private int rejected;

        Run(Field field, NoiseSchedule schedule, Tensor start) {
            this.field = new CountedField(field);
            this.schedule = schedule;
            this.x = start;
            this.slope = start;
        }

        Solution to(TimeGrid grid) {
            List<Tensor> states = new ArrayList<>();
            states.add(x);
            GridPoint first = grid.point(0);
            try (Scope scope = x.device().scope()) {
                slope = own(field.at(x, first)).keep(scope);
            }
            h = firstStep(first.t(), Math.signum(grid.span(0)));
            if (end == End.OVERSHOOT) {
                overstep(grid, states);
            } else {
                for (int i = 1; i < grid.points().size(); i++) {
                    advance(grid.point(i - 1).t(), grid.point(i).t(), states);
                    states.add(x);
                }
            }
            Scope.drop(slope.buffer());
            return new Solution(List.copyOf(states), field.evaluations(), accepted, rejected);
        }

        private double firstStep(double t, double direction) {
            try (Scope scope = x.device().scope()) {
                Tensor size = scaleShift(abs(x), rtol, atol);
                double d0 = norm(div(x, size));
                double d1 = norm(div(slope, size));
                double h0 = trialStep(d0, d1);
                Tensor ahead = field.at(add(x, scale(slope, direction * h0)), schedule.at(t + direction * h0));
                double d2 = norm(div(sub(ahead, slope), size)) / h0;
                return initialStep(h0, d1, d2);
            }
        }

        private void advance(double from, double to, List<Tensor> states) {
            double t = from;
            while (t != to) {
                requireProgress(t, to - from);
                boolean last = h >= Math.abs(to - t);
                double step = last ? to - t : Math.signum(to - from) * h;
                double ratio = attempt(t, step, last ? to : t + step, states);
                double next = Math.abs(step) * factor(ratio);
                if (ratio <= 1) {
                    t = last ? to : t + step;
                    // A step cut short by a requested time says nothing against the longer one.
                    h = last ? Math.max(h, next) : next;
                } else {
                    h = next;
                }
            }
        }

        /** Steps of their own length, and the states at the grid's times read from the steps that go over them. */
        private void overstep(TimeGrid grid, List<Tensor> states) {
            double t = grid.point(0).t();
            double direction = Math.signum(grid.span(0));
            while (states.size() <= grid.steps()) {
                requireProgress(t, grid.point(states.size()).t() - t);
                double step = direction * h;
                List<Double> within = new ArrayList<>();
                for (int i = states.size(); i <= grid.steps(); i++) {
                    double fraction = (grid.point(i).t() - t) / step;
                    if (fraction <= 1) {
                        within.add(fraction);
                    }
                }
                double ratio = attempt(t, step, t + step, states, within);
                t = ratio <= 1 ? t + step : t;
                h = Math.abs(step) * factor(ratio);
            }
            Scope.drop(x.buffer());
        }

        private void requireProgress(double t, double span) {
            if (accepted + rejected >= MAX_STEPS || !(h > 1e-14 * Math.max(Math.abs(t), Math.abs(span)))) {
                throw new IllegalStateException("dormand-prince: got a step of " + h + " at t " + t + " after "
                        + accepted + " accepted and " + rejected
                        + " rejected steps; expected progress; is the field singular or not finite there?");
            }
        }

        /** Tries a step; takes it when the returned norm of its error is at most 1. */
        private double attempt(double t, double step, double end, List<Tensor> states) {
            return attempt(t, step, end, states, List.of());
        }

        /** As above; a step that is taken also adds the states at some fractions of it. */
        private double attempt(double t, double step, double end, List<Tensor> states, List<Double> within) {
            Tensor next;
            Tensor nextSlope;
            double ratio;
            List<Tensor> read = new ArrayList<>();
            try (Scope scope = x.device().scope()) {
                List<Tensor> k = new ArrayList<>();
                k.add(slope);
                Tensor state = x;
                for (int i = 0; i < A.length; i++) {
                    state = moved(A[i], k, step);
                    k.add(field.at(state, schedule.at(C[i] == 1 ? end : t + C[i] * step)));
                }
                next = state;
                nextSlope = own(k.get(A.length));
                Tensor size = scaleShift(maximum(abs(x), abs(next)), rtol, atol);
                ratio = norm(div(weighted(ERROR, k, step), size)) * errorScale();
                if (!(ratio <= 1)) {
                    rejected++;
                    return ratio;
                }
                for (double fraction : within) {
                    Tensor at = quartic(next, k, step, fraction);
                    at.keep(scope);
                    read.add(at);
                }
                next.keep(scope);
                nextSlope.keep(scope);
            }
            accepted++;
            if (states.stream().noneMatch(s -> s.buffer() == x.buffer())) {
                Scope.drop(x.buffer());
            }
            Scope.drop(slope.buffer());
            x = next;
            slope = nextSlope;
            states.addAll(read);
            return ratio;
        }

        private double errorScale() {
            return end == End.OVERSHOOT ? 2.0 / 3 : 1;
        }

        /** The quartic with the step's end states, end slopes and middle state, at a fraction u of the step. */
        private Tensor quartic(Tensor next, List<Tensor> k, double step, double u) {
            Tensor middle = moved(MIDDLE, k, step);
            double u2 = u * u;
            double u3 = u2 * u;
            double u4 = u2 * u2;
            return weightedSum(
                    new double[] {
                        1 - 11 * u2 + 18 * u3 - 8 * u4,
                        -5 * u2 + 14 * u3 - 8 * u4,
                        16 * (u2 - 2 * u3 + u4),
                        step * (u - 4 * u2 + 5 * u3 - 2 * u4),
                        step * (u2 - 3 * u3 + 2 * u4)
                    },
                    x,
                    next,
                    middle,
                    k.get(0),
                    k.get(A.length));
        }

        /** x + step sum of weights times slopes. */
        private Tensor moved(double[] weights, List<Tensor> k, double step) {
            return sum(1, weights, k, step);
        }

        private Tensor weighted(double[] weights, List<Tensor> k, double step) {
            return sum(0, weights, k, step);
        }

        private Tensor sum(double ofX, double[] weights, List<Tensor> k, double step) {
            double[] coefficients = new double[weights.length + 1];
            Tensor[] terms = new Tensor[coefficients.length];
            int count = 0;
            if (ofX != 0) {
                coefficients[count] = ofX;
                terms[count++] = x;
            }
            for (int i = 0; i < weights.length; i++) {
                if (weights[i] != 0) {
                    coefficients[count] = step * weights[i];
                    terms[count++] = k.get(i);
                }
            }
            return weightedSum(Arrays.copyOf(coefficients, count), Arrays.copyOf(terms, count));
        }

        /** A copy that may be dropped, whatever tensor the field returned. */
        private Tensor own(Tensor v) {
            return scale(v, 1);
        }

        private double norm(Tensor e) {
            Tensor squares = square(e);
            if (norm == Norm.BATCH) {
                return Math.sqrt(mean(squares).item());
            }
            int batch = e.dim(0);
            double worst = 0;
            for (double of :
                    mean(reshape(squares, batch, e.shape().count() / batch), 1).toDoubles()) {
                worst = Math.max(worst, of);
            }
            return Math.sqrt(worst);
        }
    }
}
