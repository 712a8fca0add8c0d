package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.mulAdd;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.sub;

import java.util.List;
import org.fewstep.autodiff.Jvp;
import org.fewstep.model.VelocityNet;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** How the total derivative dv/dt of a TrigFlow velocity along the flow is found; it is a constant, the value is recorded. */
public sealed interface TrigFlowDerivative {
    /** What the derivative reads of the times (B), as tensors beside the state {@code like} (B, ...). */
    default List<Tensor> at(double[] t, Tensor like) {
        return List.of();
    }

    /** The time whose angle weighs the parts of the tangent beside cos(t): t itself, or the lower time of a difference. */
    default double end(double t) {
        return t;
    }

    /**
     * v(x_t, t) with dv/dt.
     *
     * @param slope dx/dt at x_t (B, ...)
     */
    Dual along(VelocityNet net, Tensor xt, Tensor slope, TrigFlowConsistency.Draw draw);

    /** Exactly, by one forward-mode pass. */
    record ForwardMode() implements TrigFlowDerivative {
        @Override
        public Dual along(VelocityNet net, Tensor xt, Tensor slope, TrigFlowConsistency.Draw draw) {
            Tensor t = draw.on().t();
            Tensor ones = Tensor.full(t.device(), t.dtype(), 1, t.shape());
            return Jvp.detached(
                    in -> net.v(in[0], in[1], draw.on().cond()), new Tensor[] {xt, t}, new Tensor[] {slope, ones});
        }
    }

    /**
     * Central differences along the line from the sample's data to its noise, at t (1 +- step): the derivative of training on
     * data, not of a teacher's flow. For networks without a forward-mode rule; of use in F64.
     *
     * @param step relative, inside (0, 1); 1e-3 in FastGen
     */
    record DataPathDifference(double step) implements TrigFlowDerivative {
        public DataPathDifference {
            if (!(0 < step && step < 1)) {
                throw new IllegalArgumentException(
                        "trigflow difference: got step " + step + "; expected inside (0, 1)");
            }
        }

        @Override
        public List<Tensor> at(double[] t, Tensor like) {
            int n = t.length;
            double[][] times = {new double[n], new double[n]};
            double[] perSpan = new double[n];
            for (int i = 0; i < n; i++) {
                times[0][i] = t[i] * (1 + step);
                times[1][i] = t[i] * (1 - step);
                perSpan[i] = 1 / (times[0][i] - times[1][i]);
            }
            return List.of(
                    PerSample.times(times[0], like),
                    Tensor.perSample(each(times[0], true), like),
                    Tensor.perSample(each(times[0], false), like),
                    PerSample.times(times[1], like),
                    Tensor.perSample(each(times[1], true), like),
                    Tensor.perSample(each(times[1], false), like),
                    Tensor.perSample(perSpan, like));
        }

        private static double[] each(double[] t, boolean cos) {
            double[] out = new double[t.length];
            for (int i = 0; i < out.length; i++) {
                out[i] = cos ? Math.cos(t[i]) : Math.sin(t[i]);
            }
            return out;
        }

        @Override
        public Dual along(VelocityNet net, Tensor xt, Tensor slope, TrigFlowConsistency.Draw draw) {
            List<Tensor> at = draw.on().more();
            Tensor v = net.v(xt, draw.on().t(), draw.on().cond());
            try (NoGrad off = NoGrad.open()) {
                Tensor later = value(net, draw, at.subList(0, 3));
                Tensor earlier = value(net, draw, at.subList(3, 6));
                return new Dual(v, mul(sub(later, earlier), at.get(6)));
            }
        }

        private static Tensor value(VelocityNet net, TrigFlowConsistency.Draw draw, List<Tensor> at) {
            Tensor x = mulAdd(at.get(2), draw.z(), mul(at.get(1), draw.x0()));
            return net.v(x, at.get(0), draw.on().cond());
        }
    }

    /**
     * The state's part by a forward-mode pass that holds the time still, the time's part by a backward difference: dv/dt =
     * J_x dx/dt + (cos(h) v(x, t) - v(x, t - h)) / sin(h). For networks whose time embedding has no good derivative, as NVlabs/rcm
     * offers it.
     *
     * @param h step in time, above 0 and below all times of the law
     */
    record SemiContinuous(double h) implements TrigFlowDerivative {
        public SemiContinuous {
            requireInside(h);
        }

        @Override
        public List<Tensor> at(double[] t, Tensor like) {
            return List.of(before(t, h, like));
        }

        @Override
        public Dual along(VelocityNet net, Tensor xt, Tensor slope, TrigFlowConsistency.Draw draw) {
            Tensor t = draw.on().t();
            Dual dual = Jvp.detached(
                    in -> net.v(in[0], in[1], draw.on().cond()),
                    new Tensor[] {xt, t},
                    new @Nullable Tensor[] {slope, null});
            try (NoGrad off = NoGrad.open()) {
                Tensor before = net.v(xt, draw.on().more().get(0), draw.on().cond());
                Tensor inTime = scale(sub(scale(dual.value(), Math.cos(h)), before), 1 / Math.sin(h));
                return new Dual(dual.value(), add(Jvp.tangentOrZero(dual), inTime));
            }
        }
    }

    /**
     * By a step along the flow to t' = t - h: dv/dt = (cos(h) v(x, t) - v(x', t')) / sin(h), x' = cos(h) x - sin(h) dx/dt, the
     * tangent then being that of the pair of times, with the angle of t' in the place of one of the two: the paper's discrete
     * form, which needs no forward-mode derivative. Without a teacher x' is the sample at t'.
     *
     * @param h step in time, above 0 and below all times of the law; the published best is about 1024 of them
     */
    record Discrete(double h) implements TrigFlowDerivative {
        public Discrete {
            requireInside(h);
        }

        @Override
        public double end(double t) {
            return t - h;
        }

        @Override
        public List<Tensor> at(double[] t, Tensor like) {
            return List.of(before(t, h, like));
        }

        @Override
        public Dual along(VelocityNet net, Tensor xt, Tensor slope, TrigFlowConsistency.Draw draw) {
            double cos = Math.cos(h);
            double sin = Math.sin(h);
            Tensor v = net.v(xt, draw.on().t(), draw.on().cond());
            try (NoGrad off = NoGrad.open()) {
                Tensor x = sub(scale(xt, cos), scale(slope, sin));
                Tensor before = net.v(x, draw.on().more().get(0), draw.on().cond());
                return new Dual(v, scale(sub(scale(v, cos), before), 1 / sin));
            }
        }
    }

    private static void requireInside(double h) {
        if (!(0 < h && h < Math.PI / 2)) {
            throw new IllegalArgumentException("trigflow difference: got h " + h + "; expected inside (0, pi/2)");
        }
    }

    /** The times t - h. */
    private static Tensor before(double[] t, double h, Tensor like) {
        double[] before = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            if (!(t[i] > h)) {
                throw new IllegalArgumentException("trigflow difference: got t " + t[i] + " of sample " + i + " and h "
                        + h + "; expected t above h");
            }
            before[i] = t[i] - h;
        }
        return PerSample.times(before, like);
    }
}
