package org.fewstep.sample;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.concat;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.slice;
import static org.fewstep.op.Ops.sub;

import org.fewstep.kernels.DType;
import org.fewstep.model.Cond;
import org.fewstep.model.VelocityNet;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * Classifier-free guidance (Ho and Salimans 2022, arXiv:2207.12598): v = uncond + w (cond - uncond) inside an interval of
 * times (Kynkaanniemi et al. 2024, arXiv:2404.07724), the conditional velocity outside.
 *
 * @param net velocity with a null label K
 * @param classes number of classes K; 0 where there is nothing to guide
 * @param form how the guided velocity is found
 */
public record Guidance(VelocityNet net, int classes, Form form) {
    /** Ways to a guided velocity; the first two give the same bits. */
    public enum Form {
        /** One evaluation of twice the batch. */
        BATCHED,
        /** Two evaluations. */
        SEPARATE,
        /** One evaluation: the network takes the scale as an input and was trained to give the guided velocity. */
        INPUT
    }

    /**
     * The guided velocity.
     *
     * @param x state (B, ...)
     * @param t time of the whole batch
     * @param cond labels, scale and interval
     */
    public Tensor v(Tensor x, double t, Cond cond) {
        Tensor labels = cond.labels();
        int batch = x.dim(0);
        Cond here = cond.at(t);
        if (here.guidance() == 1 || form == Form.INPUT) {
            return net.v(x, times(x, t, batch), here);
        }
        if (labels == null || classes == 0) {
            throw new IllegalArgumentException("guidance: got scale " + cond.guidance()
                    + " without labels; expected 1, or labels of a network with classes");
        }
        Tensor conditional;
        Tensor unconditional;
        if (form == Form.BATCHED) {
            Tensor both = concat(0, labels, none(x, batch));
            Tensor v = net.v(concat(0, x, x), times(x, t, 2 * batch), new Cond(both, 1, 0, 1));
            conditional = slice(v, 0, 0, batch);
            unconditional = slice(v, 0, batch, 2 * batch);
        } else {
            conditional = net.v(x, times(x, t, batch), new Cond(labels, 1, 0, 1));
            unconditional = unconditional(x, t);
        }
        return add(unconditional, scale(sub(conditional, unconditional), cond.guidance()));
    }

    /** The velocity (B, ...) at the null label. */
    Tensor unconditional(Tensor x, double t) {
        int batch = x.dim(0);
        return net.v(x, times(x, t, batch), new Cond(none(x, batch), 1, 0, 1));
    }

    /** The null label for each sample, made on the device: a sampling loop may be recorded. */
    private Tensor none(Tensor x, int batch) {
        return Tensor.full(x.device(), DType.I32, classes, Shape.of(batch));
    }

    private static Tensor times(Tensor x, double t, int batch) {
        return Tensor.full(x.device(), x.dtype(), t, Shape.of(batch));
    }
}
