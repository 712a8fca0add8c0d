package org.fewstep.solver;

import static org.fewstep.op.Ops.abs;
import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.maximum;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.weightedSum;
import static org.fewstep.op.Ops.where;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.Scope;
import org.fewstep.path.Retimed;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/**
 * {@link DormandPrince} with a step length, acceptances and rejections for each sample of its own: a sample's result is that
 * of a batch of one, whatever else is in the batch.
 *
 * <p>The field is evaluated for the whole batch at one time a sample, so it takes times (B) where a {@link Field} takes one.
 * Samples that are done wait at the end with steps of length 0; the batch costs as many evaluations as its hardest sample.
 * Error norm, step factor and first step are {@link DormandPrince}'s; the last step before a requested time is shortened to end
 * there.
 *
 * @param rtol relative tolerance, above 0
 * @param atol absolute tolerance, above 0
 * @paper Dormand, Prince: A family of embedded Runge-Kutta formulae, 1980
 */
public record SamplewiseDormandPrince(double rtol, double atol) {
    /**
     * What a run gave.
     *
     * @param states at the requested times, in the innermost scope
     * @param evaluations of the field, each of the whole batch
     * @param accepted steps of each sample (B)
     * @param rejected steps of each sample (B)
     */
    public record Solution(List<Tensor> states, int evaluations, int[] accepted, int[] rejected) {
        /** The state at the last time. */
        public Tensor end() {
            return states.get(states.size() - 1);
        }
    }

    public SamplewiseDormandPrince {
        if (!(rtol > 0) || !(atol > 0)) {
            throw new IllegalArgumentException(
                    "samplewise dormand-prince: got rtol " + rtol + ", atol " + atol + "; expected both above 0");
        }
    }

    /**
     * States at given times of the ODE dx/dt = field.
     *
     * @param field no sample of which depends on another
     * @param start state (B, ...) at the first time
     * @param times at least two, strictly rising or strictly falling
     * @throws IllegalStateException when the step of a sample shrinks to nothing, as at a singularity
     */
    public Solution solve(Retimed.Velocity field, Tensor start, double... times) {
        TimeGrid.requireOnward(times);
        try (NoGrad off = NoGrad.open()) {
            return new Run(field, start.stopGradient(), times[0]).through(times);
        }
    }

    private final class Run {
        private final Retimed.Velocity field;
        private final int batch;
        private final double[] t;
        private final double[] h;
        private final int[] accepted;
        private final int[] rejected;
        private Tensor x;
        private Tensor slope;
        private int evaluations;

        Run(Retimed.Velocity field, Tensor start, double from) {
            this.field = field;
            this.batch = start.dim(0);
            this.t = new double[batch];
            this.h = new double[batch];
            this.accepted = new int[batch];
            this.rejected = new int[batch];
            this.x = start;
            this.slope = start;
            Arrays.fill(t, from);
        }

        Solution through(double[] times) {
            List<Tensor> states = new ArrayList<>(List.of(x));
            try (Scope scope = x.device().scope()) {
                // A copy, since a field may hand back a tensor that it keeps.
                slope = scale(at(x, t), 1).keep(scope);
            }
            firstSteps(Math.signum(times[1] - times[0]));
            for (int i = 1; i < times.length; i++) {
                boolean moving;
                do {
                    moving = advance(times[i], states);
                } while (moving);
                states.add(x);
            }
            Scope.drop(slope.buffer());
            return new Solution(List.copyOf(states), evaluations, accepted, rejected);
        }

        private Tensor at(Tensor state, double[] time) {
            evaluations++;
            return field.at(state, time);
        }

        private void firstSteps(double direction) {
            try (Scope scope = x.device().scope()) {
                Tensor size = scaleShift(abs(x), rtol, atol);
                double[] d0 = norms(div(x, size));
                double[] d1 = norms(div(slope, size));
                double[] trial = new double[batch];
                double[] ahead = new double[batch];
                for (int i = 0; i < batch; i++) {
                    trial[i] = direction * DormandPrince.trialStep(d0[i], d1[i]);
                    ahead[i] = t[i] + trial[i];
                }
                Tensor moved = at(add(x, mul(slope, Tensor.perSample(trial, x))), ahead);
                double[] change = norms(div(sub(moved, slope), size));
                for (int i = 0; i < batch; i++) {
                    double length = Math.abs(trial[i]);
                    h[i] = DormandPrince.initialStep(length, d1[i], change[i] / length);
                }
            }
        }

