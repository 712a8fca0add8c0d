package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.sub;

import java.util.Arrays;
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
     * u(z, t, r) with its derivative along (v, 1, 0).
     *
     * @param z states (B, ...)
     * @param v velocity of z (B, ...)
     * @param t start times (B)
     * @param r end times (B)
     */
    Dual along(FlowMapNet net, Tensor z, Tensor v, double[] t, double[] r, Cond cond);

    /** Exactly, by one forward-mode pass. */
    record ForwardMode() implements FlowDerivative {
        @Override
        public Dual along(FlowMapNet net, Tensor z, Tensor v, double[] t, double[] r, Cond cond) {
            double[] ones = new double[t.length];
            Arrays.fill(ones, 1);
            Dual dual = Jvp.detached(
                    in -> net.u(in[0], in[1], in[2], cond),
                    new Tensor[] {z, PerSample.times(t, z), PerSample.times(r, z)},
                    new @Nullable Tensor[] {v, PerSample.times(ones, z), null});
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
        public Dual along(FlowMapNet net, Tensor z, Tensor v, double[] t, double[] r, Cond cond) {
            int batch = t.length;
            double[] up = new double[batch];
            double[] down = new double[batch];
            double[] perSpan = new double[batch];
            for (int i = 0; i < batch; i++) {
                boolean above = t[i] + eps <= maxT;
                boolean below = t[i] - eps >= minT && t[i] - eps > r[i];
                up[i] = above ? eps : 0;
                down[i] = above && !below ? 0 : -eps;
                perSpan[i] = 1 / (up[i] - down[i]);
            }
            Tensor u = net.u(z, PerSample.times(t, z), PerSample.times(r, z), cond);
            try (NoGrad off = NoGrad.open()) {
                Tensor difference = sub(moved(net, z, v, t, up, r, cond), moved(net, z, v, t, down, r, cond));
                return new Dual(u, mul(difference, Tensor.perSample(perSpan, z)));
            }
        }

        private static Tensor moved(
                FlowMapNet net, Tensor z, Tensor v, double[] t, double[] by, double[] r, Cond cond) {
            double[] at = new double[t.length];
            for (int i = 0; i < at.length; i++) {
                at[i] = t[i] + by[i];
            }
            Tensor there = add(z, mul(v, Tensor.perSample(by, z)));
            return net.u(there, PerSample.times(at, z), PerSample.times(r, z), cond);
        }
    }
}
