package org.fewstep.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.Slots;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.model.Init;
import org.fewstep.model.Linear;
import org.fewstep.model.Parameter;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each rule against a scalar loop written from the paper, in F64. */
class OptimizerTest {
    private static final int IN = 3;
    private static final int OUT = 2;
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.95;
    private static final double EPS = 1e-3;
    private static final double DECAY = 0.1;

    private final Device device = new CpuDevice(Provider.LOOPS, 1);

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get());
        assertEquals(0, device.live().scopes().get());
        device.close();
    }

    private Linear layer() {
        return new Linear(new Init(device, DType.F64, new Rng(5)), IN, OUT, 1);
    }

    /** Gradient i of step n: anything that varies in sign and size. */
    private static double gradient(int i, int n) {
        return Math.sin(1.7 * i + 0.9 * n) * (1 + 0.3 * i) + 0.05 * n;
    }

    private static double[] flat(Linear layer) {
        double[] all = new double[IN * OUT + OUT];
        int at = 0;
        for (Parameter p : layer.trained().values()) {
            double[] values = p.leaf().toDoubles();
            System.arraycopy(values, 0, all, at, values.length);
            at += values.length;
        }
        return all;
    }

    private List<Tensor> gradients(Linear layer, int n) {
        List<Tensor> list = new ArrayList<>();
        int at = 0;
        for (Parameter p : layer.trained().values()) {
            double[] g = new double[p.shape().count()];
            for (int i = 0; i < g.length; i++) {
                g[i] = gradient(at++, n);
            }
            list.add(Tensor.of(device, DType.F64, g, p.shape().sizes()));
        }
        return list;
    }

    private static double norm(int n) {
        double sum = 0;
        for (int i = 0; i < IN * OUT + OUT; i++) {
            sum += gradient(i, n) * gradient(i, n);
        }
        return Math.sqrt(sum);
    }

    /** One step of a rule for one number. */
    private interface Rule {
        double[] step(double p, double m, double v, double g, int t, double lr);
    }

    private static double[] adamW(double p, double m, double v, double g, int t, double lr) {
        double m1 = BETA1 * m + (1 - BETA1) * g;
        double v1 = BETA2 * v + (1 - BETA2) * g * g;
        double mHat = m1 / (1 - Math.pow(BETA1, t));
        double vHat = v1 / (1 - Math.pow(BETA2, t));
        double p1 = p - lr * (mHat / (Math.sqrt(vHat) + EPS) + DECAY * p);
        return new double[] {p1, m1, v1};
    }

    private static double[] rAdam(double p, double m, double v, double g, int t, double lr) {
        double m1 = BETA1 * m + (1 - BETA1) * g;
        double v1 = BETA2 * v + (1 - BETA2) * g * g;
        double mHat = m1 / (1 - Math.pow(BETA1, t));
        double rhoInf = 2 / (1 - BETA2) - 1;
        double rho = rhoInf - 2 * t * Math.pow(BETA2, t) / (1 - Math.pow(BETA2, t));
        double move = mHat;
        if (rho > 4) {
            double vHat = v1 / (1 - Math.pow(BETA2, t));
            double r = Math.sqrt(((rho - 4) * (rho - 2) * rhoInf) / ((rhoInf - 4) * (rhoInf - 2) * rho));
            move = r * mHat / (Math.sqrt(vHat) + EPS);
        }
        return new double[] {p - lr * move - lr * DECAY * p, m1, v1};
    }

    private void follows(boolean rectified, Rule rule, double limit) {
        try (Linear layer = layer();
                Slots slots = new Slots(device, DType.F64, 5);
                Optimizer optimizer = rectified
                        ? new RAdam(layer, slots, BETA1, BETA2, EPS, DECAY)
                        : new AdamW(layer, slots, BETA1, BETA2, EPS, DECAY);
                GradClip clip = new GradClip(device, DType.F64, slots, limit)) {
            double[] p = flat(layer);
            double[] m = new double[p.length];
            double[] v = new double[p.length];
            for (int n = 1; n <= 12; n++) {
                double lr = 0.01 * n;
                try (Scope step = device.scope()) {
                    List<Tensor> g = gradients(layer, n);
                    optimizer.prepare(n, lr);
                    slots.stage();
                    clip.apply(g);
                    optimizer.apply(g, clip.buffer());
                }
                double factor = Math.min(1, limit / (norm(n) + 1e-6));
                for (int i = 0; i < p.length; i++) {
                    double[] next = rule.step(p[i], m[i], v[i], factor * gradient(i, n), n, lr);
                    p[i] = next[0];
                    m[i] = next[1];
                    v[i] = next[2];
                }
                double[] got = flat(layer);
                for (int i = 0; i < p.length; i++) {
                    assertEquals(p[i], got[i], 1e-13, "parameter " + i + " after step " + n);
                }
                double[] measured = clip.read();
                assertEquals(norm(n), measured[0], 1e-12);
                assertEquals(factor, measured[1], 1e-12);
                assertEquals(0, measured[2]);
            }
        }
    }

    @Test
    void adamWFollowsThePaper() {
        follows(false, OptimizerTest::adamW, Double.POSITIVE_INFINITY);
    }

    @Test
    void rAdamFollowsThePaper() {
        follows(true, OptimizerTest::rAdam, Double.POSITIVE_INFINITY);
    }

    @Test
    void clippingScalesWhatTheOptimizerSees() {
        follows(false, OptimizerTest::adamW, 0.5);
    }

    @Test
    void rAdamSwitchesWhereTheVarianceBecomesTractable() {
        double rhoInf = 2 / (1 - BETA2) - 1;
        int first = 1;
        while (rhoInf - 2 * first * Math.pow(BETA2, first) / (1 - Math.pow(BETA2, first)) <= 4) {
            first++;
        }
        assertEquals(5, first, "the twelve steps of this test cover both branches");
    }

    @Test
    void aGradientThatIsNotFiniteRaisesTheFlag() {
        try (Linear layer = layer();
                Slots slots = new Slots(device, DType.F64, 1);
                GradClip clip = new GradClip(device, DType.F64, slots, 1);
                Scope step = device.scope()) {
            slots.stage();
            List<Tensor> g = gradients(layer, 1);
            g.set(1, Tensor.of(device, DType.F64, new double[] {1, Double.NaN}, 2));
            clip.apply(g);
            assertEquals(1, clip.read()[2]);
        }
    }

    @Test
    void averagesFollowTheirDecay() {
        for (boolean warmUp : new boolean[] {false, true}) {
            try (Linear student = layer();
                    Linear average = new Linear(new Init(device, DType.F64, new Rng(6)), IN, OUT, 1);
                    Slots slots = new Slots(device, DType.F64, 1)) {
                Ema<Linear> ema = new Ema<>(student, average, 0.8, warmUp, slots);
                double[] expected = flat(student);
                for (int n = 0; n < 60; n++) {
                    for (Parameter p : student.trained().values()) {
                        double[] moved = p.leaf().toDoubles();
                        for (int i = 0; i < moved.length; i++) {
                            moved[i] += Math.cos(n + i);
                        }
                        device.write(p.buffer(), moved, 0, moved.length);
                    }
                    ema.prepare(n);
                    slots.stage();
                    ema.apply();
                    double d = warmUp ? Math.min(0.8, (1.0 + n) / (10.0 + n)) : 0.8;
                    double[] now = flat(student);
                    double[] got = flat(average);
                    for (int i = 0; i < expected.length; i++) {
                        expected[i] = d * expected[i] + (1 - d) * now[i];
                        assertEquals(expected[i], got[i], 1e-12);
                    }
                }
                assertEquals(warmUp ? 0.1 : 0.8, ema.decayAt(0));
                assertEquals(0.8, ema.decayAt(1000));
            }
        }
    }

    @Test
    void theAverageIsFrozen() {
        try (Linear student = layer();
                Linear average = layer();
                Slots slots = new Slots(device, DType.F64, 1);
                Scope scope = device.scope()) {
            new Ema<>(student, average, 0.5, false, slots);
            Tensor x = Tensor.of(device, DType.F64, new double[IN], 1, IN);
            assertEquals(false, average.of(x).needsGrad());
            assertEquals(true, student.of(x).needsGrad());
        }
    }

    @Test
    void refusesAnotherNumberOfGradients() {
        try (Linear layer = layer();
                Slots slots = new Slots(device, DType.F64, 5);
                AdamW optimizer = new AdamW(layer, slots, BETA1, BETA2, EPS, 0);
                GradClip clip = new GradClip(device, DType.F64, slots, 1);
                Scope scope = device.scope()) {
            List<Tensor> one = gradients(layer, 1).subList(0, 1);
            assertThrows(IllegalArgumentException.class, () -> optimizer.apply(one, clip.buffer()));
        }
    }
}
