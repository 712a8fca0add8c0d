package org.fewstep.loss;

import static org.fewstep.op.Ops.clamp;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.exp;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scaleShift;

import org.fewstep.model.PerSampleColumn;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * f-distill: g = h(r) / (mean h + 1e-6) times the gradient of distribution matching, with the density ratio r = exp(l) of a
 * discriminator's logit l, a mean over its heads.
 *
 * <p>Until the discriminator has learned, r says nothing; train it first. Reverse KL weighs all samples with 1 and is DMD.
 *
 * @param matching gradient without the weight
 * @param divergence h
 * @param least lower bound of r, above 0; 0.1 as published
 * @param most upper bound of r; 20 as published
 * @param bins divides r by its mean at like times of the batch; null to leave r as it is
 * @paper Xu, Nie, Vahdat: One-step Diffusion Models with f-Divergence Distribution Matching, 2025, arXiv:2502.15681
 */
public record FDistill(
        ScoreGradient matching,
        FDivergence divergence,
        double least,
        double most,
        @Nullable RatioBins bins) implements ScoreGradient {
    private static final double LOGIT = 10;
    private static final double FLOOR = 1e-6;

    public FDistill {
        if (!(least > 0 && least < most) || Double.isInfinite(most)) {
            throw new IllegalArgumentException("f-distill: got ratios from " + least + " to " + most
                    + "; expected finite numbers, the first above 0 and below the second");
        }
        if (bins != null && bins.rate() != 0) {
            throw new IllegalArgumentException("f-distill: got bins with rate " + bins.rate()
                    + "; expected 0: a loss keeps nothing from step to step");
        }
    }

    @Override
    public Tensor of(ScorePoint point) {
        Tensor r = ratio(point.logits());
        if (bins != null) {
            r = bins.divide(r, bins.membership(point.t(), r), bins.ones(r)).ratio();
        }
        return mul(PerSampleColumn.of(weight(r), point.x()), matching.of(point));
    }

    /** r (B) of logits (B) or (B, heads). */
    public Tensor ratio(Tensor logits) {
        return clamp(exp(clamp(PerSample.meanOf(logits), -LOGIT, LOGIT)), least, most);
    }

    /** h(r) / (mean h + 1e-6) (B); 1 for reverse KL. */
    public Tensor weight(Tensor r) {
        Tensor h = divergence.weight(r);
        return divergence == FDivergence.REVERSE_KL ? h : div(h, scaleShift(mean(h), 1, FLOOR));
    }

    @Override
    public Coupling coupling() {
        return Coupling.BATCH;
    }

    /** The bins of a batch are found on the host. */
    @Override
    public boolean recordable() {
        return bins == null && matching.recordable();
    }
}
