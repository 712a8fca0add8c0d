package org.fewstep.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.autodiff.Grad;
import org.fewstep.kernels.DType;
import org.fewstep.model.VelocityNet;
import org.fewstep.op.Ops;
import org.fewstep.path.BrownianBridge;
import org.fewstep.path.OptimalTransport;
import org.fewstep.path.Sinkhorn;
import org.fewstep.path.SquaredDistances;
import org.fewstep.path.StraightBridge;
import org.fewstep.path.UniformTimes;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** [SF]2M without diffusion is OT-CFM: coupling, states, targets, loss and gradient. */
class SchroedingerBridgeTest extends EngineTest {
    private static final int BATCH = 12;
    private static final double SIGMA = 2e-4;

    private final double[] times = rng.stream("t").uniform(0, BATCH, 0);

    private Tensor normal(String name) {
        return Tensor.of(device, DType.F64, rng.stream(name).normal(0, 2 * BATCH, 0), BATCH, 2);
    }

    private SchroedingerBridge bridge(double sigma) {
        return new SchroedingerBridge(
                new SchroedingerBridge.Config(new BrownianBridge(sigma), UniformTimes.UNIT, new OptimalTransport()));
    }

    private SchroedingerBridge.Draw bridgeDraw(double sigma) {
        return bridge(sigma).draw(normal("source"), normal("data"), normal("eps"), times);
    }

    private static final ConditionalFlowMatching TRANSPORT = new ConditionalFlowMatching(
            new ConditionalFlowMatching.Config(new StraightBridge(0), UniformTimes.UNIT, new OptimalTransport()));

    private ConditionalFlowMatching.Draw transportDraw() {
        return TRANSPORT.draw(normal("source"), normal("data"), normal("eps"), times);
    }

    /** v = tanh(x w). */
    private static VelocityNet net(Tensor w) {
        return (x, t, cond) -> Ops.tanh(Ops.matmul(x, w));
    }

    private Tensor weights() {
        return Tensor.of(device, DType.F64, new double[] {0.7, -0.3, 0.2, 0.9}, 2, 2)
                .requireGrad();
    }

    /** A part of the loss, or the gradient in the net's weights, at a diffusion; at 0 that of OT-CFM. */
    private double[] value(String part, double sigma) {
        Tensor w = weights();
        SchroedingerBridge.Nets nets = new SchroedingerBridge.Nets(net(w), (x, t, cond) -> x);
        LossResult result = sigma == 0
                ? TRANSPORT.loss(net(w), transportDraw())
                : bridge(sigma).loss(nets, bridgeDraw(sigma));
        Tensor flow = sigma == 0 ? result.total() : result.part("flow_loss");
        return switch (part) {
            case "gradient" -> Grad.of(flow, List.of(w)).get(0).toDoubles();
            case "loss" -> flow.toDoubles();
            default -> result.part(part).toDoubles();
        };
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }

    @Test
    void differenceToOptimalTransportFlowMatchingIsLinearInTheDiffusion() {
        for (String part : List.of("xt", "ut", "loss", "gradient")) {
            double[] limit = value(part, 0);
            double far = distance(value(part, SIGMA), limit);
            double near = distance(value(part, SIGMA / 8), limit);
            assertTrue(far > 1e-6, part + " has to differ with diffusion, got " + far);
            assertEquals(8, far / near, 0.05, part);
        }
    }

    @Test
    void couplingBecomesTheOptimalOne() {
        double[][] cost = SquaredDistances.between(normal("source"), normal("data"));
        int[] columns = new OptimalTransport()
                .pairs(normal("source"), normal("data"), rng, 0)
                .data();
        double[][] optimal = OptimalTransport.plan(columns).mass();
        double before = Double.POSITIVE_INFINITY;
        for (double sigma : new double[] {1.6, 0.8, 0.4, 0.2, 0.1}) {
            double[][] mass = new Sinkhorn(2 * sigma * sigma, 1e-9).plan(cost).mass();
            double gap = 0;
            for (int i = 0; i < BATCH; i++) {
                for (int j = 0; j < BATCH; j++) {
                    gap += Math.abs(mass[i][j] - optimal[i][j]) / 2;
                }
            }
            assertTrue(gap < before, "sigma " + sigma + ": " + gap + " after " + before);
            before = gap;
        }
        assertTrue(before < 0.15, "mass off the optimal pairs " + before);
    }
}