        /** One step of every sample that has not reached a time; false when all have. */
        private boolean advance(double to, List<Tensor> states) {
            double[] step = new double[batch];
            double[] end = new double[batch];
            boolean moving = false;
            for (int i = 0; i < batch; i++) {
                requireProgress(i, to);
                boolean last = h[i] >= Math.abs(to - t[i]);
                step[i] = last ? to - t[i] : Math.signum(to - t[i]) * h[i];
                end[i] = last ? to : t[i] + step[i];
                moving |= step[i] != 0;
            }
            if (moving) {
                settle(step, end, to, attempt(step, end, states));
            }
            return moving;
        }

        private void requireProgress(int i, double to) {
            boolean stuck = !(h[i] > 1e-14 * Math.max(Math.abs(t[i]), Math.abs(to - t[i])));
            if (stuck || accepted[i] + rejected[i] >= DormandPrince.MAX_STEPS) {
                throw new IllegalStateException("samplewise dormand-prince: got a step of " + h[i] + " for sample " + i
                        + " at t " + t[i] + " after " + accepted[i] + " accepted and " + rejected[i]
                        + " rejected steps; expected progress; is the field singular or not finite there?");
            }
        }

        /** Moves times and step lengths on by the error norms (B). */
        private void settle(double[] step, double[] end, double to, double[] ratios) {
            for (int i = 0; i < batch; i++) {
                if (step[i] == 0) {
                    continue;
                }
                double next = Math.abs(step[i]) * DormandPrince.factor(ratios[i]);
                if (ratios[i] <= 1) {
                    accepted[i]++;
                    t[i] = end[i];
                    // A step cut short by a requested time says nothing against the longer one.
                    h[i] = end[i] == to ? Math.max(h[i], next) : next;
                } else {
                    rejected[i]++;
                    h[i] = next;
                }
            }
        }

        /** Tries the steps; samples take theirs where the returned norm of its error is at most 1. */
        private double[] attempt(double[] step, double[] end, List<Tensor> states) {
            Tensor next;
            Tensor nextSlope;
            double[] ratios;
            try (Scope scope = x.device().scope()) {
                Tensor length = Tensor.perSample(step, x);
                List<Tensor> k = new ArrayList<>(List.of(slope));
                Tensor state = x;
                for (int i = 0; i < DormandPrince.A.length; i++) {
                    state = add(x, mul(sum(DormandPrince.A[i], k), length));
                    k.add(at(state, DormandPrince.C[i] == 1 ? end : between(step, DormandPrince.C[i])));
                }
                Tensor size = scaleShift(maximum(abs(x), abs(state)), rtol, atol);
                ratios = norms(div(mul(sum(DormandPrince.ERROR, k), length), size));
                double[] taken = new double[batch];
                for (int i = 0; i < batch; i++) {
                    taken[i] = step[i] != 0 && ratios[i] <= 1 ? 1 : 0;
                }
                Tensor mask = Tensor.perSample(taken, x);
                next = where(mask, state, x).keep(scope);
                nextSlope = where(mask, k.get(DormandPrince.A.length), slope).keep(scope);
            }
            if (states.stream().noneMatch(s -> s.buffer() == x.buffer())) {
                Scope.drop(x.buffer());
            }
            Scope.drop(slope.buffer());
            x = next;
            slope = nextSlope;
            return ratios;
        }

        private double[] between(double[] step, double fraction) {
            double[] time = new double[batch];
            for (int i = 0; i < batch; i++) {
                time[i] = t[i] + fraction * step[i];
            }
            return time;
        }

        /** Sum of weights times slopes. */
        private Tensor sum(double[] weights, List<Tensor> k) {
            double[] used = new double[weights.length];
            Tensor[] terms = new Tensor[weights.length];
            int count = 0;
            for (int i = 0; i < weights.length; i++) {
                if (weights[i] != 0) {
                    used[count] = weights[i];
                    terms[count++] = k.get(i);
                }
            }
            return weightedSum(Arrays.copyOf(used, count), Arrays.copyOf(terms, count));
        }

        /** Root mean square of each sample's numbers (B). */
        private double[] norms(Tensor e) {
            Tensor squares = mean(reshape(square(e), batch, e.shape().count() / batch), 1);
            return Arrays.stream(squares.toDoubles()).map(Math::sqrt).toArray();
        }
    }
}
