package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.greater;
import static org.fewstep.op.Ops.matmul;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.sum;
import static org.fewstep.op.Ops.where;

import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * Mean density ratios of equal bins of time, by which f-distill divides, so that levels with large ratios do not outweigh the
 * others: m' = e m + (1 - e) mean r in the bins that a batch hits, and r / (m' + 1e-6).
 *
 * @param least lower end of the bins
 * @param most upper end; times beyond an end count in its bin
 * @param count number of bins, at least 1; 10 as published
 * @param rate e, 0 to below 1; 0 keeps nothing of earlier batches
 */
public record RatioBins(double least, double most, int count, double rate) {
    private static final double FLOOR = 1e-6;

    public RatioBins {
        if (!(least < most) || count < 1 || !(0 <= rate && rate < 1)) {
            throw new IllegalArgumentException("ratio bins: got " + count + " bins from " + least + " to " + most
                    + ", rate " + rate + "; expected at least 1, rising ends, a rate in [0, 1)");
        }
    }

    /** Ratios (B) after division, and means (K) after the batch. */
    public record Result(Tensor ratio, Tensor means) {}

    /** Which bin each time is in: 1 there, else 0, (B, K). */
    public Tensor membership(double[] t, Tensor like) {
        double[] in = new double[t.length * count];
        for (int i = 0; i < t.length; i++) {
            int bin = (int) Math.floor((t[i] - least) / (most - least) * count);
            in[i * count + Math.max(0, Math.min(count - 1, bin))] = 1;
        }
        return Tensor.of(like.device(), like.dtype(), in, t.length, count);
    }

    /** Means of a fresh run (K). */
    public Tensor ones(Tensor like) {
        return Tensor.full(like.device(), like.dtype(), 1, Shape.of(count));
    }

    /**
     * One batch.
     *
     * @param ratio r (B)
     * @param membership of {@link #membership}
     * @param means m (K)
     */
    public Result divide(Tensor ratio, Tensor membership, Tensor means) {
        int batch = ratio.dim(0);
        Tensor hits = sum(membership, 0);
        Tensor total = reshape(matmul(reshape(ratio, 1, batch), membership), count);
        Tensor mean = div(total, scaleShift(hits, 1, FLOOR));
        Tensor moved = add(scale(means, rate), scale(mean, 1 - rate));
        Tensor none = Tensor.full(ratio.device(), ratio.dtype(), 0, hits.shape());
        Tensor after = where(greater(hits, none), moved, means);
        Tensor own = sum(mul(membership, reshape(after, 1, count)), 1);
        return new Result(div(ratio, scaleShift(own, 1, FLOOR)), after);
    }
}
