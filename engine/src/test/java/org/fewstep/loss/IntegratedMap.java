package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.mulAdd;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.weightedSum;

import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.PerSampleColumn;
import org.fewstep.model.VelocityNet;
import org.fewstep.tensor.Tensor;

/**
 * The flow map of a velocity as a network: the classical Runge-Kutta method in so many equal steps between the two times of
 * each sample, made of tensor operations, so that it can be differentiated in state and times. The times must differ, but for
 * the velocity itself.
 */
record IntegratedMap(VelocityNet velocity, int steps) implements FlowMapNet {
    @Override
    public Tensor u(Tensor x, Tensor from, Tensor to, Cond cond) {
        Tensor span = sub(to, from);
        Tensor h = scale(span, 1.0 / steps);
        Tensor column = PerSampleColumn.of(h, x);
        Tensor half = scale(column, 0.5);
        Tensor state = x;
        for (int i = 0; i < steps; i++) {
            Tensor start = add(from, scale(h, i));
            Tensor middle = add(from, scale(h, i + 0.5));
            Tensor k1 = velocity.v(state, start, cond);
            Tensor k2 = velocity.v(mulAdd(half, k1, state), middle, cond);
            Tensor k3 = velocity.v(mulAdd(half, k2, state), middle, cond);
            Tensor k4 = velocity.v(mulAdd(column, k3, state), add(start, h), cond);
            double sixth = 1.0 / 6;
            state = add(
                    state, mul(column, weightedSum(new double[] {sixth, 2 * sixth, 2 * sixth, sixth}, k1, k2, k3, k4)));
        }
        return div(sub(state, x), PerSampleColumn.of(span, x));
    }

    @Override
    public Tensor v(Tensor x, Tensor t, Cond cond) {
        return velocity.v(x, t, cond);
    }
}
