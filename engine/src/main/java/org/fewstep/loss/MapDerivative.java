package org.fewstep.loss;

import org.fewstep.autodiff.Jvp;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.Tensor;

/** An average velocity u(x, s, t) with its derivative along one direction, through which a gradient flows. */
final class MapDerivative {
    private MapDerivative() {}

    /** With d/dt, in the end time. */
    static Dual inEnd(FlowMapNet net, Tensor x, Tensor s, Tensor t, Cond cond) {
        return Jvp.of(end -> net.u(x, s, end, cond), t, ones(t));
    }

    /** With d/ds, in the start time for a given x. */
    static Dual inStart(FlowMapNet net, Tensor x, Tensor s, Tensor t, Cond cond) {
        return Jvp.of(start -> net.u(x, start, t, cond), s, ones(s));
    }

    /** With d/ds along a flow of velocity b, (d/ds + b d/dx) u. */
    static Dual alongFlow(FlowMapNet net, Tensor x, Tensor b, Tensor s, Tensor t, Cond cond) {
        return Jvp.of(in -> net.u(in[0], in[1], t, cond), new Tensor[] {x, s}, new Tensor[] {b, ones(s)});
    }

    private static Tensor ones(Tensor like) {
        return Tensor.full(like.device(), like.dtype(), 1, like.shape());
    }
}
