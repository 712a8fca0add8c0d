package org.fewstep.loss;

import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.neg;

import java.util.Map;
import org.fewstep.model.Cond;
import org.fewstep.model.CriticNet;
import org.fewstep.model.PredictionNet;
import org.fewstep.path.PathColumns;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A generated sample x with noise on it, x_t = alpha x + sigma eps, as the networks of a score distiller see it. Each network is
 * evaluated once, when it is first asked; what it says can be had as clean data, noise or score.
 */
public final class ScorePoint {
    private final ScoreDistillation.Nets nets;
    private final ScoreLevel level;
    private final Cond cond;
    private final Tensor x;
    private final Tensor xt;
    private @Nullable Tensor teacher;
    private @Nullable Tensor fake;
    private @Nullable Tensor logits;

    ScorePoint(ScoreDistillation.Nets nets, ScoreLevel level, Cond cond, Tensor x) {
        this(nets, level, cond, x, level.at().xt(x, level.eps()));
    }

    private ScorePoint(ScoreDistillation.Nets nets, ScoreLevel level, Cond cond, Tensor x, Tensor xt) {
        this.nets = nets;
        this.level = level;
        this.cond = cond;
        this.x = x;
        this.xt = xt;
    }

    /** The same point as a constant; a discriminator that has been asked already is not asked again. */
    ScorePoint stopped() {
        ScorePoint constant = new ScorePoint(nets, level, cond, x.stopGradient(), xt.stopGradient());
        constant.logits = logits == null ? null : logits.stopGradient();
        return constant;
    }

    /** Generated samples (B, ...). */
    public Tensor x() {
        return x;
    }

    /** x_t (B, ...). */
    public Tensor xt() {
        return xt;
    }

    /** Noise (B, ...). */
    public Tensor eps() {
        return level.eps();
    }

    /** The schedule at the point's times. */
    public PathColumns at() {
        return level.at();
    }

    /** Times (B). */
    double[] t() {
        return level.t();
    }

    /** D_T, the teacher's clean data. */
    public Tensor teacherX0() {
        return level.ofTeacher().x0().of(teacher(), xt);
    }

    /** The teacher's clean data without a label, at the null label of K classes. */
    public Tensor unlabelledX0(int classes) {
        Tensor none = require(nets.teacher(), "teacher").of(xt, at().t(), Labels.none(classes, xt));
        return level.ofTeacher().x0().of(none, xt);
    }

    /** The teacher's noise. */
    public Tensor teacherEps() {
        return level.ofTeacher().eps().of(teacher(), xt);
    }

    /** D_F, clean data by the fake score network. */
    public Tensor fakeX0() {
        return level.ofFake().x0().of(fake(), xt);
    }

    /** Noise by the fake score network. */
    public Tensor fakeEps() {
        return level.ofFake().eps().of(fake(), xt);
    }

    /** The teacher's score, -eps / sigma. */
    public Tensor teacherScore() {
        return neg(div(teacherEps(), at().sigma()));
    }

    /** The score by the fake score network, -eps / sigma. */
    public Tensor fakeScore() {
        return neg(div(fakeEps(), at().sigma()));
    }

    /** The discriminator's logits at x_t, (B) or (B, heads). */
    public Tensor logits() {
        if (logits == null) {
            CriticNet critic = nets.critic();
            if (critic == null) {
                throw new IllegalArgumentException(
                        "score distillation: got no discriminator; expected one, which the method asks for logits");
            }
            logits = critic.logits(xt, at().t(), cond);
        }
        return logits;
    }

    private Tensor teacher() {
        if (teacher == null) {
            teacher = require(nets.teacher(), "teacher").of(xt, at().t(), cond);
        }
        return teacher;
    }

    private Tensor fake() {
        if (fake == null) {
            fake = require(nets.fake(), "fake score network").of(xt, at().t(), cond);
        }
        return fake;
    }

    private static PredictionNet require(@Nullable PredictionNet net, String name) {
        if (net == null) {
            throw new IllegalArgumentException(
                    "score distillation: got no " + name + "; expected one, which the method reads");
        }
        return net;
    }

    /** Adds what the networks said to the parts of a result. */
    void addTo(Map<String, Tensor> parts) {
        parts.put("x_t", xt);
        if (teacher != null) {
            parts.put("teacher x0", teacherX0());
        }
        if (fake != null) {
            parts.put("fake x0", fakeX0());
        }
        if (logits != null) {
            parts.put("logits", logits);
        }
    }
}
