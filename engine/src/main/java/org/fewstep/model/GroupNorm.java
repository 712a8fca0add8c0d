package org.fewstep.model;

import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Group normalisation (Wu and He 2018, arXiv:1803.08494) with a scale and a shift for each channel. */
public final class GroupNorm extends Module {
    private final Parameter weight;
    private final Parameter bias;
    private final int groups;
    private final double eps;

    /** A layer with scale 1 and shift 0; the groups divide the channels. */
    public GroupNorm(Init init, int channels, int groups, double eps) {
        if (channels < 1 || groups < 1 || channels % groups != 0) {
            throw new IllegalArgumentException("group norm: got " + channels + " channels in " + groups
                    + " groups; expected at least 1 and channels divisible by the groups");
        }
        this.groups = groups;
        this.eps = eps;
        this.weight = parameter(init, "weight", Shape.of(channels), Starts.constant(channels, 1));
        this.bias = parameter(init, "bias", Shape.of(channels), Starts.constant(channels, 0));
    }

    /** x (B, C, H, W), normalised, scaled and shifted. */
    public Tensor of(Tensor x) {
        int channels = weight.shape().count();
        Tensor scale = Ops.reshape(weight.tensor(), channels, 1, 1);
        Tensor shift = Ops.reshape(bias.tensor(), channels, 1, 1);
        return Ops.groupNorm(x, groups, scale, shift, eps);
    }
}
