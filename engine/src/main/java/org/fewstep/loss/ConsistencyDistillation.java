package org.fewstep.loss;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fewstep.model.PredictionNet;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;

/**
 * Consistency distillation: a function f(x, t) that sends every point of a teacher's probability-flow ODE to its clean end.
 *
 * <pre>
 * x_t  = x0 + t z,   x_r = one step of the teacher's ODE from t to r
 * L    = E w(t, r) d(f(x_t, t), sg f_target(x_r, r))
 * </pre>
 *
 * <p>The student must be the identity at the lowest level, as {@link org.fewstep.model.SigmaScaling} makes it: a constant
 * minimises the loss otherwise. The target is an average of the student, or the student itself. The published step is
 * Heun's, FastGen's Euler's. Times are EDM's sigma. Checked against openai/consistency_models and NVlabs/FastGen. Cost: one
 * evaluation forward and backward a step, one of the target and one or two of the teacher.
 *
 * @paper Song, Dhariwal, Chen, Sutskever: Consistency Models, 2023, arXiv:2303.01469, algorithm 2
 * @shape x0 (B, ...); total (), perSample (B)
 */
public final class ConsistencyDistillation extends ConsistencyLoss<ConsistencyDistillation.Nets> {
    /**
     * The networks.
     *
     * @param student consistency function f
     * @param target its average, or the student itself
     * @param teacher denoiser D(x, sigma) of the ODE
     */
    public record Nets(PredictionNet student, PredictionNet target, PredictionNet teacher) {}

    private final TeacherStep step;

    public ConsistencyDistillation(TeacherStep step, Config config) {
        super("consistency distillation", config);
        this.step = step;
    }

    @Override
    public LossResult loss(Nets nets, Draw draw) {
        OnDevice on = draw.on();
        Tensor xt = draw.xt();
        Tensor xr = step.of(nets.teacher, xt, on);

        Tensor ft = nets.student.of(xt, on.t(), on.cond());
        Tensor target;
        try (NoGrad off = NoGrad.open()) {
            target = nets.target.of(xr, on.r(), on.cond());
        }
        Map<String, Tensor> parts = new LinkedHashMap<>();
        parts.put("x_t", xt);
        parts.put("x_r", xr);
        return of(ft, target, draw, parts);
    }
}
