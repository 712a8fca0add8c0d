package org.fewstep.loss;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.sub;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.model.FlowMapNet;
import org.fewstep.path.BrownianPath;
import org.fewstep.path.LinearPath;
import org.fewstep.path.NarrowingPath;
import org.fewstep.path.Path;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ShortcutModelTest extends EngineTest {
    private static final int CLASSES = 3;

    /** Answers its label in every coordinate, and a little of the state. */
    private static final FlowMapNet LABEL = (x, from, to, cond) -> {
        int[] labels = Objects.requireNonNull(cond.labels()).toInts();
        double[] column = Arrays.stream(labels).asDoubleStream().toArray();
        return add(scale(x, 0.1), Tensor.of(x.device(), x.dtype(), column, column.length, 1));
    };

    private Tensor random(int rows, int step) {
        return Tensor.of(device, DType.F64, rng.normal(0, 2 * rows, step), rows, 2);
    }

    private static ShortcutModel loss(Path path, int finest, int every, double guidance) {
        return new ShortcutModel(new ShortcutModel.Config(path, finest, every, guidance, 0.5, CLASSES));
    }

    private Batch batch(int rows) {
        int[] labels = new int[rows];
        Arrays.setAll(labels, i -> i % CLASSES);
        return new Batch(random(rows, 7), labels);
    }

    @Test
    void lengthsAreSpreadEvenlyTheShortestFirst() {
        ShortcutModel loss = loss(LinearPath.NOISE_AT_ZERO, 8, 2, 1);
        assertArrayEquals(new int[] {2, 2, 1, 1, 0, 0, 0}, loss.levels(7));
        assertArrayEquals(new int[] {0, 0}, loss.levels(2));
        assertArrayEquals(new int[0], loss.levels(0));
    }

    @Test
    void stepsStayOnTheirGridAndInsideThePath() {
        for (Path path : List.of(LinearPath.NOISE_AT_ZERO, LinearPath.NOISE_AT_ONE, new BrownianPath())) {
            ShortcutModel loss = loss(path, 8, 2, 1);
            ShortcutModel.Draw draw = loss.draw(batch(40), rng, 3);
            assertEquals(20, draw.halved());
            double[] end = draw.on().end().toDoubles();
            double value = loss.loss(new ShortcutModel.Nets(LABEL, LABEL), draw)
                    .total()
                    .item();
            assertTrue(Double.isFinite(value), path.name() + ": " + value);
            double direction = path.dataTime() - path.noiseTime();
            for (int i = 0; i < 40; i++) {
                double d = Math.scalb(1.0, -draw.level()[i]);
                double way = Math.abs(draw.t()[i] - path.noiseTime());
                assertEquals(0, way % d, "t on the grid of its length");
                assertEquals(direction * d, end[i] - draw.t()[i], 1e-15);
                assertTrue(way + d <= 1);
                assertTrue(i < 20 ? draw.level()[i] < 3 : draw.level()[i] == 3);
                assertTrue(i >= 20 || draw.labels()[i] == i % CLASSES, "labels of half steps stay");
            }
            assertTrue(Arrays.stream(draw.labels()).anyMatch(label -> label == CLASSES), "some label is dropped");
        }
    }

    @Test
    void guidanceActsOnTheShortestLengthAlone() {
        ShortcutModel loss = loss(LinearPath.NOISE_AT_ZERO, 4, 1, 1.5);
        Tensor x0 = random(4, 0);
        Tensor eps = random(4, 1);
        int[] labels = {0, 1, 2, 0};
        ShortcutModel.Draw draw = loss.draw(x0, eps, new double[4], loss.levels(4), 4, labels);
        LossResult result = loss.loss(new ShortcutModel.Nets(LABEL, LABEL), draw);
        double[] x = result.part("x_t").toDoubles();
        double[] target = result.part("target").toDoubles();
        for (int i = 0; i < 8; i++) {
            int row = i / 2;
            double half = row < 2 ? 0.25 : 0.5;
            double label = row < 2 ? CLASSES + 1.5 * (labels[row] - CLASSES) : labels[row];
            double first = 0.1 * x[i] + label;
            double between = Math.max(-4, Math.min(4, x[i] + half * first));
            double second = 0.1 * between + label;
            assertEquals((first + second) / 2, target[i], 1e-14);
        }
    }

    @Test
    void largeStepsAreClipped() {
        ShortcutModel loss = new ShortcutModel(new ShortcutModel.Config(LinearPath.NOISE_AT_ZERO, 2, 1, 1, 0, 0));
        FlowMapNet net = (x, from, to, cond) -> add(scale(x, 0), scale(reshape(sub(to, from), 1, 1), 20)); // 10 a half
        FlowMapNet second = (x, from, to, cond) -> from.toDoubles()[0] == 0 ? net.u(x, from, to, cond) : x;
        ShortcutModel.Draw draw = loss.draw(random(1, 0), random(1, 1), new double[1], loss.levels(1), 1, (int[]) null);
        // x' = clip(x + 5) = 4 is the second velocity of this network, and (10 + 4) / 2 is clipped once more.
        double[] once = loss.loss(new ShortcutModel.Nets(net, second), draw)
                .part("target")
                .toDoubles();
        assertArrayEquals(new double[] {4, 4}, once);
        FlowMapNet back = (x, from, to, cond) -> from.toDoubles()[0] == 0 ? net.u(x, from, to, cond) : scale(x, -2);
        double[] mixed = loss.loss(new ShortcutModel.Nets(net, back), draw)
                .part("target")
                .toDoubles();
        double[] x =
                loss.loss(new ShortcutModel.Nets(net, net), draw).part("x_t").toDoubles();
        for (int i = 0; i < 2; i++) {
            assertEquals((10 - 2 * Math.min(4, x[i] + 5)) / 2, mixed[i], 1e-14);
        }
    }

    @Test
    void theTargetIsAConstantOfTheAverage() {
        ShortcutModel loss = new ShortcutModel(new ShortcutModel.Config(LinearPath.NOISE_AT_ZERO, 4, 2, 1, 0, 0));
        Tensor w = Tensor.of(device, DType.F64, new double[] {0.4}, 1).requireGrad();
        FlowMapNet net = (x, from, to, cond) -> mul(x, w);
        ShortcutModel.Draw draw = loss.draw(new Batch(random(6, 0), null), rng, 1);
        LossResult result = loss.loss(new ShortcutModel.Nets(net, net), draw);
        double[] x = result.part("x_t").toDoubles();
        double[] u = result.part("u").toDoubles();
        double[] target = result.part("target").toDoubles();
        double wanted = 0;
        for (int i = 0; i < x.length; i++) {
            wanted += 2 * (u[i] - target[i]) * x[i] / x.length;
        }
        assertEquals(wanted, Grad.of(result.total(), List.of(w)).get(0).item(), 1e-14);
    }

    @Test
    void slicesAddUpToTheBatch() {
        ShortcutModel loss = loss(new NarrowingPath(1e-5), 4, 2, 1.5);
        ShortcutModel.Draw draw = loss.draw(batch(8), rng, 5);
        ShortcutModel.Nets nets = new ShortcutModel.Nets(LABEL, LABEL);
        double[] all = loss.loss(nets, draw).perSample().toDoubles();
        for (int[] part : new int[][] {{0, 1}, {1, 6}, {3, 8}, {5, 8}}) {
            double[] some = loss.loss(nets, loss.slice(draw, part[0], part[1]))
                    .perSample()
                    .toDoubles();
            assertArrayEquals(Arrays.copyOfRange(all, part[0], part[1]), some, 1e-14);
        }
    }

    @Test
    void badSettingsAreRefused() {
        for (int finest : new int[] {1, 0, 6, -4}) {
            assertThrows(IllegalArgumentException.class, () -> loss(LinearPath.NOISE_AT_ZERO, finest, 2, 1));
        }
        assertThrows(IllegalArgumentException.class, () -> loss(LinearPath.NOISE_AT_ZERO, 8, 0, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> new ShortcutModel.Config(LinearPath.NOISE_AT_ZERO, 8, 2, 1.5, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new NarrowingPath(0));
    }

    @Test
    void theNarrowingPathIsInvertedByItsRatio() {
        NarrowingPath path = new NarrowingPath(0.01);
        for (double t : new double[] {0, 0.3, 0.99, 1}) {
            assertEquals(t, path.timeAtSnr(path.alpha(t) / path.sigma(t)), 1e-14);
        }
        assertEquals(1, path.timeAtSnr(Double.POSITIVE_INFINITY));
        assertEquals(0.01, path.sigma(1), 1e-15);
    }
}
