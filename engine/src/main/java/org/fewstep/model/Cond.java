package org.fewstep.model;

import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a network is conditioned on beside state and time.
 *
 * <p>There is one definition of guidance: v = uncond + guidance (cond - uncond); 1 is none.
 *
 * @param labels I32 (B), classes 0..K-1 and K for the null label; null where the network is unconditional
 * @param guidance scale w
 * @param guidanceFrom first time at which guidance applies
 * @param guidanceTo last time at which guidance applies
 * @param scales a scale for each sample (B) in place of {@code guidance}, for networks that take it as an input; null for
 *     none
 * @param interval an interval for each sample in place of {@code guidanceFrom} and {@code guidanceTo}, for networks that take
 *     it as an input; null for none
 * @param dropout masks of a training step; null to drop nothing
 */
public record Cond(
        @Nullable Tensor labels,
        double guidance,
        double guidanceFrom,
        double guidanceTo,
        @Nullable Tensor scales,
        TwoHeadNet.@Nullable Interval interval,
        @Nullable DropoutSeed dropout) {
    /** Nothing: unconditional, no guidance. */
    public static final Cond NONE = new Cond(null, 1, 0, 1);

    /**
     * Class labels.
     *
     * @param classes number K of classes; label K is the null label
     * @throws IllegalArgumentException when a label is outside 0..K
     */
    public static Cond labels(Device device, int[] labels, int classes) {
        for (int label : labels) {
            if (label < 0 || label > classes) {
                throw new IllegalArgumentException("cond: got label " + label + "; expected 0.." + (classes - 1)
                        + ", or " + classes + " for none");
            }
        }
        return new Cond(Tensor.of(device, labels, labels.length), 1, 0, 1);
    }

    /** Labels and guidance, without dropout. */
    public Cond(@Nullable Tensor labels, double guidance, double guidanceFrom, double guidanceTo) {
        this(labels, guidance, guidanceFrom, guidanceTo, null, null, null);
    }

    public Cond {
        if (scales != null && (!scales.dtype().floating() || scales.rank() != 1)) {
            throw new IllegalArgumentException(
                    "cond: got scales " + scales.dtype() + " " + scales.shape() + "; expected floating (B)");
        }
        if (labels != null && (labels.dtype() != DType.I32 || labels.rank() != 1)) {
            throw new IllegalArgumentException(
                    "cond: got labels " + labels.dtype() + " " + labels.shape() + "; expected I32 (B)");
        }
    }

    /** The same with another guidance scale, one for all samples. */
    public Cond withGuidance(double scale) {
        return new Cond(labels, scale, guidanceFrom, guidanceTo, null, interval, dropout);
    }

    /** The same with a guidance scale for each sample (B). */
    public Cond withScales(Tensor each) {
        return new Cond(labels, guidance, guidanceFrom, guidanceTo, each, interval, dropout);
    }

    /** The guidance scales of the samples of a state (B, ...): {@code scales}, or {@code guidance} for each, (B). */
    public Tensor scales(Tensor x) {
        return scales == null ? Tensor.full(x.device(), x.dtype(), guidance, Shape.of(x.dim(0))) : scales;
    }

    /** The same with an interval of guidance for each sample. */
    public Cond withInterval(TwoHeadNet.Interval each) {
        return new Cond(labels, guidance, guidanceFrom, guidanceTo, scales, each, dropout);
    }

    /** The intervals of guidance of the samples of a state (B, ...): {@code interval}, or the one of all for each. */
    public TwoHeadNet.Interval interval(Tensor x) {
        if (interval != null) {
            return interval;
        }
        Shape batch = Shape.of(x.dim(0));
        return new TwoHeadNet.Interval(
                Tensor.full(x.device(), x.dtype(), guidanceFrom, batch),
                Tensor.full(x.device(), x.dtype(), guidanceTo, batch));
    }

    /** The same with the dropout of a training step. */
    public Cond withDropout(DropoutSeed seed) {
        return new Cond(labels, guidance, guidanceFrom, guidanceTo, scales, interval, seed);
    }

    /** The same inside the interval of guidance, without guidance outside. */
    public Cond at(double t) {
        return guidanceFrom <= t && t <= guidanceTo ? this : withGuidance(1);
    }
}
