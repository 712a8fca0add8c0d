package org.fewstep.loss;

import static org.fewstep.op.Ops.abs;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.sub;

import org.fewstep.model.PerSampleColumn;
import org.fewstep.tensor.Tensor;

/**
 * What a guided teacher adds to distribution matching, alone: g = -(w - 1) (D_T(c) - D_T()) / mean |x - D_T(c)|.
 *
 * <p>With {@link Dmd} of the teacher without guidance at the same sample, level and noise the sum is (D_F - D_w) / mean |x - D_T(c)|,
 * D_w the guided teacher: DMD's gradient but for its denominator. Apart, each has noise levels of its own: the paper has this term
 * for the engine of distillation with guidance and distribution matching for what keeps it stable. The denominator of this term is
 * a choice made here; the paper's, and its law of levels, could not be checked.
 *
 * @param w scale of the guidance, 1 for none
 * @param classes number of classes K, at least 1; K is the null label
 * @paper Liu et al.: Decoupled DMD: CFG Augmentation as the Spear, Distribution Matching as the Shield, 2025, arXiv:2511.22677
 */
public record GuidanceAugmentation(double w, int classes) implements ScoreGradient {
    public GuidanceAugmentation {
        if (!Double.isFinite(w) || classes < 1) {
            throw new IllegalArgumentException("guidance augmentation: got w " + w + ", " + classes
                    + " classes; expected a finite number, at least 1");
        }
    }

    @Override
    public Tensor of(ScorePoint point) {
        Tensor labelled = point.teacherX0();
        Tensor away = sub(labelled, point.unlabelledX0(classes));
        Tensor size = PerSample.meanOf(abs(sub(point.x(), labelled)));
        return div(scale(away, 1 - w), PerSampleColumn.of(size, away));
    }
}
