package org.fewstep.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.fewstep.bench.work.EngineDevice;

/** The speed that the CPU engine is asked for, row by row. */
final class Targets {
    private static final String EJML = "ejml";
    private static final String TORCH = PeerHealth.LIBTORCH.engine();
    private static final String ND4J = PeerHealth.ND4J.engine();
    private static final String EAGER = "eager";
    private static final String REPLAYED = "replayed";
    private static final double KB = 1024;
    private static final double MB = 1024 * KB;

    private Targets() {}

    /** All rows. */
    static List<Target> all() {
        List<Target> rows = new ArrayList<>();
        for (String peer : List.of(EJML, TORCH, ND4J)) {
            for (String side : List.of("256", "512", "1024")) {
                for (String threads : List.of("1", "2")) {
                    rows.add(matMul(side, threads, peer));
                }
            }
        }
        for (String side : List.of("256", "512", "1024")) {
            for (String threads : List.of("1", "2")) {
                rows.add(new SpeedTarget(
                        "matmul " + side + ", " + threads(threads) + ", without the vector module",
                        product(side, threads),
                        "loops",
                        EJML,
                        4,
                        4,
                        6));
            }
        }
        rows.add(torch("silu", pointwise("silu"), 1.3, 3));
        for (String shape : List.of("1024x64", "1024x256")) {
            rows.add(torch("layer norm " + shape, norm(shape, "false"), 1.3, 3));
            rows.add(torch("layer norm with scale and shift " + shape, norm(shape, "true"), 1.3, 3));
        }
        rows.add(torch("optimizer update (Adam)", new Target.Work("Adam", Map.of("threads", "1")), 1.3, 3));
        rows.add(torch("gelu", pointwise("gelu"), 0.8, 1.2));
        for (String shape : List.of("1024x64", "4096x1024")) {
            rows.add(torch(
                    "softmax " + shape, new Target.Work("Softmax", Map.of("shape", shape, "threads", "1")), 0.8, 1.2));
        }
        rows.add(torch("exp", pointwise("exp"), 0.8, 1.2));
        for (String pass : List.of("forward", "gradient")) {
            rows.add(torch(
                    "conv2d 3x3, 64 channels, 32x32, batch 16, "
                            + (pass.equals("forward") ? "forward" : "forward and backward"),
                    new Target.Work("Conv", Map.of("pass", pass, "threads", "2")),
                    0.8,
                    1.1));
        }
        for (String mode : List.of(EAGER, REPLAYED)) {
            rows.add(torch("MLP training step, batch 1024, 2 threads, " + mode, mlpStep(mode), 1.2, 1.5));
        }
        rows.add(new CostTarget(
                "MLP training step, eager over replayed", mlpStep(EAGER), mlpStep(REPLAYED), 1.15, 1.05));
        for (String mode : List.of(EAGER, REPLAYED)) {
            rows.add(torch("MLP forward, batch 1, 1 thread, " + mode, mlpForward(mode), 3, 5));
        }
        for (String mode : List.of(EAGER, REPLAYED)) {
            rows.add(torch("DiT training step, batch 16, 2 threads, " + mode, ditStep(mode), 1, 1.7));
        }
        for (String mode : List.of(EAGER, REPLAYED)) {
            rows.add(torch("DiT forward, batch 1, 2 threads, " + mode, ditForward(mode), 1, 1.7));
        }
        for (String mode : List.of(EAGER, REPLAYED)) {
            rows.add(new CostTarget(
                    "MeanFlow step over the plain flow-matching step, DiT, " + mode,
                    loss("mean-flow", mode),
                    loss("flow-matching", mode),
                    1.6,
                    1.35));
        }
        for (String mode : List.of(EAGER, REPLAYED)) {
            rows.add(new CostTarget(
                    "LSD step over the plain flow-matching step, DiT, " + mode,
                    loss("lsd", mode),
                    loss("flow-matching", mode),
                    3,
                    2.5));
        }
        rows.add(new AllocationTarget("allocation of an MLP training step, eager", mlpStep(EAGER), 64 * KB, 0));
        rows.add(new AllocationTarget("allocation of a DiT training step, eager", ditStep(EAGER), MB, 0));
        rows.add(new AllocationTarget("allocation of an MLP training step, replayed", mlpStep(REPLAYED), 4 * KB, 0));
        rows.add(new AllocationTarget("allocation of a DiT training step, replayed", ditStep(REPLAYED), 4 * KB, 0));
        return rows;
    }

    private static SpeedTarget matMul(String side, String threads, String peer) {
        String label = "matmul " + side + ", " + threads(threads);
        Target.Work work = product(side, threads);
        if (peer.equals(EJML)) {
            return new SpeedTarget(label, work, EngineDevice.DEFAULT, peer, 22, 22, 30);
        }
        return peer.equals(ND4J)
                ? new SpeedTarget(label, work, EngineDevice.DEFAULT, peer, 1.1, 1.1, 1.3)
                : new SpeedTarget(label, work, EngineDevice.DEFAULT, peer, 0.8, 0.9, 1.05);
    }

    private static SpeedTarget torch(String label, Target.Work work, double target, double beyond) {
        return new SpeedTarget(label, work, EngineDevice.DEFAULT, TORCH, target, target, beyond);
    }

    private static Target.Work product(String side, String threads) {
        return new Target.Work("MatMul", Map.of("sizes", side + "x" + side + "x" + side, "threads", threads));
    }

    private static Target.Work pointwise(String function) {
        return new Target.Work("Pointwise", Map.of("function", function, "threads", "1"));
    }

    private static Target.Work norm(String shape, String affine) {
        return new Target.Work("LayerNorm", Map.of("shape", shape, "affine", affine, "threads", "1"));
    }

    private static Target.Work mlpStep(String mode) {
        return new Target.Work("MlpStep", Map.of("batch", "1024", "threads", "2"), mode);
    }

    private static Target.Work mlpForward(String mode) {
        return new Target.Work("MlpForward", Map.of("batch", "1", "threads", "1"), mode);
    }

    private static Target.Work ditStep(String mode) {
        return new Target.Work("DitStep", Map.of("batch", "16", "threads", "2"), mode);
    }

    private static Target.Work ditForward(String mode) {
        return new Target.Work("DitForward", Map.of("batch", "1", "threads", "2"), mode);
    }

    private static Target.Work loss(String name, String mode) {
        return new Target.Work("LossStep", Map.of("loss", name, "batch", "16", "threads", "2"), mode);
    }

    private static String threads(String count) {
        return count.equals("1") ? "1 thread" : count + " threads";
    }
}
