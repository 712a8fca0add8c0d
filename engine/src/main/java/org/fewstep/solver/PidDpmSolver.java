package org.fewstep.solver;

import static org.fewstep.op.Ops.abs;
import static org.fewstep.op.Ops.clamp;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.maximum;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.weightedSum;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.Scope;
import org.fewstep.path.GridPoint;
import org.fewstep.path.NoiseSchedule;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * DPM-Solver-12 or -23 whose steps in lambda = -ln rho, rho = sigma / alpha, are set by a PID controller, with ancestral
 * noise: k-diffusion's adaptive sampler. The field gives eps. With the results low of order {@code order - 1} and high of
 * order {@code order},
 *
 * <pre>
 * E      = rms over the batch of (low - high) / max(atol, rtol max(|low|, |low of the last taken step|))
 * factor = 1 + atan(E^(-b1) E_1^(-b2) E_2^(-b3) - 1)        taken if factor >= accept;  h' = factor h
 * b1 = (p + i + d) / q     b2 = -(p + 2 d) / q     b3 = d / q     q = order, or 1.5 where eta > 0
 * </pre>
 *
 * <p>E_1 and E_2 are those of the last two taken steps. A taken step goes from rho to the lower level down of its ancestral
 * split (see {@link EulerAncestral}) and gets noise up to rho'. The samples of a batch share their steps, so that results
 * depend on the batch. Cost: {@code order} evaluations a trial; after a rejected one the evaluation at its start is kept,
 * which k-diffusion repeats.
 *
 * @param order 2 or 3
 * @param rtol relative tolerance, above 0
 * @param atol absolute tolerance, above 0
 * @param firstStep in lambda, above 0
 * @param gains of the controller
 * @param eta share of the noise that is fresh: 0 is deterministic, 1 the reverse SDE's
 * @param noise factor of the fresh noise, usually 1
 * @paper Lu et al. 2022: DPM-Solver: A Fast ODE Solver for Diffusion Probabilistic Model Sampling in Around 10 Steps,
 *     arXiv:2206.00927; Soederlind 2003: Digital filters in adaptive time-stepping
 */
