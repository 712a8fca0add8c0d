package org.fewstep.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.model.FlowNetwork;
import org.fewstep.model.Init;
import org.fewstep.model.Parameter;
import org.fewstep.model.Parametrisation;
import org.fewstep.model.ResidualMlpConfig;
import org.fewstep.model.TimeEncoding;
import org.fewstep.model.TimePair;
import org.fewstep.path.LinearPath;
import org.fewstep.solver.BlockMeans;
import org.fewstep.solver.DpmMultistep;
import org.fewstep.solver.Euler;
import org.fewstep.solver.Grey;
import org.fewstep.solver.Heun;
import org.fewstep.solver.KarrasSpacing;
import org.fewstep.solver.Masked;
import org.fewstep.solver.PowerSpacing;
import org.fewstep.solver.Threshold;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Edits and steering with a network of random weights: what must hold for any. */
class EditorTest extends EngineTest {
    private static final int DIM = 36;
    private static final int[] LABELS = {0, 2, Generator.NO_LABEL};
    private static final GeneratorOptions EULER =
            GeneratorOptions.DEFAULT.withSolver(new Euler(), PowerSpacing.UNIFORM);

    private static ModelSpec spec(int classes) {
        return new ModelSpec(
                new ResidualMlpConfig(DIM, 40, 2, 1, TimePair.SPAN, TimeEncoding.SINUSOIDAL, 8, 4, classes, 16),
                DType.F32,
                LinearPath.NOISE_AT_ZERO,
                List.of(1, 6, 6));
    }

    private Generator generator(int seed, int classes) {
        return generator(seed, spec(classes));
    }

    private Generator ofLevels(Parametrisation levels) {
        ModelSpec path = spec(3);
        return generator(4, ModelSpec.ofLevels(path.network(), path.dtype(), levels, path.shape()));
    }

    private Generator generator(int seed, ModelSpec spec) {
        FlowNetwork network = (FlowNetwork) spec.network().build(new Init(device, spec.dtype(), new Rng(3)));
        long number = 0;
        for (Parameter p : network.trained().values()) {
            double[] values = new Rng(seed).normal(number, p.shape().count(), 0);
            number += values.length;
            for (int i = 0; i < values.length; i++) {
                values[i] *= 0.2;
            }
            device.write(p.buffer(), values, 0, values.length);
        }
        return Generator.taking(spec, network);
    }

    private float[] guides() {
        double[] wide = rng.stream("guides").normal(0, 3 * DIM, 0);
        float[] guides = new float[wide.length];
        for (int i = 0; i < wide.length; i++) {
            guides[i] = (float) (0.5 * wide[i]);
        }
        return guides;
    }

    private Masked mask() {
        float[] flags = new float[DIM];
        Arrays.fill(flags, 0, DIM / 2, 1);
        return new Masked(Tensor.of(device, DType.F32, flags, 1, 1, 6, 6));
    }

    private static double distance(float[] a, float[] b) {
        double most = 0;
        for (int i = 0; i < a.length; i++) {
            most = Math.max(most, Math.abs(a[i] - b[i]));
        }
        return most;
    }

    @Test
    void knownPartsAreKept() {
        float[] guides = guides();
        try (Generator generator = generator(4, 3)) {
            for (GeneratorOptions options : List.of(
                    Editor.usual(generator),
                    EULER,
                    Editor.usual(generator).withGuidance(2),
                    Editor.usual(generator).withSolver(new DpmMultistep(2), new KarrasSpacing()))) {
                for (int steps : new int[] {1, 5}) {
                    Editor editor = new Editor(generator, options, steps);
                    float[] painted = editor.restore(guides, mask(), 8, LABELS);
                    float[] sharp = editor.restore(guides, new BlockMeans(3), 8, LABELS);
                    for (int i = 0; i < painted.length; i++) {
                        if (i % DIM < DIM / 2) {
                            assertEquals(guides[i], painted[i], 2e-6f, "number " + i + " at " + steps + " steps");
                        }
                    }
                    assertTrue(distance(guides, painted) > 0.1, "the rest is drawn anew");
                    assertArrayEquals(
                            editor.picture(guides, new BlockMeans(3)), editor.picture(sharp, new BlockMeans(3)), 2e-6f);
                }
            }
        }
    }

    @Test
    void anEditDoesNotDependOnItsBatch() {
        float[] guides = guides();
        try (Generator generator = generator(4, 3)) {
            Editor editor = new Editor(generator, Editor.usual(generator), 4);
            float[] together = editor.restore(guides, mask(), 8, LABELS);
            float[] first = editor.restore(Arrays.copyOf(guides, DIM), mask(), 8, Arrays.copyOf(LABELS, 1));
            assertArrayEquals(Arrays.copyOf(together, DIM), first);
            assertFalse(Arrays.equals(together, editor.restore(guides, mask(), 9, LABELS)), "the seed counts");
        }
    }

