package org.fewstep.model;

import static org.fewstep.op.Ops.clamp;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.sub;

import org.fewstep.tensor.Tensor;

/**
 * Heads that predict data, as those of velocities on the linear path with noise at 1: u = (x - x_u) / max(t, least).
 *
 * @param net heads of data
 * @param least time below which the divisor stays, above 0, at most 1; 0.05 as published
 * @paper pixel MeanFlow; checked against Lyy-iiis/pMF
 */
public record DataHeads(TwoHeadNet net, double least) implements TwoHeadNet {
    public DataHeads {
        if (!(0 < least && least <= 1)) {
            throw new IllegalArgumentException("data heads: got least time " + least + "; expected above 0, at most 1");
        }
    }

    @Override
    public Heads of(Tensor x, Tensor from, Tensor to, Cond cond, Interval interval) {
        Heads data = net.of(x, from, to, cond, interval);
        Tensor t = clamp(PerSampleColumn.of(from, x), least, 1);
        return new Heads(div(sub(x, data.u()), t), div(sub(x, data.v()), t));
    }
}