public record PidDpmSolver(
        int order, double rtol, double atol, double firstStep, Gains gains, double eta, double noise) {
    private static final double LAMBDA_ERROR = 1e-5;
    private static final double SMALLEST_ERROR = 1e-8;
    private static final double STOCHASTIC_ORDER = 1.5;
    private static final int MAX_TRIALS = 100_000;

    /**
     * Gains of the controller.
     *
     * @param p proportional
     * @param i integral
     * @param d derivative
     * @param accept least factor of a step that is taken, above 0
     */
    public record Gains(double p, double i, double d, double accept) {
        public Gains {
            if (!Double.isFinite(p) || !Double.isFinite(i) || !Double.isFinite(d) || !(accept > 0)) {
                throw new IllegalArgumentException("pid-dpm-solver: got gains " + p + ", " + i + ", " + d
                        + ", least factor " + accept + "; expected finite gains and a factor above 0");
            }
        }

        /** k-diffusion's: integral alone, steps whose factor is 0.81 or more. */
        public Gains() {
            this(0, 1, 0, 0.81);
        }
    }

    /**
     * A step that was tried.
     *
     * @param points of evaluation, the start first
     * @param error the norm E
     * @param accepted whether it was taken
     */
    public record Trial(List<GridPoint> points, double error, boolean accepted) {}

    /**
     * What a run gave.
     *
     * @param end state at the end, in the innermost scope
     * @param evaluations of the field
     * @param trials in order
     */
    public record Solution(Tensor end, int evaluations, List<Trial> trials) {
        /** Steps taken. */
        public int accepted() {
            return (int) trials.stream().filter(Trial::accepted).count();
        }

        /** Steps not taken. */
        public int rejected() {
            return trials.size() - accepted();
        }
    }

    public PidDpmSolver {
        if (order != 2 && order != 3) {
            throw new IllegalArgumentException("pid-dpm-solver: got order " + order + "; expected 2 or 3");
        }
        if (!(rtol > 0) || !(atol > 0) || !(firstStep > 0)) {
            throw new IllegalArgumentException("pid-dpm-solver: got rtol " + rtol + ", atol " + atol + ", first step "
                    + firstStep + "; expected all above 0");
        }
        AncestralSplit.require("pid-dpm-solver", eta, noise);
    }

    /** k-diffusion's values: order 3, tolerances 0.05 and 0.0078, no noise. */
    public PidDpmSolver() {
        this(3, 0.05, 0.0078, 0.05, new Gains(), 0, 1);
    }

    /**
     * The state at the end of a run.
     *
     * @param field gives eps
     * @param start state (B, ...) at {@code from}
     * @param from time with alpha and sigma above 0
     * @param to time with alpha and sigma above 0, nearer to data
     * @param source of the noise, asked once a taken step where eta is above 0
     * @throws IllegalStateException when the step shrinks to nothing
     */
    public Solution solve(
            Field field, NoiseSchedule schedule, Tensor start, double from, double to, NoiseSource source) {
        double first = schedule.lambda(from);
        double last = schedule.lambda(to);
        if (!Double.isFinite(first) || !Double.isFinite(last) || !(last > first)) {
            throw new IllegalArgumentException("pid-dpm-solver: got lambda " + first + " to " + last
                    + "; expected finite ones, rising; keep both times off the ends of the schedule");
        }
        try (NoGrad off = NoGrad.open()) {
            return new Run(field, schedule, start.stopGradient(), first, last, source).finish();
        }
    }

    private final class Controller {
        private final double b1;
        private final double b2;
        private final double b3;
        private double h = firstStep;
        private double before;
        private double beforeThat;
        private boolean started;

        Controller() {
            double q = eta > 0 ? STOCHASTIC_ORDER : order;
            b1 = (gains.p + gains.i + gains.d) / q;
            b2 = -(gains.p + 2 * gains.d) / q;
            b3 = gains.d / q;
        }

        /** Whether a step with this error is taken; sets the length of the next. */
        boolean accepts(double error) {
            double inverse = 1 / (error + SMALLEST_ERROR);
            if (!started) {
                started = true;
                before = inverse;
                beforeThat = inverse;
            }
            double factor = Math.pow(inverse, b1) * Math.pow(before, b2) * Math.pow(beforeThat, b3);
            factor = 1 + Math.atan(factor - 1);
            boolean accepted = factor >= gains.accept;
            if (accepted) {
                beforeThat = before;
                before = inverse;
            }
            h *= factor;
            return accepted;
        }
    }

    private final class Run {
        private final CountedField field;
        private final NoiseSchedule schedule;
        private final Tensor start;
        private final double last;
        private final NoiseSource source;
        private final Controller controller = new Controller();
        private final List<Trial> trials = new ArrayList<>();
        private double lambda;
        private int draws;
        private Tensor x;
        private Tensor low;
        private @Nullable Tensor eps;

        Run(Field field, NoiseSchedule schedule, Tensor start, double first, double last, NoiseSource source) {
            this.field = new CountedField(field);
            this.schedule = schedule;
            this.start = start;
            this.lambda = first;
            this.last = last;
            this.source = source;
            this.x = start;
            this.low = start;
        }

        Solution finish() {
            while (lambda < last - LAMBDA_ERROR) {
                if (trials.size() == MAX_TRIALS || !(controller.h > 0)) {
                    throw new IllegalStateException("pid-dpm-solver: got a step of " + controller.h + " at lambda "
                            + lambda + " after " + trials.size() + " trials; expected to reach " + last
                            + "; is the field finite there?");
                }
                tryStep(Math.min(last, lambda + controller.h));
            }
            drop(low);
            return new Solution(x == start ? scale(x, 1) : x, field.evaluations(), List.copyOf(trials));
        }

        private void tryStep(double end) {
            GridPoint from = schedule.atLambda(lambda);
            GridPoint to = schedule.atLambda(end);
            double floor = Math.exp(-last);
            double down = Math.max(
                    Math.min(floor, to.rho()),
                    AncestralSplit.of(from.rho(), to.rho(), eta).down());
            NoiseFormStep step = NoiseFormStep.of(order, schedule, from, down);
            NoiseFormStep lower = order == 2
                    ? NoiseFormStep.of(1, schedule, from, down)
                    : NoiseFormStep.second(schedule, from, down, 1.0 / 3);
            try (Scope scope = x.device().scope()) {
                List<Tensor> slopes = new ArrayList<>();
                slopes.add(slope(from, scope));
                for (int i = 1; i < step.at().size(); i++) {
                    GridPoint stage = step.at().get(i);
                    slopes.add(field.at(moved(from, stage, step.weights(i - 1), slopes), stage));
                }
                Tensor nextLow = moved(from, to, lower.weights(order - 2), slopes);
                Tensor high = moved(from, to, step.weights(order - 1), slopes);
                double error = error(nextLow, high);
                boolean accepted = controller.accepts(error);
                trials.add(new Trial(step.at(), error, accepted));
                if (accepted) {
                    double up = noise * to.alpha() * Math.sqrt((to.rho() - down) * (to.rho() + down));
                    Tensor next = up == 0 ? high : weightedSum(new double[] {1, up}, high, source.draw(draws++, x));
                    take(next.keep(scope), nextLow.keep(scope), end);
                }
            }
        }

        /** eps at the start of the trial, kept while trials from there are rejected. */
        private Tensor slope(GridPoint from, Scope scope) {
            if (eps == null) {
                // A copy that may be dropped, whatever tensor the field returned.
                eps = scale(field.at(x, from), 1).keep(scope);
            }
            return eps;
        }

        private void take(Tensor next, Tensor nextLow, double end) {
            drop(x);
            drop(low);
            if (eps != null) {
                drop(eps);
            }
            x = next;
            low = nextLow;
            eps = null;
            lambda = end;
        }

        private void drop(Tensor old) {
            if (old != start) {
                Scope.drop(old.buffer());
            }
        }

        private Tensor moved(GridPoint from, GridPoint to, double[] weights, List<Tensor> slopes) {
            double[] coefficients = new double[weights.length + 1];
            Tensor[] terms = new Tensor[coefficients.length];
            coefficients[0] = to.alpha() / from.alpha();
            terms[0] = x;
            for (int j = 0; j < weights.length; j++) {
                coefficients[j + 1] = to.alpha() * weights[j];
                terms[j + 1] = slopes.get(j);
            }
            return weightedSum(coefficients, terms);
        }

        private double error(Tensor nextLow, Tensor high) {
            Tensor size = clamp(scale(maximum(abs(nextLow), abs(low)), rtol), atol, Double.MAX_VALUE);
            return Math.sqrt(mean(square(div(sub(nextLow, high), size))).item());
        }
    }
}
