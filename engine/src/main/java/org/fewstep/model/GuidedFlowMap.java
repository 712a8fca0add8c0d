package org.fewstep.model;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.sub;

import org.fewstep.kernels.DType;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * Classifier-free guidance of what a network of two times gives: u(null) + w (u(label) - u(null)) with the scale of the
 * condition, and the network as it is where that is 1.
 *
 * <p>Cost: two evaluations.
 *
 * @param net network with a null label K
 * @param classes number of classes K
 */
public record GuidedFlowMap(FlowMapNet net, int classes) implements FlowMapNet {
    public GuidedFlowMap {
        if (classes < 1) {
            throw new IllegalArgumentException(
                    "guided flow map: got a network of " + classes + " classes; expected at least 1");
        }
    }

    @Override
    public Tensor u(Tensor x, Tensor from, Tensor to, Cond cond) {
        if (cond.guidance() == 1) {
            return net.u(x, from, to, cond);
        }
        if (cond.labels() == null) {
            throw new IllegalArgumentException("guided flow map: got scale " + cond.guidance()
                    + " without labels; expected 1, or labels of a network with classes");
        }
        Tensor none = Tensor.full(x.device(), DType.I32, classes, Shape.of(x.dim(0)));
        Tensor unconditional = net.u(x, from, to, new Cond(none, 1, 0, 1));
        Tensor conditional = net.u(x, from, to, new Cond(cond.labels(), 1, 0, 1));
        return add(unconditional, scale(sub(conditional, unconditional), cond.guidance()));
    }
}
