package org.fewstep.loss;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.op.Ops;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.PathColumns;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.Tensor;

/**
 * A noise level and the noise of a step, one a sample, at which generated samples are shown to the networks of a score
 * distiller. What turns the networks' predictions into clean data and noise is worked out in double.
 */
public final class ScoreLevel {
    private final double[] t;
    private final PathCoefficients coefficients;
    private final Tensor eps;
    private final PathColumns at;
    private final Prediction teacher;
    private final Prediction fake;
    private final Reading ofTeacher;
    private final Reading ofFake;

    /** How one network's prediction is read. */
    record Reading(X0Columns x0, X0Columns eps) {
        static Reading of(Prediction given, PathCoefficients at, double[] t, Tensor like) {
            double[][] weights = given.weights(Prediction.EPS, at);
            return new Reading(
                    X0Columns.of(given, at, t, like),
                    new X0Columns(
                            PerSample.times(t, like),
                            Tensor.perSample(weights[0], like),
                            Tensor.perSample(weights[1], like)));
        }
    }

    private ScoreLevel(PathCoefficients coefficients, double[] t, Tensor eps, Prediction teacher, Prediction fake) {
        this.t = t;
        this.coefficients = coefficients;
        this.eps = eps;
        this.at = PathColumns.of(coefficients, t, eps);
        this.teacher = teacher;
        this.fake = fake;
        this.ofTeacher = Reading.of(teacher, coefficients, t, eps);
        this.ofFake = Reading.of(fake, coefficients, t, eps);
    }

    /**
     * The level at points of a schedule.
     *
     * @param at where neither alpha nor sigma is 0; the derivatives count where a network predicts velocity
     * @param t their times (B)
     * @param eps noise (B, ...)
     * @param teacher what the teacher predicts
     * @param fake what the fake score network predicts
     */
    static ScoreLevel of(PathCoefficients at, double[] t, Tensor eps, Prediction teacher, Prediction fake) {
        return new ScoreLevel(at, t, eps, teacher, fake);
    }

    /** Times (B). */
    public double[] t() {
        return t.clone();
    }

    /** Noise (B, ...). */
    public Tensor eps() {
        return eps;
    }

    /** The schedule there. */
    public PathColumns at() {
        return at;
    }

    Reading ofTeacher() {
        return ofTeacher;
    }

    Reading ofFake() {
        return ofFake;
    }

    /** The tensors in a fixed order. */
    List<Tensor> tensors() {
        List<Tensor> all = new ArrayList<>(List.of(eps));
        all.addAll(at.tensors());
        for (Reading reading : List.of(ofTeacher, ofFake)) {
            all.addAll(reading.x0.tensors());
            all.addAll(reading.eps.tensors());
        }
        return all;
    }

    /** The level of samples from (included) to (excluded). */
    ScoreLevel slice(int from, int to) {
        PathCoefficients part = new PathCoefficients(
                Arrays.copyOfRange(coefficients.alpha(), from, to),
                Arrays.copyOfRange(coefficients.sigma(), from, to),
                Arrays.copyOfRange(coefficients.dAlpha(), from, to),
                Arrays.copyOfRange(coefficients.dSigma(), from, to));
        return new ScoreLevel(part, Arrays.copyOfRange(t, from, to), Ops.slice(eps, 0, from, to), teacher, fake);
    }
}
