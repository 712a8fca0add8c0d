package org.fewstep.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.model.Cond;
import org.fewstep.model.VelocityNet;
import org.fewstep.op.Ops;
import org.fewstep.path.LinearPath;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OdeSamplerTest {
    private static final int CLASSES = 3;

    private final Device device = new CpuDevice(Provider.LOOPS, 1);

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get());
        device.close();
    }

    private double end(SolverChoice solver, int steps) {
        VelocityNet growth = (x, t, cond) -> x;
        try (Scope scope = device.scope()) {
            Tensor x = Tensor.of(device, DType.F64, new double[] {2}, 1, 1);
            TimeGrid grid = TimeGrid.uniform(LinearPath.NOISE_AT_ZERO, steps);
            return new OdeSampler(growth, solver.ode())
                    .sample(x, grid, Cond.NONE, StepObserver.NONE)
                    .item();
        }
    }

    @Test
    void solversMakeTheirStepsOfTheTextbook() {
        // dx/dt = x: a step multiplies by 1 + h (Euler) or 1 + h + h^2 / 2 (both of order 2).
        for (int n : new int[] {1, 4, 10}) {
            double h = 1.0 / n;
            assertEquals(2 * Math.pow(1 + h, n), end(SolverChoice.EULER, n), 1e-13);
            assertEquals(2 * Math.pow(1 + h + h * h / 2, n), end(SolverChoice.MIDPOINT, n), 1e-13);
            assertEquals(2 * Math.pow(1 + h + h * h / 2, n), end(SolverChoice.HEUN, n), 1e-13);
        }
        assertThrows(IllegalArgumentException.class, SolverChoice.AUTO::ode);
        assertThrows(IllegalArgumentException.class, SolverChoice.FLOW_MAP::ode);
    }

    /** v = (label + 1) x, and 10 x for the null label. */
    private final VelocityNet byLabel = (x, t, cond) -> {
        int[] labels = cond.labels().toInts();
        double[] factor = Arrays.stream(labels)
                .mapToDouble(l -> l == CLASSES ? 10 : l + 1)
                .toArray();
        return Ops.mul(x, Tensor.perSample(factor, x));
    };

    private double[] guided(Guidance.Form form, double t, Cond cond) {
        Tensor x = Tensor.of(device, DType.F64, new double[] {1, 2, 3}, 3, 1);
        return new Guidance(byLabel, CLASSES, form).v(x, t, cond).toDoubles();
    }

    @Test
    void guidanceMixesInsideItsIntervalOnly() {
        try (Scope scope = device.scope()) {
            Tensor labels = Tensor.of(device, new int[] {0, 2, 3}, 3);
            Cond cond = new Cond(labels, 1.5, 0.2, 0.6);
            double[] plain = {1, 3 * 2, 10 * 3};
            double[] mixed = {10 + 1.5 * (1 - 10), 2 * (10 + 1.5 * (3 - 10)), 30};
            for (Guidance.Form form : List.of(Guidance.Form.BATCHED, Guidance.Form.SEPARATE)) {
                assertArrayEquals(mixed, guided(form, 0.2, cond), 1e-13);
                assertArrayEquals(mixed, guided(form, 0.6, cond), 1e-13);
                assertArrayEquals(plain, guided(form, 0.1, cond), 1e-13);
                assertArrayEquals(plain, guided(form, 0.7, cond), 1e-13);
                assertArrayEquals(plain, guided(form, 0.4, cond.withGuidance(1)), 1e-13);
                double[] unconditional = guided(form, 0.4, cond.withGuidance(0));
                assertArrayEquals(new double[] {10, 20, 30}, unconditional, 1e-13);
            }
        }
    }

    @Test
    void guidanceNeedsLabels() {
        try (Scope scope = device.scope()) {
            Cond none = new Cond(null, 2, 0, 1);
            assertThrows(IllegalArgumentException.class, () -> guided(Guidance.Form.BATCHED, 0.5, none));
            Tensor x = Tensor.full(device, DType.F64, 1, Shape.of(1, 1));
            Cond cond = new Cond(Tensor.of(device, new int[] {0}, 1), 2, 0, 1);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new Guidance(byLabel, 0, Guidance.Form.BATCHED).v(x, 0.5, cond));
        }
    }
}
