package org.fewstep.bench.losses;

import java.util.concurrent.TimeUnit;
import org.fewstep.bench.work.EngineBenchmark;
import org.fewstep.bench.work.EngineDevice;
import org.fewstep.bench.work.EngineWork;
import org.fewstep.bench.work.LossStep;
import org.fewstep.bench.work.Mode;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.loss.FlowMatching;
import org.fewstep.loss.LagrangianMatching;
import org.fewstep.loss.MapLoss;
import org.fewstep.loss.MeanFlow;
import org.fewstep.loss.SelfDistillation;
import org.fewstep.path.LinearPath;
import org.fewstep.path.UniformPairs;
import org.fewstep.path.UniformTimes;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A training step of the DiT by a loss with its draw: MeanFlow, whose tangent is a constant, and LSD on all of the batch, which
 * differentiates through the tangent, against plain flow matching on the same network.
 *
 * <p>Some hundred steps pass before the loops that a step calls once are compiled; until then they make objects.
 */
@Warmup(iterations = 30, time = 600, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 30, time = 400, timeUnit = TimeUnit.MILLISECONDS)
public class LossStepBenchmark extends EngineBenchmark {
    private static final SelfDistillation.Config ALL_PAIRS = new SelfDistillation.Config(
            new MapLoss.Config(LinearPath.NOISE_AT_ZERO, new UniformPairs(UniformPairs.Order.RISING), 0, 0),
            UniformTimes.UNIT,
            0);

    @Param({"flow-matching", "mean-flow", "lsd"})
    public String loss = "";

    @Param("16")
    public int batch;

    @Param({"eager", "replayed"})
    public String mode = "";

    @Param(EngineDevice.DEFAULT)
    public String provider = "";

    @Param("2")
    public int threads;

    @Override
    protected EngineWork open() {
        CpuDevice device = EngineDevice.open(provider, threads);
        return switch (loss) {
            case "flow-matching" ->
                new LossStep<>(
                        device,
                        Mode.of(mode),
                        new FlowMatching(MeanFlow.PATH, FlowMatching.Config.UNCONDITIONAL),
                        net -> net,
                        batch);
            case "mean-flow" ->
                new LossStep<>(device, Mode.of(mode), new MeanFlow(MeanFlow.Config.UNCONDITIONAL), net -> net, batch);
            case "lsd" ->
                new LossStep<>(
                        device,
                        Mode.of(mode),
                        SelfDistillation.lagrangian(ALL_PAIRS, LagrangianMatching.Stop.CONVEX),
                        net -> new SelfDistillation.Nets(net, net, null),
                        batch);
            default ->
                throw new IllegalArgumentException(
                        "loss: got \"" + loss + "\"; expected flow-matching, mean-flow or lsd");
        };
    }
}
