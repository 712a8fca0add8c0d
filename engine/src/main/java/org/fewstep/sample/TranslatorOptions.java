package org.fewstep.sample;

import java.util.Locale;
import org.fewstep.model.InterpolantField;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Prediction;
import org.fewstep.solver.CosineSpacing;
import org.fewstep.solver.Euler;
import org.fewstep.solver.Heun;
import org.fewstep.solver.SdeScheme;
import org.fewstep.solver.Solver;
import org.fewstep.solver.Spacing;
import org.fewstep.solver.StepPlan;
import org.fewstep.solver.TimeGrid;
import org.jspecify.annotations.Nullable;

/**
 * How a translator goes from the source to the target.
 *
 * @param solver of the velocity's ODE; for the SDE, Euler or Heun
 * @param spacing of the times from 0 to 1
 * @param diffusion factor of the noise, at least 0; 0 is the ODE
 * @param form what the factor multiplies
 * @param score field that the SDE takes beside the drift, S or ETA; null for ETA where it was learned, else S
 * @param chunk greatest number of samples computed together, which bounds the memory; does not change the samples
 */
public record TranslatorOptions(
        Solver solver,
        Spacing spacing,
        double diffusion,
        Form form,
        @Nullable InterpolantField score,
        int chunk) {
    /** Forms of the diffusion eps(t). */
    public enum Form {
        /** The factor times gamma(t), 0 at both ends: eps s = factor eta is finite everywhere. */
        GAMMA,
        /** The factor itself, but on a grid that stops short of both ends. */
        CONSTANT
    }

    /** Euler's method for the ODE on the cosine grid, 256 samples at a time. */
    public static final TranslatorOptions DEFAULT =
            new TranslatorOptions(new Euler(), new CosineSpacing(), 0, Form.GAMMA, null, 256);

    public TranslatorOptions {
        if (!(diffusion >= 0) || Double.isInfinite(diffusion)) {
            throw new IllegalArgumentException(
                    "translator: got diffusion " + diffusion + "; expected a finite number of at least 0");
        }
        if (chunk < 1) {
            throw new IllegalArgumentException("translator: got chunk " + chunk + "; expected at least 1");
        }
        if (score == InterpolantField.B) {
            throw new IllegalArgumentException("translator: got score field b; expected s or eta");
        }
        if (diffusion > 0 && !(solver instanceof Euler || solver instanceof Heun)) {
            throw new IllegalArgumentException("translator: got solver " + solver.name() + " with diffusion "
                    + diffusion + "; expected euler or heun for the SDE");
        }
        StepPlan plan = solver.plan(TimeGrid.of(LinearPath.NOISE_AT_ZERO, 0.25, 0.5, 0.75));
        if (plan.field() != Prediction.V || plan.draws() > 0) {
            throw new IllegalArgumentException("translator: got solver " + solver.name() + ", which "
                    + (plan.draws() > 0
                            ? "draws noise"
                            : "asks for " + plan.field().name().toLowerCase(Locale.ROOT))
                    + "; expected one of the velocity's ODE, such as euler, midpoint, heun or rk4");
        }
    }

    /** The same with another solver on a grid of any spacing. */
    public TranslatorOptions withSolver(Solver other, Spacing times) {
        return new TranslatorOptions(other, times, diffusion, form, score, chunk);
    }

    /** The same with another diffusion of form GAMMA. */
    public TranslatorOptions withDiffusion(double factor) {
        return withDiffusion(factor, Form.GAMMA);
    }

    /** The same with another diffusion. */
    public TranslatorOptions withDiffusion(double factor, Form as) {
        return new TranslatorOptions(solver, spacing, factor, as, score, chunk);
    }

    /** The same with another field for the SDE. */
    public TranslatorOptions withScore(@Nullable InterpolantField field) {
        return new TranslatorOptions(solver, spacing, diffusion, form, field, chunk);
    }

    /** The same with another chunk. */
    public TranslatorOptions withChunk(int samples) {
        return new TranslatorOptions(solver, spacing, diffusion, form, score, samples);
    }

    SdeScheme scheme() {
        return solver instanceof Heun ? SdeScheme.HEUN : SdeScheme.EULER_MARUYAMA;
    }
}
