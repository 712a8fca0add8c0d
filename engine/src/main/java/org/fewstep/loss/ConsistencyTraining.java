package org.fewstep.loss;

import static org.fewstep.op.Ops.where;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.model.PredictionNet;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/**
 * Consistency training: a consistency function learned from data alone.
 *
 * <pre>
 * x_t = x0 + t z,   x_r = x0 + r z
 * L   = E w(t, r) d(f(x_t, t), sg f_target(x_r, r)),   with x0 itself as the target where r = 0
 * </pre>
 *
 * <p>One Euler step of the ODE with the slope z = (x_t - x0) / t, whose mean is that of the true ODE. The published methods
 * are choices of pairs, distance and weight:
 *
 * <ul>
 *   <li>CT: {@link KarrasPairs} on {@link ScaleSchedule.Progressive}, mean square or absolute, weight 1, an averaged target
 *   <li>iCT: {@link LognormalKarrasPairs} on {@link ScaleSchedule.Doubling}, {@link Distance.PseudoHuber}, weight 1 / (t - r),
 *       the student itself as the target
 *   <li>ECT: {@link RatioPairs} from a trained denoiser on, norm or pseudo-Huber, weight 1 / (t - r), the student itself
 * </ul>
 *
 * <p>Times are EDM's sigma. Checked against openai/consistency_models, NVlabs/FastGen and locuslab/ect. Cost: one evaluation
 * forward and backward a step, and one of the target.
 *
 * @paper Song, Dhariwal, Chen, Sutskever: Consistency Models, 2023, arXiv:2303.01469, algorithm 3; Song, Dhariwal: Improved
 *     Techniques for Training Consistency Models, 2023, arXiv:2310.14189; Geng, Pokle, Luo, Lin, Kolter: Consistency Models
 *     Made Easy, 2024, arXiv:2406.14548
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class ConsistencyTraining extends ConsistencyLoss<ConsistencyTraining.Nets> {
    /**
     * The networks.
     *
     * @param student consistency function f
     * @param target its average, or the student itself
     */
    public record Nets(PredictionNet student, PredictionNet target) {
        /** The student as its own target. */
        public static Nets of(PredictionNet student) {
            return new Nets(student, student);
        }
    }

    public ConsistencyTraining(Config config) {
        super("consistency training", config);
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        OnDevice on = draw.on();
        Tensor xt = draw.xt();
        Tensor xr = draw.sameNoise();

        Tensor ft = nets.student.of(xt, on.t(), on.cond());
        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_t", xt);
        parts.put("x_r", xr);
        return of(ft, target(nets.target, xr, draw), draw, parts);
    }

    /** f of the lower level, or the clean sample where that level is 0. */
    static Tensor target(PredictionNet net, Tensor xr, Draw draw) {
        OnDevice on = draw.on();
        try (NoGrad off = NoGrad.open()) {
            return where(on.clean(), draw.x0(), net.of(xr, on.r(), on.cond()));
        }
    }
}
