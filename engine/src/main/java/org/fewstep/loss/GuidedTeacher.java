package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.sub;

import org.fewstep.model.Cond;
import org.fewstep.model.VelocityNet;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A frozen teacher's velocity, guided away from a weak one: v = w v_teacher + (1 - w) v_weak.
 *
 * <p>Autoguidance takes a smaller or less trained network as the weak one (Karras et al. 2024, arXiv:2406.02507),
 * classifier-free guidance the teacher without label.
 *
 * @param teacher velocity that is followed
 * @param weak velocity to be guided away from; null without guidance
 */
public record GuidedTeacher(VelocityNet teacher, @Nullable VelocityNet weak) {
    /** The teacher as it is. */
    public static GuidedTeacher plain(VelocityNet teacher) {
        return new GuidedTeacher(teacher, null);
    }

    /** Guided away from its own velocity at the null label K. */
    public static GuidedTeacher classifierFree(VelocityNet teacher, int classes) {
        return new GuidedTeacher(teacher, (x, t, cond) -> teacher.v(x, t, Labels.none(classes, x)));
    }

    /**
     * The velocity (B, ...), a constant.
     *
     * @param x (B, ...)
     * @param t (B)
     * @param w scales (B, 1, ..., 1); null for none
     * @param cond labels; scales in it are not passed on
     */
    Tensor v(Tensor x, Tensor t, @Nullable Tensor w, Cond cond) {
        VelocityNet away = weak;
        if ((w == null) != (away == null)) {
            throw new IllegalArgumentException("guided teacher: got " + (w == null ? "no" : "a") + " scale and "
                    + (away == null ? "no" : "a") + " weak network; expected both or neither");
        }
        Cond labels = new Cond(cond.labels(), 1, 0, 1);
        try (NoGrad off = NoGrad.open()) {
            Tensor v = teacher.v(x, t, labels);
            if (w == null || away == null) {
                return v;
            }
            Tensor from = away.v(x, t, labels);
            return add(from, mul(w, sub(v, from)));
        }
    }
}
