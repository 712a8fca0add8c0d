package org.fewstep.solver;

import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.maximum;
import static org.fewstep.op.Ops.minimum;
import static org.fewstep.op.Ops.neg;

import java.util.Arrays;
import org.fewstep.path.GridPoint;
import org.fewstep.tensor.Tensor;

/**
 * Dynamic thresholding: a predicted x0 is clipped to [-s, s] and divided by s, with s a quantile of |x0| of the sample, but
 * within [low, high]. Guidance pushes x0 out of the data's range; this pulls it back.
 *
 * <p>dpm-solver: low = the data's greatest value (1), no high. diffusers: low = 1, high = {@code sample_max_value}. The
 * quantile is interpolated linearly between order statistics, sample by sample, on the host.
 *
 * @param field gives x0
 * @param quantile in [0, 1], 0.995 as published
 * @param low least s, above 0
 * @param high greatest s
 * @paper Saharia et al. 2022: Photorealistic Text-to-Image Diffusion Models with Deep Language Understanding,
 *     arXiv:2205.11487, section 2.3
 */
public record DynamicThresholding(Field field, double quantile, double low, double high) implements Field {
    public DynamicThresholding {
        if (!(quantile >= 0 && quantile <= 1) || !(low > 0 && low <= high)) {
            throw new IllegalArgumentException("dynamic thresholding: got quantile " + quantile + ", low " + low
                    + ", high " + high + "; expected a quantile in [0, 1] and 0 < low <= high");
        }
    }

    @Override
    public Tensor at(Tensor x, GridPoint point) {
        Tensor x0 = field.at(x, point);
        double[] values = x0.toDoubles();
        int batch = x0.dim(0);
        int size = values.length / batch;
        double[] bounds = new double[batch];
        for (int i = 0; i < batch; i++) {
            double[] sizes = new double[size];
            for (int j = 0; j < size; j++) {
                sizes[j] = Math.abs(values[i * size + j]);
            }
            bounds[i] = Math.max(low, Math.min(high, quantile(sizes)));
        }
        Tensor s = Tensor.perSample(bounds, x0);
        return div(minimum(maximum(x0, neg(s)), s), s);
    }

    private double quantile(double[] sizes) {
        Arrays.sort(sizes);
        double at = quantile * (sizes.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sizes.length - 1);
        return sizes[below] + (at - below) * (sizes[above] - sizes[below]);
    }
}
