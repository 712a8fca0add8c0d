package org.fewstep.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.path.GaussianMixture;
import org.fewstep.path.LinearPath;
import org.fewstep.path.PathCoefficients;
import org.fewstep.path.Prediction;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Measurements as maps with orthonormal rows, and edits by them with a denoiser that is exact. */
class MeasurementTest extends EngineTest {
    private static final int[] IMAGES = {2, 3, 4, 6};
    private static final int SIZE = 3 * 4 * 6;

    private Tensor normal(String name, int... shape) {
        int count = 1;
        for (int side : shape) {
            count *= side;
        }
        return Tensor.of(device, DType.F64, rng.stream(name).normal(0, count, 0), shape);
    }

    private Masked half() {
        double[] flags = new double[4 * 6];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = i % 5 < 2 ? -3 : 0;
        }
        return new Masked(Tensor.of(device, DType.F64, flags, 1, 1, 4, 6));
    }

    private Stream<Measurement> all() {
        return Stream.of(half(), new Grey(), new BlockMeans(1), new BlockMeans(2));
    }

    private static double dot(Tensor a, Tensor b) {
        return Ops.sum(Ops.mul(a, b)).item();
    }

    @Test
    void rowsAreOrthonormal() {
        all().forEach(m -> {
            Tensor x = normal("x", IMAGES);
            Tensor measured = m.of(x);
            Tensor y = m.of(normal("y", IMAGES));
            assertArrayEquals(y.toDoubles(), m.of(m.back(y)).toDoubles(), 1e-14, m + ": A A^T y = y");
            assertEquals(dot(measured, y), dot(x, m.back(y)), 1e-12, m + ": the adjoint");
            Tensor known = m.known(x);
            assertArrayEquals(known.toDoubles(), m.known(known).toDoubles(), 1e-14, m + ": a projection");
            assertEquals(dot(known, known), dot(measured, measured), 1e-12, m + ": keeps lengths");
        });
        assertEquals(
                2 * 3 * 2 * 3, new BlockMeans(2).of(normal("x", IMAGES)).shape().count());
        assertEquals(2 * 4 * 6, new Grey().of(normal("x", IMAGES)).shape().count());
    }

    @Test
    void mixingTakesTheKnownPartAndLeavesTheRest() {
        all().forEach(m -> {
            Tensor x = normal("x", IMAGES);
            Tensor y = normal("y", IMAGES);
            Tensor mixed = m.mix(x, y);
            assertArrayEquals(m.of(y).toDoubles(), m.of(mixed).toDoubles(), 1e-14, m.toString());
            double[] rest = Ops.sub(x, m.known(x)).toDoubles();
            assertArrayEquals(rest, Ops.sub(mixed, m.known(mixed)).toDoubles(), 1e-14, m.toString());
        });
    }

    @Test
    void meansAndGreysAreThoseOfThePicture() {
        double[] flat = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            flat[i] = i / 24 == 0 ? 1 : i / 24 == 1 ? 0.5 : -1;
        }
        Tensor x = Tensor.of(device, DType.F64, flat, 1, 3, 4, 6);
        double luma = (0.2989 + 0.587 * 0.5 - 0.114) / 0.9999;
        for (double grey : new Grey().picture(x).toDoubles()) {
            assertEquals(luma, grey, 1e-12);
        }
        double[] ramp = new double[16];
        for (int i = 0; i < 16; i++) {
            ramp[i] = i;
        }
        Tensor image = Tensor.of(device, DType.F64, ramp, 1, 1, 4, 4);
        double[] blocks = new BlockMeans(2).picture(image).toDoubles();
        assertArrayEquals(new double[] {2.5, 2.5, 4.5, 4.5}, Arrays.copyOf(blocks, 4), 1e-14);
        double[] masked = half().picture(normal("x", IMAGES)).toDoubles();
        assertTrue(masked[0] != 0 && masked[2] == 0);
    }

    /** Numbers of an image that move together but for a little: the exact denoiser has to draw the unknown ones along. */
    private static GaussianMixture images() {
        double[][] means = new double[2][SIZE];
        Arrays.fill(means[0], 0.7);
        Arrays.fill(means[1], -0.6);
        return new GaussianMixture(new double[] {0.5, 0.5}, means, new double[] {0.1, 0.1});
    }

    @Test
    void exactDenoiserKeepsTheKnownPartAndDrawsTheRestAlong() {
        GaussianMixture data = images();
        Field x0 = (x, point) -> Ops.reshape(data.x0(Ops.reshape(x, 2, SIZE), PathCoefficients.of(point)), 2, 3, 4, 6);
        double[] guides = rng.stream("guide").normal(0, 2 * SIZE, 0);
        for (int i = 0; i < guides.length; i++) {
            guides[i] = (i < SIZE ? 0.7 : -0.6) + 0.1 * guides[i];
        }
        Tensor known = Tensor.of(device, DType.F64, guides, IMAGES);
        Tensor noise = normal("noise", IMAGES);
        for (Solver solver : List.of(new Ddim(1), new Ddim(0), new DpmMultistep(2))) {
            StepPlan plan = solver.plan(TimeGrid.uniform(LinearPath.NOISE_AT_ONE, 40));
            assertEquals(Prediction.X0, plan.field());
            all().forEach(m -> {
                Tensor end =
                        Sampler.run(plan, new MeasuredField(x0, m, known), noise, NoiseSource.seeded(new Rng(6), 0));
                String what = m + " by " + solver.name();
                assertArrayEquals(m.of(known).toDoubles(), m.of(end).toDoubles(), 1e-12, what);
                // Without noise on the way a run may end between the two; the known part is kept all the same.
                double[] numbers = solver.equals(new Ddim(1)) ? end.toDoubles() : new double[0];
                for (int i = 0; i < numbers.length; i++) {
                    assertEquals(i < SIZE ? 0.7 : -0.6, numbers[i], 0.6, what);
                }
            });
        }
    }

    @Test
    void samplesThatCannotBeMeasuredAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Grey().require(1, 4, 4));
        assertThrows(IllegalArgumentException.class, () -> new Grey().require(3));
        assertThrows(IllegalArgumentException.class, () -> new BlockMeans(0));
        assertThrows(IllegalArgumentException.class, () -> new BlockMeans(3).require(1, 4, 6));
        assertThrows(IllegalArgumentException.class, () -> new BlockMeans(2).require(8));
        assertThrows(IllegalArgumentException.class, () -> half().require(3, 6, 4));
        assertThrows(IllegalArgumentException.class, () -> half().require(24));
        half().require(3, 4, 6);
        new Grey().require(3, 5, 5);
        new BlockMeans(2).require(1, 4, 6);
    }

    @Test
    void thresholdsAreReadFromTheirNames() {
        Field far = (x, point) -> Ops.scale(x, 3);
        Tensor x = Tensor.of(device, DType.F64, new double[] {0.2, -1}, 1, 2);
        assertArrayEquals(
                new double[] {0.6, -1},
                Threshold.of("static")
                        .over(far)
                        .at(x, LinearPath.NOISE_AT_ONE.at(0.5))
                        .toDoubles(),
                1e-15);
        assertArrayEquals(
                new double[] {0.2, -1},
                Threshold.of("Dynamic:1")
                        .over(far)
                        .at(x, LinearPath.NOISE_AT_ONE.at(0.5))
                        .toDoubles(),
                1e-15);
        assertEquals(new Threshold(0.995), Threshold.of("dynamic"));
        for (String bad : List.of("", "none", "dynamic:", "dynamic:2", "dynamic:1.1", "dynamic:NaN", "dynamic:-0.1")) {
            assertThrows(IllegalArgumentException.class, () -> Threshold.of(bad), bad);
        }
    }
}
