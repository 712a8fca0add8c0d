package org.fewstep.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class MomentMapTest extends EngineTest {
    private static final MlpConfig NET = new MlpConfig(2, 8, 2, 2, TimePair.END, TimeEncoding.RAW, 1, 1, 0, 0);
    private static final ImmScaling.Form[] PUBLISHED = {
        ImmScaling.Form.IDENTITY, ImmScaling.Form.SIMPLE_EDM, ImmScaling.Form.EULER
    };

    private Tensor times(double... t) {
        return Tensor.of(device, DType.F64, t, t.length);
    }

    private static boolean fits(ImmScaling.Form form, MomentMapConfig.Schedule schedule) {
        return form != ImmScaling.Form.EULER || schedule == MomentMapConfig.Schedule.LINEAR;
    }

    /** The step of a flow map sampler is the map that the loss trains. */
    @Test
    void aStepByItsAverageVelocityIsTheMap() {
        double[] t = {0.994, 0.7, 0.5, 0.31};
        double[] s = {0, 0.2, 0.499, 0.1};
        Tensor x = Tensor.of(device, DType.F64, rng.stream("x").normal(0, 8, 0), 4, 2);
        for (ImmScaling.Form form : PUBLISHED) {
            for (MomentMapConfig.Schedule schedule : MomentMapConfig.Schedule.values()) {
                if (!fits(form, schedule)) {
                    continue;
                }
                MomentMapConfig config = new MomentMapConfig(NET, form, schedule, 3);
                try (MomentMap map = config.build(new Init(device, DType.F64, new Rng(3)))) {
                    ImmScaling scaling = new ImmScaling(schedule.path(), form, ImmScaling.SecondTime.END, 1, 3);
                    double[] expected = scaling.map(map.inner(), x, scaling.at(t, s, x), Cond.NONE)
                            .toDoubles();
                    Tensor span = Tensor.perSample(new double[] {-0.994, -0.5, -0.001, -0.21}, x);
                    double[] made = Ops.add(x, Ops.mul(span, map.u(x, times(t), times(s), Cond.NONE)))
                            .toDoubles();
                    assertArrayEquals(expected, made, 1e-6, form + " " + schedule);
                }
            }
        }
    }

    @Test
    void withoutAStepItIsTheVelocityOfShortSteps() {
        Tensor x = Tensor.of(device, DType.F64, rng.stream("x").normal(0, 4, 0), 2, 2);
        for (ImmScaling.Form form : PUBLISHED) {
            for (MomentMapConfig.Schedule schedule : MomentMapConfig.Schedule.values()) {
                if (!fits(form, schedule)) {
                    continue;
                }
                try (MomentMap map =
                        new MomentMapConfig(NET, form, schedule, 1).build(new Init(device, DType.F64, new Rng(3)))) {
                    double[] at = map.v(x, times(0.6, 0.2), Cond.NONE).toDoubles();
                    double[] near = map.u(x, times(0.6, 0.2), times(0.5999, 0.1999), Cond.NONE)
                            .toDoubles();
                    assertArrayEquals(near, at, 1e-3, form + " " + schedule);
                    for (double v : map.v(x, times(0, 1), Cond.NONE).toDoubles()) {
                        assertTrue(Double.isFinite(v), form + " " + schedule);
                    }
                }
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        MomentMapConfig.Schedule cosine = MomentMapConfig.Schedule.COSINE;
        assertThrows(IllegalArgumentException.class, () -> new MomentMapConfig(NET, ImmScaling.Form.EULER, cosine, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> new MomentMapConfig(NET, ImmScaling.Form.AVERAGE_VELOCITY, MomentMapConfig.Schedule.LINEAR, 1));
        assertThrows(
                IllegalArgumentException.class, () -> new MomentMapConfig(NET, ImmScaling.Form.IDENTITY, cosine, 0));
    }
}
