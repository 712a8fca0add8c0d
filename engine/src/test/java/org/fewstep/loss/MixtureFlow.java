package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.tanh;

import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.tensor.Tensor;

/**
 * The exact flow map of data whose coordinates are +-MEAN with standard deviation STD, on the linear path with noise at 1: its
 * velocity in closed form, its map by a fine integration that forward mode goes through.
 */
final class MixtureFlow implements FlowMapNet {
    private static final double MEAN = 0.8;
    private static final double STD = 0.3;
    private static final int STEPS = 60;

    private static Tensor column(Tensor t) {
        return reshape(t, t.dim(0), 1);
    }

    @Override
    public Tensor v(Tensor x, Tensor t, Cond cond) {
        return velocity(x, column(t));
    }

    private static Tensor velocity(Tensor x, Tensor t) {
        Tensor alpha = scaleShift(t, -1, 1);
        Tensor variance = add(scale(square(alpha), STD * STD), square(t));
        Tensor side = tanh(div(scale(mul(alpha, x), MEAN), variance));
        Tensor mean = add(scale(mul(alpha, x), STD * STD), scale(mul(square(t), side), MEAN));
        return div(sub(x, div(mean, variance)), t);
    }

    @Override
    public Tensor u(Tensor x, Tensor from, Tensor to, Cond cond) {
        Tensor t = column(from);
        Tensor span = sub(column(to), t);
        Tensor h = scale(span, 1.0 / STEPS);
        Tensor half = scale(h, 0.5);
        Tensor state = x;
        for (int i = 0; i < STEPS; i++) {
            Tensor at = add(t, scale(h, i));
            Tensor middle = add(at, half);
            Tensor k1 = velocity(state, at);
            Tensor k2 = velocity(add(state, mul(half, k1)), middle);
            Tensor k3 = velocity(add(state, mul(half, k2)), middle);
            Tensor k4 = velocity(add(state, mul(h, k3)), add(at, h));
            state = add(state, mul(scale(h, 1.0 / 6), add(add(k1, k4), scale(add(k2, k3), 2))));
        }
        return div(sub(state, x), span);
    }
}
