package org.fewstep.loss;

import static org.fewstep.op.Ops.abs;
import static org.fewstep.op.Ops.div;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.scaleShift;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.sub;

import org.fewstep.model.PerSampleColumn;
import org.fewstep.path.PathColumns;
import org.fewstep.tensor.Tensor;

/**
 * Distribution matching distillation: g = (D_F - D_T) / (mean |x - D_T| + c), a mean over the coordinates of a sample; the
 * numerator is (sigma^2 / alpha) (s_F - s_T) in scores.
 *
 * <p>Where x = D_T exactly and c is 0 there is no such gradient. The paper's weight leaves one more factor alpha than its code,
 * which this follows.
 *
 * @param form from which the numerator is made
 * @param c at least 0; 0 in DMD and DMD2, 1e-6 in FastGen
 * @paper Yin et al.: One-step Diffusion with Distribution Matching Distillation, 2023, arXiv:2311.18828; Yin et al.: Improved
 *     Distribution Matching Distillation, 2024, arXiv:2405.14867
 */
public record Dmd(Form form, double c) implements ScoreGradient {
    /** Two ways to write the same numerator. */
    public enum Form {
        /** Clean data. */
        X0,
        /** Scores; loses digits at low noise. */
        SCORE
    }

    public Dmd {
        if (!(c >= 0) || Double.isInfinite(c)) {
            throw new IllegalArgumentException("dmd: got c " + c + "; expected a finite number of at least 0");
        }
    }

    /** DMD2's. */
    public static Dmd published() {
        return new Dmd(Form.X0, 0);
    }

    /** NVlabs/FastGen's. */
    public static Dmd fastGen() {
        return new Dmd(Form.X0, 1e-6);
    }

    @Override
    public Tensor of(ScorePoint point) {
        Tensor away = point.teacherX0();
        Tensor size = PerSample.meanOf(abs(sub(point.x(), away)));
        return div(numerator(point, away), PerSampleColumn.of(scaleShift(size, 1, c), away));
    }

    private Tensor numerator(ScorePoint point, Tensor teacherX0) {
        PathColumns at = point.at();
        return switch (form) {
            case X0 -> sub(point.fakeX0(), teacherX0);
            case SCORE -> mul(div(square(at.sigma()), at.alpha()), sub(point.fakeScore(), point.teacherScore()));
        };
    }
}
