package org.fewstep.sample;

import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.scale;
import static org.fewstep.op.Ops.sub;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.model.Cond;
import org.fewstep.model.FlowMapNet;
import org.fewstep.model.GuidedFlowMap;
import org.fewstep.model.ImmScaling;
import org.fewstep.path.LinearPath;
import org.fewstep.solver.NoiseSource;
import org.fewstep.solver.TimeGrid;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class MomentMatchingSamplerTest extends EngineTest {
    private static final LinearPath PATH = LinearPath.NOISE_AT_ONE;
    private static final FlowMapNet NET =
            (x, from, to, cond) -> mul(x, reshape(sub(from, scale(to, 0.3)), from.dim(0), 1));

    private Tensor start() {
        return Tensor.of(device, DType.F64, rng.normal(0, 6, 0), 3, 2);
    }

    @Test
    void averageVelocitiesArePushedAsByTheFlowMapSampler() {
        TimeGrid grid = TimeGrid.uniform(PATH, 4, 0.99, 0);
        MomentMatchingSampler sampler = new MomentMatchingSampler(NET, ImmScaling.averageVelocity(PATH, 1));
        List<Double> times = new ArrayList<>();
        double[] got = sampler.pushforward(start(), grid, Cond.NONE, (k, t, x) -> times.add(t))
                .toDoubles();
        double[] wanted = new FlowMapSampler(NET)
                .sample(start(), grid, Cond.NONE, StepObserver.NONE)
                .toDoubles();
        assertArrayEquals(wanted, got, 1e-14);
        assertEquals(5, times.size());
        assertEquals(0, times.get(4));
    }

    @Test
    void restartsForgetAllButTheDataThatTheyReach() {
        MomentMatchingSampler sampler = new MomentMatchingSampler(NET, ImmScaling.averageVelocity(PATH, 0.5));
        TimeGrid one = TimeGrid.of(PATH, 0.9, 0);
        assertArrayEquals(
                sampler.pushforward(start(), one, Cond.NONE, StepObserver.NONE).toDoubles(),
                sampler.restart(start(), one, Cond.NONE, NoiseSource.NONE, StepObserver.NONE)
                        .toDoubles());

        Tensor noise = Tensor.of(device, DType.F64, rng.normal(0, 6, 1), 3, 2);
        TimeGrid two = TimeGrid.of(PATH, 0.9, 0.4, 0);
        double[] got = sampler.restart(start(), two, Cond.NONE, (k, like) -> noise, StepObserver.NONE)
                .toDoubles();
        double[] x = start().toDoubles();
        double[] n = noise.toDoubles();
        for (int i = 0; i < x.length; i++) {
            double clean = x[i] - 0.9 * 0.9 * x[i];
            double again = 0.6 * clean + 0.4 * 0.5 * n[i];
            assertEquals(again - 0.4 * 0.4 * again, got[i], 1e-14);
        }
    }

    @Test
    void guidanceMixesWhatTheNetworkGives() {
        FlowMapNet net = (x, from, to, cond) -> {
            double[] labels = new double[3];
            for (int i = 0; i < 3; i++) {
                labels[i] = cond.labels().toInts()[i];
            }
            return mul(Tensor.full(device, DType.F64, 1, x.shape()), Tensor.of(device, DType.F64, labels, 3, 1));
        };
        GuidedFlowMap guided = new GuidedFlowMap(net, 4);
        Tensor t = Tensor.of(device, DType.F64, new double[3], 3);
        Cond labels = Cond.labels(device, new int[] {0, 1, 3}, 4);
        double[] u = guided.u(start(), t, t, labels.withGuidance(1.5)).toDoubles();
        assertArrayEquals(new double[] {4 - 6, 4 - 4.5, 4 - 1.5}, new double[] {u[0], u[2], u[4]}, 1e-14);
        assertEquals(1, guided.u(start(), t, t, labels).toDoubles()[2]);
        assertThrows(IllegalArgumentException.class, () -> guided.u(start(), t, t, Cond.NONE.withGuidance(2)));
        assertThrows(IllegalArgumentException.class, () -> new GuidedFlowMap(net, 0));
    }
}
