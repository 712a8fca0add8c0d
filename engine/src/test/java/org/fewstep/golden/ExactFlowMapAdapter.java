package org.fewstep.golden;

import org.fewstep.io.JsonCursor;
import org.fewstep.path.CosinePath;
import org.fewstep.path.LinearPath;
import org.fewstep.path.Path;
import org.fewstep.solver.ExactFlowMap;
import org.fewstep.tensor.Tensor;

/** The exact flow map of a mixture between two times, with its derivatives. */
final class ExactFlowMapAdapter implements Adapter {
    /** The path of an interpolant by its name; data at 1. */
    static Path path(String interpolant) {
        return switch (interpolant) {
            case "linear" -> LinearPath.NOISE_AT_ZERO;
            case "trig" -> new CosinePath();
            default ->
                throw new AssertionError(
                        "unknown interpolant \"" + interpolant + "\"; the adapter knows linear and trig");
        };
    }

    @Override
    public void run(GoldenRun run) {
        for (String variant : run.expected().keys()) {
            String[] names = variant.split("\\||->");
            if (names.length != 3) {
                throw new AssertionError("unknown variant \"" + variant + "\": expected <path>|<s>-><t>");
            }
            ExactFlowMap flow = new ExactFlowMap(run.gmm(), path(names[0]));
            JsonCursor input = run.model("inputs", "x", names[1] + "->" + names[2]);
            NumericArray x = NumericArray.of(input);
            ExactFlowMap.Transport map = flow.transport(
                    Tensor.of(run.device(), run.dtype(), x.values(), x.shape()),
                    Double.parseDouble(names[1]),
                    Double.parseDouble(names[2]));
            String in = variant + "/";
            run.expected().offer(in + "X", map.end(), Tolerance.INTEGRATED);
            run.expected().offer(in + "average_velocity", map.average(), Tolerance.INTEGRATED);
            run.expected().offer(in + "b_start", map.startVelocity(), Tolerance.INTEGRATED);
            run.expected().offer(in + "b_end", map.endVelocity(), Tolerance.INTEGRATED);
            run.expected().offer(in + "du_dend", map.averageInEnd(), Tolerance.INTEGRATED);
        }
    }

    @Override
    public boolean f64Only() {
        return true;
    }
}