    @Test
    void strokesLeaveTheGuideByTheirLevel() {
        float[] guides = guides();
        try (Generator generator = generator(4, 3)) {
            Editor editor = new Editor(generator, Editor.usual(generator), 6);
            double before = 0;
            for (double level : new double[] {1e-4, 0.1, 0.5}) {
                double away = distance(guides, editor.stroke(guides, level, 8, LABELS));
                assertTrue(away > before, "level " + level + ": " + away + " after " + before);
                before = away;
            }
            assertTrue(distance(guides, editor.stroke(guides, 1e-4, 8, LABELS)) < 1e-2);
            float[] all = new Editor(generator, EULER, 6).stroke(guides, 1, 8, LABELS);
            assertArrayEquals(generator.sample(0, 6, 8, LABELS, EULER), all, 1e-4f, "level 1 is a sample");
            assertArrayEquals(
                    new float[] {0.5f * guides[0], 0.5f * guides[1]},
                    Arrays.copyOf(
                            minus(editor.noised(guides, 0.5, 8, 3), editor.noised(new float[3 * DIM], 0.5, 8, 3)), 2),
                    1e-6f);
        }
    }

    private static float[] minus(float[] a, float[] b) {
        float[] out = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            out[i] = a[i] - b[i];
        }
        return out;
    }

    /** Denoisers and consistency functions are called at noise levels, from 80 times the noise on. */
    @Test
    void modelsOfNoiseLevelsAreEditedToo() {
        float[] guides = guides();
        for (Parametrisation levels : List.of(
                Parametrisation.edm(0.5), Parametrisation.consistency(0.5, 0.002), Parametrisation.trigFlow(0.5))) {
            try (Generator generator = ofLevels(levels)) {
                for (int steps : new int[] {1, 2, 5}) {
                    Editor editor = new Editor(generator, Editor.usual(generator), steps);
                    float[] painted = editor.restore(guides, mask(), 8, LABELS);
                    for (int i = 0; i < painted.length; i++) {
                        if (i % DIM < DIM / 2) {
                            assertEquals(guides[i], painted[i], 2e-6f, levels.describe() + ", " + steps + " steps");
                        }
                    }
                    assertTrue(distance(guides, painted) > 0.1, "the rest is drawn anew");
                    float[] little = editor.stroke(guides, 1e-3, 8, LABELS);
                    float[] much = editor.stroke(guides, 0.5, 8, LABELS);
                    assertTrue(distance(guides, little) < 0.05, levels.describe() + ", " + steps + " steps");
                    assertTrue(distance(guides, little) < distance(guides, much));
                }
                Editor once = new Editor(generator, Editor.usual(generator), 1);
                float[] way = once.interpolate(3, 4, new int[] {0, 0, 0});
                int[] label = {0};
                GeneratorOptions options = Editor.usual(generator);
                assertArrayEquals(generator.sample(0, 1, 3, label, options), Arrays.copyOf(way, DIM), 1e-4f);
                assertArrayEquals(
                        generator.sample(0, 1, 4, label, options), Arrays.copyOfRange(way, 2 * DIM, 3 * DIM), 1e-4f);
            }
        }
    }

    /** On every kind of model a level stands for as much noise beside the guide. */
    @Test
    void aLevelIsTheSameNoiseEverywhere() {
        try (Generator flow = generator(4, 3);
                Generator edm = ofLevels(Parametrisation.edm(0.5));
                Generator trigFlow = ofLevels(Parametrisation.trigFlow(0.5))) {
            for (double level : new double[] {0.1, 0.5, 0.9}) {
                for (Generator generator : List.of(flow, edm, trigFlow)) {
                    assertEquals(level / (1 - level), generator.start(level).rho(), 1e-12);
                }
            }
            assertEquals(80, edm.start(1).rho(), 1e-12);
            assertEquals(80, edm.start(0.999).rho(), 1e-12);
        }
    }

    @Test
    void waysLeadFromOneSampleToTheOther() {
        try (Generator generator = generator(4, 0)) {
            int[] none = {-1, -1, -1, -1};
            float[] way = new Editor(generator, EULER, 5).interpolate(3, 4, none);
            float[] first = generator.sample(0, 5, 3, new int[] {-1}, EULER);
            float[] last = generator.sample(0, 5, 4, new int[] {-1}, EULER);
            assertArrayEquals(first, Arrays.copyOf(way, DIM), 1e-4f);
            assertArrayEquals(last, Arrays.copyOfRange(way, 3 * DIM, 4 * DIM), 1e-4f);
        }
        float[] quarter = Editor.slerp(new float[] {2, 0}, new float[] {0, 2}, 0.5);
        assertArrayEquals(new float[] {(float) Math.sqrt(2), (float) Math.sqrt(2)}, quarter, 1e-6f);
        assertArrayEquals(new float[] {2, 0}, Editor.slerp(new float[] {1, 0}, new float[] {3, 0}, 0.5), 1e-6f);
    }

    @Test
    void badInputIsNamed() {
        float[] guides = guides();
        try (Generator generator = generator(4, 3)) {
            Editor editor = new Editor(generator, Editor.usual(generator), 4);
            refused("level 0.0;", () -> editor.stroke(guides, 0, 8, LABELS));
            refused("level 1.5;", () -> editor.stroke(guides, 1.5, 8, LABELS));
            refused("level NaN;", () -> editor.noised(guides, Double.NaN, 8, 3));
            refused("108 numbers for 1 samples", () -> editor.restore(guides, mask(), 8, new int[] {0}));
            refused("grey: got samples of shape [1, 6, 6]", () -> editor.restore(guides, new Grey(), 8, LABELS));
            refused("factor 4", () -> editor.picture(guides, new BlockMeans(4)));
            Masked other = new Masked(Tensor.of(device, DType.F32, new float[25], 1, 1, 5, 5));
            refused("mask: got shape", () -> editor.restore(guides, other, 8, LABELS));
            refused("got 0 steps", () -> new Editor(generator, Editor.usual(generator), 0));
            refused("got 1 samples on the way", () -> editor.interpolate(1, 2, new int[] {0}));
            GeneratorOptions jumps = GeneratorOptions.DEFAULT.withSolver(SolverChoice.FLOW_MAP);
            refused("flow-map", () -> new Editor(generator, jumps, 2).restore(guides, mask(), 8, LABELS));
        }
    }

    private static void refused(String message, Runnable action) {
        String got = assertThrows(IllegalArgumentException.class, action::run).getMessage();
        assertTrue(got.contains(message), got);
    }

    @Test
    void steeringIsGuidanceWhereItSaysNothingElse() {
        try (Generator generator = generator(4, 3);
                Generator weak = generator(5, 3);
                Generator twin = generator(4, 3);
                Generator other = generator(5, 2)) {
            int[] labels = {0, 1, 2};
            UnaryOperator<GeneratorOptions> guided = o -> o.withGuidance(2.5, 0.2, 0.7);
            float[] plain = generator.sample(0, 6, 1, labels, guided.apply(EULER));
            // The separate evaluations and the batched one are the same bits; a tiny rescaling takes the other way to
            // them.
            float[] nearly = sample(generator, labels, guided, new Steering(1e-9, null, null));
            assertArrayEquals(plain, nearly, 1e-5f);
            assertTrue(distance(plain, sample(generator, labels, guided, new Steering(0.7, null, null))) > 1e-3);

            float[] away = sample(generator, labels, guided, new Steering(0, weak, null));
            assertTrue(distance(plain, away) > 1e-3);
            float[] unguided = generator.sample(0, 6, 1, labels, EULER);
            assertArrayEquals(unguided, sample(generator, labels, guided, new Steering(0, twin, null)), 1e-5f);
            refused("a weak model of 2 classes", () -> sample(generator, labels, guided, new Steering(0, other, null)));

            float[] clipped = sample(generator, labels, o -> o, new Steering(0, null, Threshold.STATIC));
            double most = 0;
            double free = 0;
            for (int i = 0; i < clipped.length; i++) {
                most = Math.max(most, Math.abs(clipped[i]));
                free = Math.max(free, Math.abs(unguided[i]));
            }
            assertTrue(free > 1.01 && most <= 1 + 1e-6, "clipped " + most + " of " + free);

            GeneratorOptions weakened = EULER.withGuidance(2).withSteering(new Steering(0, weak, null));
            assertEquals(12, generator.evaluations(6, weakened));
            refused("rescale 2.0", () -> new Steering(2, null, null));
            GeneratorOptions jumps = GeneratorOptions.DEFAULT
                    .withSolver(SolverChoice.FLOW_MAP)
                    .withSteering(new Steering(0.5, null, null));
            refused("flow-map", () -> generator.sample(0, 2, 1, labels, jumps));
        }
    }

    private static float[] sample(
            Generator generator, int[] labels, UnaryOperator<GeneratorOptions> guided, Steering steering) {
        return generator.sample(0, 6, 1, labels, guided.apply(EULER).withSteering(steering));
    }

    /** A velocity is never made of x0 where there is no threshold, so Heun's last evaluation at clean data is defined. */
    @Test
    void heunEndsAtCleanDataWithSteering() {
        try (Generator generator = generator(4, 3)) {
            GeneratorOptions heun = GeneratorOptions.DEFAULT
                    .withSolver(new Heun(), PowerSpacing.UNIFORM)
                    .withGuidance(2)
                    .withSteering(new Steering(0.5, null, null));
            for (float value : generator.sample(0, 3, 1, new int[] {1, 2}, heun)) {
                assertTrue(Float.isFinite(value));
            }
        }
    }
}
