package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.clamp;
import static org.fewstep.op.Ops.concat;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.matmul;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.meanKeep;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.permute;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.slice;
import static org.fewstep.op.Ops.softmax;
import static org.fewstep.op.Ops.sqrt;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.sum;
import static org.fewstep.op.Ops.sumKeep;

import java.util.List;
import java.util.Objects;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The drifting field: samples are drawn to the data and pushed off each other, and where both have one law, the two cancel.
 *
 * <pre>
 * k_ij  = exp(-|x_i - z_j| / (tau m))          z: the data, then the samples; 0 for a sample and itself, and between classes
 * A_ij  = k_ij / sqrt(sum_j k_ij sum_i k_ij)
 * V_i   = q_i sum_(j data) A_ij z_j - p_i sum_(j samples) A_ij z_j      p_i, q_i: the sums of A_ij over data and over samples
 * V     = sum over tau of c V_tau / sqrt(mean of (c V_tau)^2)
 * </pre>
 *
 * <p>Normalised, m is the mean distance of the pairs and c = sqrt(D) / m the factor that makes it sqrt(D), so that tau has no unit; else
 * both are 1 and V is the plain sum over tau. All of it is a constant for the gradient.
 *
 * @param temperatures tau, each above 0; 0.02, 0.05 and 0.2 as published
 * @param normalised whether distances and fields are brought to one size; false in the authors' example of points, tau 0.05
 * @paper Deng, Li, Li, Du, He: Generative Modeling via Drifting, 2026, arXiv:2602.04770, algorithm 2, equations 20 to 25
 */
public record DriftingField(List<Double> temperatures, boolean normalised) {
    /** Logit of a pair that does not count. */
    private static final double NEVER = -1e6;

    /** Keeps the size of a field of 0 finite. */
    private static final double LEAST = 1e-12;

    public DriftingField {
        temperatures = List.copyOf(temperatures);
        if (temperatures.isEmpty() || !temperatures.stream().allMatch(tau -> tau > 0 && !Double.isInfinite(tau))) {
            throw new IllegalArgumentException(
                    "drifting field: got temperatures " + temperatures + "; expected at least one, finite and above 0");
        }
    }

    /**
     * The field at samples.
     *
     * @param factor c, of one number; null where there is none
     * @param v V, in units of c x (N, D)
     * @param size mean square over coordinates of the fields of all tau before each is brought to size 1, of one number
     */
    record At(@Nullable Tensor factor, Tensor v, Tensor size) {}

    /**
     * The field at samples.
     *
     * @param samples x (N, D)
     * @param data (M, D)
     * @param counting 1 where sample i and the j-th of data and samples are a pair, else 0 (N, M + N)
     */
    At at(Tensor samples, Tensor data, Tensor counting) {
        try (NoGrad off = NoGrad.open()) {
            // Distances and fields do not change with the origin; about the data's mean the squares cancel least.
            Tensor centre = meanKeep(data, 0);
            Tensor x = sub(samples.stopGradient(), centre);
            Tensor y = sub(data, centre);
            Tensor distance = distances(x, concat(0, y, x));
            Tensor forbidden = scaleShift(counting, -NEVER, NEVER);
            Tensor factor = null;
            Tensor relative = distance;
            if (normalised) {
                Tensor apart = div(sum(mul(distance, counting)), sum(counting));
                relative = div(distance, apart);
                factor = div(Tensor.full(x.device(), x.dtype(), Math.sqrt(x.dim(1)), apart.shape()), apart);
            }
            Tensor whole = null;
            Tensor sizes = null;
            for (double tau : temperatures) {
                Tensor v = field(add(scale(relative, -1 / tau), forbidden), x, y);
                Tensor inUnits = factor == null ? v : mul(factor, v);
                Tensor size = mean(square(inUnits));
                Tensor one = normalised ? div(inUnits, sqrt(scaleShift(size, 1, LEAST))) : inUnits;
                whole = whole == null ? one : add(whole, one);
                sizes = sizes == null ? size : add(sizes, size);
            }
            return new At(
                    factor,
                    Objects.requireNonNull(whole),
                    scale(Objects.requireNonNull(sizes), 1.0 / temperatures.size()));
        }
    }

    private static Tensor field(Tensor logits, Tensor x, Tensor y) {
        int data = y.dim(0);
        Tensor a = sqrt(mul(softmax(logits, 1), softmax(logits, 0)));
        Tensor toData = slice(a, 1, 0, data);
        Tensor toSamples = slice(a, 1, data, data + x.dim(0));
        Tensor attraction = mul(sumKeep(toSamples, 1), matmul(toData, y));
        Tensor repulsion = mul(sumKeep(toData, 1), matmul(toSamples, x));
        return sub(attraction, repulsion);
    }

    /** |a_i - b_j| (N, M). */
    private static Tensor distances(Tensor a, Tensor b) {
        Tensor squares = add(sumKeep(square(a), 1), permute(sumKeep(square(b), 1), 1, 0));
        return sqrt(clamp(sub(squares, scale(matmul(a, b, false, true), 2)), 0, Double.POSITIVE_INFINITY));
    }
}
