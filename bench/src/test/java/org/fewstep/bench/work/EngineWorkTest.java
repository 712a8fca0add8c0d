package org.fewstep.bench.work;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.loss.FlowMatching;
import org.fewstep.loss.MeanFlow;
import org.junit.jupiter.api.Test;

class EngineWorkTest {
    private static final List<Function<CpuDevice, EngineWork>> ALL = List.of(
            d -> new MatMulWork(d, new int[] {8, 16, 24}),
            d -> new PointwiseWork(d, "silu"),
            d -> new PointwiseWork(d, "gelu"),
            d -> new PointwiseWork(d, "exp"),
            SumWork::new,
            d -> new SoftmaxWork(d, new int[] {4, 8}),
            d -> new LayerNormWork(d, new int[] {4, 8}, false),
            d -> new LayerNormWork(d, new int[] {4, 8}, true),
            d -> new AttentionWork(d, Pass.GRADIENT),
            d -> new ConvWork(d, Pass.GRADIENT),
            AdamWork::new,
            d -> new MlpForward(d, 2),
            d -> new MlpStep(d, Mode.EAGER, 4),
            d -> new DitForward(d, 1));

    /** Otherwise another library that computes nothing would agree. */
    @Test
    void resultsAreNotZero() {
        for (Function<CpuDevice, EngineWork> open : ALL) {
            try (EngineWork work = open.apply(EngineDevice.reference())) {
                for (float[] result : work.numbers(1)) {
                    float greatest = 0;
                    for (float x : result) {
                        greatest = Math.max(greatest, Math.abs(x));
                    }
                    assertTrue(greatest > 0, work.getClass().getSimpleName());
                }
            }
        }
    }

    @Test
    void closingGivesEverythingBack() {
        for (Function<CpuDevice, EngineWork> open : ALL) {
            CpuDevice device = EngineDevice.reference();
            EngineWork work = open.apply(device);
            work.numbers(2);
            work.close();
            assertEquals(0, device.live().buffers().get(), work.getClass().getSimpleName());
        }
    }

    @Test
    void replayedWorkHasTheBitsOfEagerWork() {
        assertSame(mode -> d -> Replayed.in(mode, new MlpForward(d, 2)), 3);
        assertSame(mode -> d -> new MlpStep(d, mode, 8), 5);
    }

    @Test
    void replayedStepsOfTheDitHaveTheBitsOfEagerOnes() {
        assertSame(mode -> d -> Replayed.in(mode, new DitForward(d, 1)), 3);
        assertSame(mode -> d -> new DitStep(d, mode, 2), 3);
        assertSame(mode -> d -> new LossStep<>(d, mode, new MeanFlow(MeanFlow.Config.UNCONDITIONAL), net -> net, 4), 3);
        assertSame(
                mode -> d -> new LossStep<>(
                        d, mode, new FlowMatching(MeanFlow.PATH, FlowMatching.Config.UNCONDITIONAL), net -> net, 4),
                3);
    }

    private static void assertSame(Function<Mode, Function<CpuDevice, EngineWork>> open, int times) {
        List<float[]> eager = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            try (EngineWork work = open.apply(mode).apply(EngineDevice.reference())) {
                List<float[]> numbers = work.numbers(times);
                if (mode == Mode.EAGER) {
                    eager = numbers;
                } else {
                    assertEquals(eager.size(), numbers.size());
                    for (int i = 0; i < eager.size(); i++) {
                        assertArrayEquals(
                                eager.get(i), numbers.get(i), work.getClass().getSimpleName());
                    }
                }
            }
        }
    }

    /** So that a library without the update, or with half of it, is caught by comparing losses. */
    @Test
    void oneUpdateMovesTheLossByMoreThanTheTolerance() {
        for (Function<CpuDevice, EngineWork> open : List.<Function<CpuDevice, EngineWork>>of(
                d -> new MlpStep(d, Mode.EAGER, 64), d -> new DitStep(d, Mode.EAGER, 2))) {
            try (EngineWork work = open.apply(EngineDevice.reference())) {
                List<float[]> losses = work.numbers(2);
                double before = losses.get(0)[0];
                double moved = Math.abs(losses.get(1)[0] - before) / before;
                assertTrue(moved > 10 * TrainingStep.TOLERANCE, work.getClass().getSimpleName() + " moved by " + moved);
            }
        }
    }
}
