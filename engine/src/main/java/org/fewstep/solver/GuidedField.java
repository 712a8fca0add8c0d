package org.fewstep.solver;

import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.weightedSum;

import org.fewstep.path.GridPoint;
import org.fewstep.tensor.Tensor;

/**
 * Guidance: weak + scale (strong - weak) inside an interval of times, the strong field outside.
 *
 * <p>With a conditional and an unconditional field it is classifier-free guidance, with a good and a worse model of the same
 * data autoguidance. With {@code rescale} phi the result's standard deviation over a sample's numbers is brought back towards
 * the strong one's, {@code g (phi std(strong) / std(g) + 1 - phi)}, against overexposed samples. Both fields must give the
 * same prediction; the formula means the same for all of them but the rescaling. Cost: both fields inside the interval.
 *
 * @param strong conditional, or good
 * @param weak unconditional, or worse
 * @param scale 1 is none
 * @param from first time with guidance
 * @param to last time with guidance
 * @param rescale phi in [0, 1], 0 is none
 * @paper Ho and Salimans 2022: Classifier-Free Diffusion Guidance, arXiv:2207.12598; Kynkaanniemi et al. 2024: Applying
 *     Guidance in a Limited Interval, arXiv:2404.07724; Karras et al. 2024: Guiding a Diffusion Model with a Bad Version of
 *     Itself, arXiv:2406.02507; Lin et al. 2024: Common Diffusion Noise Schedules and Sample Steps are Flawed,
 *     arXiv:2305.08891, section 3.4
 */
public record GuidedField(Field strong, Field weak, double scale, double from, double to, double rescale)
        implements Field {
    public GuidedField {
        if (!Double.isFinite(scale) || !(from <= to) || !(rescale >= 0 && rescale <= 1)) {
            throw new IllegalArgumentException("guidance: got scale " + scale + ", times " + from + " to " + to
                    + ", rescale " + rescale + "; expected a finite scale, from <= to, and rescale in [0, 1]");
        }
    }

    /** At all times, without rescaling. */
    public GuidedField(Field strong, Field weak, double scale) {
        this(strong, weak, scale, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0);
    }

    @Override
    public Tensor at(Tensor x, GridPoint point) {
        Tensor s = strong.at(x, point);
        if (scale == 1 || point.t() < from || point.t() > to) {
            return s;
        }
        Tensor w = weak.at(x, point);
        Tensor g = weightedSum(new double[] {scale, 1 - scale}, s, w);
        if (rescale == 0) {
            return g;
        }
        double[] target = deviations(s);
        double[] now = deviations(g);
        double[] factors = new double[now.length];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = 1 + rescale * (now[i] == 0 ? 0 : target[i] / now[i] - 1);
        }
        return mul(g, Tensor.perSample(factors, g));
    }

    /** Standard deviation of each sample's numbers. */
    private static double[] deviations(Tensor x) {
        int batch = x.dim(0);
        Tensor flat = reshape(x, batch, x.shape().count() / batch);
        double[] squares =
                mean(square(sub(flat, reshape(mean(flat, 1), batch, 1))), 1).toDoubles();
        for (int i = 0; i < batch; i++) {
            squares[i] = Math.sqrt(squares[i]);
        }
        return squares;
    }
}
