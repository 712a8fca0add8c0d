package org.fewstep.sample;

import java.util.Arrays;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.model.Parametrisation;
import org.fewstep.path.GridPoint;
import org.fewstep.solver.Ddim;
import org.fewstep.solver.KarrasSpacing;
import org.fewstep.solver.MeasuredField;
import org.fewstep.solver.Measurement;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.PowerSpacing;
import org.fewstep.solver.Solver;
import org.fewstep.tensor.Noise;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/**
 * Zero-shot edits with a trained generator: samples that agree with what is known of them, variations of a guide, and ways from
 * one sample to another.
 *
 * <p>Samples are given and returned one after another, each row-major. Sample i depends on its own guide, the seed and i.
 * Holds nothing; the generator stays the caller's.
 *
 * @param generator whose network predicts data
 * @param options solver, guidance and what else; jumps by the flow map are refused
 * @param steps of the grid, at least 1
 */
public record Editor(Generator generator, GeneratorOptions options, int steps) {
    /**
     * Steps that draw noise, which fit known and drawn parts together better than an ODE's: DDIM with eta 1, or a consistency
     * function's own.
     */
    public static GeneratorOptions usual(Generator generator) {
        return stepping(generator, new Ddim(1));
    }

    /** A solver on the model's usual grid; a consistency function has one of its own, which is taken for it. */
    public static GeneratorOptions stepping(Generator generator, Solver solver) {
        Parametrisation levels = generator.spec().parametrisation();
        if (levels == null) {
            return GeneratorOptions.DEFAULT.withSolver(solver, PowerSpacing.UNIFORM);
        }
        return isConsistency(generator)
                ? GeneratorOptions.DEFAULT
                : GeneratorOptions.DEFAULT.withSolver(solver, new KarrasSpacing());
    }

    /** Whether the model leads to clean data in one evaluation, and draws noise in more. */
    public static boolean isConsistency(Generator generator) {
        Parametrisation levels = generator.spec().parametrisation();
        return levels != null && levels.role() == Parametrisation.Role.CONSISTENCY;
    }

    public Editor {
        if (steps < 1) {
            throw new IllegalArgumentException("edit: got " + steps + " steps; expected at least 1");
        }
    }

    /**
     * Samples whose known part is that of the guides: inpainting, colourisation, super-resolution.
     *
     * @param guides n samples, of which only the known part is used
     * @param labels (n), or {@link Generator#NO_LABEL}
     */
    public float[] restore(float[] guides, Measurement measurement, long seed, int[] labels) {
        requireSamples("guides", guides, labels.length);
        measurement.require(generator.shape());
        Device device = generator.device();
        try (Scope scope = device.scope()) {
            Tensor known = tensor(guides, labels.length);
            float[] measured = measurement
                    .mix(tensor(new float[guides.length], labels.length), known)
                    .toFloats();
            return generator.edit(
                    noised(measured, 1, seed, labels.length),
                    1,
                    steps,
                    labels,
                    options,
                    x0 -> new MeasuredField(x0, measurement, known),
                    draws(seed));
        }
    }

    /** What a measurement leaves of samples, to look at. */
    public float[] picture(float[] samples, Measurement measurement) {
        int n = samples.length / generator.spec().network().dim();
        requireSamples("guides", samples, n);
        measurement.require(generator.shape());
        try (Scope scope = generator.device().scope()) {
            return measurement.picture(tensor(samples, n)).toFloats();
        }
    }

    /**
     * Guides drawn anew from a level of noise on (SDEdit, Meng et al. 2022, arXiv:2108.01073): strokes become images, images
     * others like them.
     *
     * @param guides n samples
     * @param level above 0, where little changes, to 1, where nothing of the guide is left; linear in the path's time. A
     *     model of noise levels starts where the linear path has as much noise, sigma / alpha = level / (1 - level), at most 80
     * @param labels (n), or {@link Generator#NO_LABEL}
     */
    public float[] stroke(float[] guides, double level, long seed, int[] labels) {
        return generator.edit(
                noised(guides, level, seed, labels.length), level, steps, labels, options, x0 -> x0, draws(seed));
    }

    /** The states that {@link #stroke} starts from: alpha guide + sigma noise. */
    public float[] noised(float[] guides, double level, long seed, int n) {
        requireSamples("guides", guides, n);
        requireLevel(level);
        GridPoint at = generator.start(level);
        float[] state = noise(seed, n);
        for (int i = 0; i < state.length; i++) {
            state[i] = (float) (at.alpha() * guides[i] + at.sigma() * state[i]);
        }
        return state;
    }

    /**
     * Checks a level of noise before any work is done.
     *
     * @throws IllegalArgumentException unless it is above 0 and at most 1
     */
    public static void requireLevel(double level) {
        if (!(level > 0 && level <= 1)) {
            throw new IllegalArgumentException(
                    "edit: got level " + level + "; expected above 0, at most 1, where nothing of the guide is left");
        }
    }

    /**
     * Samples on the way from one seed's to another's, by the great circle between their noises, which keeps the noise's
     * length. With a solver that draws noise the way jumps.
     *
     * @param from seed of the first
     * @param to seed of the last
     * @param labels (n), n at least 2, or {@link Generator#NO_LABEL}
     */
    public float[] interpolate(long from, long to, int[] labels) {
        int n = labels.length;
        if (n < 2) {
            throw new IllegalArgumentException("edit: got " + n + " samples on the way; expected at least 2");
        }
        float[] first = noise(from, 1);
        float[] last = noise(to, 1);
        float[] states = new float[n * first.length];
        for (int i = 0; i < n; i++) {
            float[] state = slerp(first, last, (double) i / (n - 1));
            System.arraycopy(state, 0, states, i * state.length, state.length);
        }
        double sigma = generator.start(1).sigma();
        for (int i = 0; i < states.length; i++) {
            states[i] = (float) (sigma * states[i]);
        }
        return generator.edit(states, 1, steps, labels, options, x0 -> x0, draws(from));
    }

    /** The point at a fraction of the arc from a to b (Shoemake 1985); of the chord where they are parallel. */
    static float[] slerp(float[] a, float[] b, double fraction) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        double angle = Math.acos(Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb))));
        double sine = Math.sin(angle);
        double ofA = sine < 1e-6 ? 1 - fraction : Math.sin((1 - fraction) * angle) / sine;
        double ofB = sine < 1e-6 ? fraction : Math.sin(fraction * angle) / sine;
        float[] point = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            point[i] = (float) (ofA * a[i] + ofB * b[i]);
        }
        return point;
    }

    private float[] noise(long seed, int n) {
        Device device = generator.device();
        try (Scope scope = device.scope()) {
            Rng rng = new Rng(seed).stream("sample");
            Shape shape = Shape.of(generator.spec().batchShape(n));
            return Noise.normal(device, generator.spec().dtype(), rng, 0, 0, shape)
                    .toFloats();
        }
    }

    private static NoiseSource draws(long seed) {
        return NoiseSource.seeded(new Rng(seed).stream("solver"), 0);
    }

    private Tensor tensor(float[] samples, int n) {
        return Tensor.of(
                generator.device(),
                generator.spec().dtype(),
                samples,
                generator.spec().batchShape(n));
    }

    private void requireSamples(String what, float[] samples, int n) {
        int dim = generator.spec().network().dim();
        if (samples.length != (long) n * dim) {
            throw new IllegalArgumentException("edit: got " + what + " of " + samples.length + " numbers for " + n
                    + " samples; expected " + dim + " a sample, shape " + Arrays.toString(generator.shape()));
        }
    }
}
