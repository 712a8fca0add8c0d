package org.fewstep.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.op.Ops;
import org.fewstep.path.LinearPath;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlowMapSamplerTest {
    private static final double[] START = {1, -2, 0.5, 3};

    private final Device device = new CpuDevice(Provider.LOOPS, 1);

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, device.live().buffers().get());
        device.close();
    }

    /** The exact map of dx/dt = x: X_{t,r}(x) = x e^(r - t), so u = x (e^(r - t) - 1) / (r - t). */
    private static final FlowMapNet EXPONENTIAL = (x, from, to, cond) -> {
        double span = to.toDoubles()[0] - from.toDoubles()[0];
        return Ops.scale(x, Math.expm1(span) / span);
    };

    @Test
    void anExactMapNeedsOneStepAndComposes() {
        for (LinearPath path : List.of(LinearPath.NOISE_AT_ONE, LinearPath.NOISE_AT_ZERO)) {
            double span = path.dataTime() - path.noiseTime();
            for (int steps : new int[] {1, 2, 7}) {
                try (Scope scope = device.scope()) {
                    Tensor x = Tensor.of(device, DType.F64, START, 2, 2);
                    Tensor y = new FlowMapSampler(EXPONENTIAL)
                            .sample(x, TimeGrid.uniform(path, steps), Cond.NONE, StepObserver.NONE);
                    double[] expected = START.clone();
                    for (int i = 0; i < expected.length; i++) {
                        expected[i] *= Math.exp(span);
                    }
                    assertArrayEquals(expected, y.toDoubles(), 1e-12);
                    assertArrayEquals(START, x.toDoubles(), "the start is left as it is");
                }
            }
        }
    }

    @Test
    void anyGridIsWalkedInItsOrder() {
        List<Double> seen = new ArrayList<>();
        List<double[]> states = new ArrayList<>();
        try (Scope scope = device.scope()) {
            Tensor x = Tensor.of(device, DType.F64, START, 2, 2);
            FlowMapNet unit = (state, from, to, cond) -> Tensor.full(device, DType.F64, 1, state.shape());
            new FlowMapSampler(unit)
                    .sample(x, TimeGrid.of(LinearPath.NOISE_AT_ONE, 1, 0.7, 0.1), Cond.NONE, (step, t, state) -> {
                        assertEquals(seen.size(), step);
                        seen.add(t);
                        states.add(state.toDoubles());
                    });
        }
        assertEquals(List.of(1.0, 0.7, 0.1), seen);
        assertArrayEquals(START, states.get(0));
        assertEquals(START[0] - 0.3, states.get(1)[0], 1e-15);
        assertEquals(START[0] - 0.9, states.get(2)[0], 1e-15);
    }

    @Test
    void longGridsHoldOneState() {
        try (Scope scope = device.scope()) {
            Tensor x = Tensor.of(device, DType.F64, START, 2, 2);
            long before = device.live().buffers().get();
            new FlowMapSampler(EXPONENTIAL)
                    .sample(
                            x,
                            TimeGrid.uniform(LinearPath.NOISE_AT_ONE, 50),
                            Cond.NONE,
                            (step, t, state) -> assertEquals(
                                    before + (step == 0 ? 0 : 1),
                                    device.live().buffers().get()));
            assertEquals(before + 1, device.live().buffers().get());
        }
    }
}
