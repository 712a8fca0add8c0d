package org.fewstep.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Jvp;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.path.GridPoint;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Against data N(0, c^2 I), whose denoiser and flow are linear in x with known factors. */
class TrigFlowPrecondTest extends EngineTest {
    private static final double C = 0.8;
    private static final double S = 0.5;
    private static final double[] TIMES = {0.05, 0.7, 1.5};

    /** F(y, t) = factor(t) y. */
    private static final class Scaling extends Module implements VelocityNet {
        private final DoubleUnaryOperator factor;

        Scaling(DoubleUnaryOperator factor) {
            this.factor = factor;
        }

        @Override
        public Tensor v(Tensor x, Tensor t, Cond cond) {
            double[] times = t.toDoubles();
            for (int i = 0; i < times.length; i++) {
                times[i] = factor.applyAsDouble(times[i]);
            }
            return Ops.mul(x, Tensor.perSample(times, x));
        }
    }

    /** Variance of x_t over its data part's variance at t = 0. */
    private static double variance(double t) {
        return Math.pow(Math.cos(t) * C, 2) + Math.pow(Math.sin(t) * S, 2);
    }

    /** The optimal F for the Gaussian: E[cos t z - sin t x0 | x_t] / s. */
    private static double optimal(double t) {
        return Math.sin(t) * Math.cos(t) * (S * S - C * C) / variance(t);
    }

    private Tensor normal(String name, int... sizes) {
        int count = 1;
        for (int size : sizes) {
            count *= size;
        }
        return Tensor.of(device, DType.F64, rng.stream(name).normal(0, count, 0), sizes);
    }

    private Tensor times(double... t) {
        return Tensor.of(device, DType.F64, t, t.length);
    }

    @Test
    void gaussianDenoiserAndFlowAreExact() {
        TrigFlowPrecond net = new TrigFlowPrecond(new Scaling(TrigFlowPrecondTest::optimal), S);
        Tensor x = normal("x", 3, 2);
        double[] in = x.toDoubles();
        double[] x0 = net.x0(x, times(TIMES), Cond.NONE).toDoubles();
        double[] v = net.v(x, times(TIMES), Cond.NONE).toDoubles();
        double h = 1e-5;
        for (int i = 0; i < in.length; i++) {
            double t = TIMES[i / 2];
            assertEquals(Math.cos(t) * C * C / variance(t) * in[i], x0[i], 1e-14);
            // Along the flow the standard deviation carries x with it.
            double slope = (Math.log(variance(t + h)) - Math.log(variance(t - h))) / (4 * h);
            assertEquals(slope * in[i], v[i], 1e-9);
        }
    }

    @Test
    void pointsOfOtherPathsAreMetByTheirSignalToNoiseRatio() {
        TrigFlowPrecond net = new TrigFlowPrecond(new Scaling(TrigFlowPrecondTest::optimal), S);
        Tensor x = normal("x", 2, 3);
        List<GridPoint> points = List.of(
                new GridPoint(3, 1, 3), new GridPoint(0.4, 0.6, 0.4), new GridPoint(1, 0, 1), new GridPoint(0, 1, 0));
        for (GridPoint at : points) {
            double factor = at.alpha() * C * C / (Math.pow(at.alpha() * C, 2) + Math.pow(at.sigma(), 2));
            double[] expected = Ops.scale(x, factor).toDoubles();
            assertArrayEquals(expected, net.x0(x, at, Cond.NONE).toDoubles(), 1e-14, at.toString());
        }
        assertThrows(IllegalArgumentException.class, () -> net.x0(x, new GridPoint(0, 0, 0), Cond.NONE));
        assertThrows(IllegalArgumentException.class, () -> net.x0(x, new GridPoint(0, -1, 1), Cond.NONE));
        assertThrows(IllegalArgumentException.class, () -> new TrigFlowPrecond(new Scaling(t -> 0), 0));
    }

    @Test
    void theExactConsistencyFunctionGoesToTheEndOfTheFlow() {
        // Data of standard deviation s never move, and F = -tan(t/2) y is what says so.
        TrigFlowPrecond net = new TrigFlowPrecond(new Scaling(t -> -Math.tan(t / 2)), S);
        Tensor x = normal("x", 3, 2);
        assertArrayEquals(x.toDoubles(), net.x0(x, times(TIMES), Cond.NONE).toDoubles(), 1e-14);
        // The boundary holds for any network.
        TrigFlowPrecond any = new TrigFlowPrecond(new Scaling(t -> 17), S);
        assertArrayEquals(x.toDoubles(), any.x0(x, times(0, 0, 0), Cond.NONE).toDoubles());
    }

    @Test
    void aPredictionIsDifferentiableInItsTime() {
        try (Dit dit = network()) {
            TrigFlowPrecond net = new TrigFlowPrecond(dit, S);
            Tensor x = normal("x", 3, 1, 4, 4);
            Tensor t = times(TIMES);
            Tensor dt = times(1, -2, 0.5);
            double[] tangent = Jvp.tangentOrZero(
                            Jvp.of(in -> net.x0(x, in[0], Cond.NONE), new Tensor[] {t}, new Tensor[] {dt}))
                    .toDoubles();
            double h = 1e-6;
            Tensor up = net.x0(x, Ops.add(t, Ops.scale(dt, h)), Cond.NONE);
            Tensor down = net.x0(x, Ops.add(t, Ops.scale(dt, -h)), Cond.NONE);
            assertArrayEquals(Ops.scale(Ops.sub(up, down), 1 / (2 * h)).toDoubles(), tangent, 1e-8);
        }
    }

    @Test
    void edmIsTheSameNetworkInOtherCoordinates() {
        try (EdmPrecond edm = new EdmPrecond(network(), S)) {
            Tensor x = normal("x", 3, 1, 4, 4);
            Tensor t = times(TIMES);
            double[] v = edm.trigFlow().v(x, t, Cond.NONE).toDoubles();
            Tensor cos = PerSampleColumn.of(Ops.cos(t), x);
            Tensor sin = PerSampleColumn.of(Ops.sin(t), x);
            Tensor sigma = Ops.scale(Ops.div(Ops.sin(t), Ops.cos(t)), S);
            Tensor d = edm.of(Ops.div(x, cos), sigma, Cond.NONE);
            double[] expected = Ops.div(Ops.sub(Ops.mul(cos, x), d), sin).toDoubles();
            assertArrayEquals(expected, v, 1e-12);
        }
    }

    /** A transformer without a layer at zero. */
    private Dit network() {
        Dit net = new Dit(new Init(device, DType.F64, new Rng(3)), DitConfig.of(4, 2, 1, 8, 1, 2, 0));
        net.trained().forEach((name, p) -> {
            double[] values = new Rng(9).stream(name).normal(0, p.shape().count(), 0);
            for (int i = 0; i < values.length; i++) {
                values[i] *= 0.3;
            }
            device.write(p.buffer(), values, 0, values.length);
        });
        return net;
    }
}
