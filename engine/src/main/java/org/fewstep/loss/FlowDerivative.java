package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.sub;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.autodiff.Jvp;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** How the derivative du/dt of an average velocity along the flow is found; it is a constant, the value is recorded. */
public sealed interface FlowDerivative {
    /**
     * The times of a batch as tensors.
     *
     * @param t start times (B)
     * @param r end times (B)
     * @param more what else the derivative reads of the times
     */
    record Times(Tensor t, Tensor r, List<Tensor> more) {
        public Times {
            more = List.copyOf(more);
        }

        /** All of them, in a fixed order. */
        List<Tensor> tensors() {
            List<Tensor> all = new ArrayList<>(List.of(t, r));
            all.addAll(more);
            return all;
        }
    }

    /** The times t, r (B) beside the state {@code like} (B, ...). */
    Times at(double[] t, double[] r, Tensor like);

    /**
     * u(z, t, r) with its derivative along (v, 1, 0).
     *
     * @param z states (B, ...)
     * @param v velocity of z (B, ...)
     * @param times of {@link #at}
     */
    Dual along(FlowMapNet net, Tensor z, Tensor v, Times times, Cond cond);

    /** As above for start times t (B) and end times r (B). */
    default Dual along(FlowMapNet net, Tensor z, Tensor v, double[] t, double[] r, Cond cond) {
        return along(net, z, v, at(t, r, z), cond);
    }

    /** Exactly, by one forward-mode pass. */
    record ForwardMode() implements FlowDerivative {
        @Override
        public Times at(double[] t, double[] r, Tensor like) {
            return new Times(PerSample.times(t, like), PerSample.times(r, like), List.of());
        }

        @Override
        public Dual along(FlowMapNet net, Tensor z, Tensor v, Times times, Cond cond) {
            Tensor ones = Tensor.full(z.device(), z.dtype(), 1, times.t().shape());
            Dual dual = Jvp.detached(
                    in -> net.u(in[0], in[1], in[2], cond),
                    new Tensor[] {z, times.t(), times.r()},
                    new @Nullable Tensor[] {v, ones, null});
            return new Dual(dual.value(), Jvp.tangentOrZero(dual));
        }
    }

    /**
     * By differences of the network at z +- eps v, t +- eps: central where both points are valid (t + eps &lt;= maxT, t -
     * eps &gt;= minT, t - eps &gt; r), forward where only the upper one is, else backward. For networks without a
     * forward-mode rule; error O(eps^2) or O(eps) plus rounding over eps, so of use in F64.
     *
     * @param eps step, above 0
     * @param minT lowest time of the network
     * @param maxT highest time of the network
     */
    record FiniteDifference(double eps, double minT, double maxT) implements FlowDerivative {
        public FiniteDifference {
            if (!(eps > 0) || !(minT < maxT)) {
                throw new IllegalArgumentException("finite difference: got eps " + eps + ", times " + minT + " to "
                        + maxT + "; expected eps above 0 and an interval");
            }
        }

        @Override
        public Times at(double[] t, double[] r, Tensor like) {
            int batch = t.length;
            double[] up = new double[batch];
            double[] down = new double[batch];
            double[] above = new double[batch];
            double[] below = new double[batch];
            double[] perSpan = new double[batch];
            for (int i = 0; i < batch; i++) {
                boolean upper = t[i] + eps <= maxT;
                boolean lower = t[i] - eps >= minT && t[i] - eps > r[i];
                up[i] = upper ? eps : 0;
                down[i] = upper && !lower ? 0 : -eps;
                above[i] = t[i] + up[i];
                below[i] = t[i] + down[i];
                perSpan[i] = 1 / (up[i] - down[i]);
            }
            return new Times(
                    PerSample.times(t, like),
                    PerSample.times(r, like),
                    List.of(
                            Tensor.perSample(up, like),
                            PerSample.times(above, like),
                            Tensor.perSample(down, like),
                            PerSample.times(below, like),
                            Tensor.perSample(perSpan, like)));
        }

        @Override
        public Dual along(FlowMapNet net, Tensor z, Tensor v, Times times, Cond cond) {
            Tensor up = times.more().get(0);
            Tensor above = times.more().get(1);
            Tensor down = times.more().get(2);
            Tensor below = times.more().get(3);
            Tensor perSpan = times.more().get(4);
            Tensor r = times.r();
            Tensor u = net.u(z, times.t(), r, cond);
            try (NoGrad off = NoGrad.open()) {
                Tensor later = net.u(add(z, mul(v, up)), above, r, cond);
                Tensor earlier = net.u(add(z, mul(v, down)), below, r, cond);
                return new Dual(u, mul(sub(later, earlier), perSpan));
            }
        }
    }
}
