package org.fewstep.autodiff;

import static org.fewstep.op.Ops.add;
import static org.fewstep.op.Ops.exp;
import static org.fewstep.op.Ops.mean;
import static org.fewstep.op.Ops.mul;
import static org.fewstep.op.Ops.reshape;
import static org.fewstep.op.Ops.silu;
import static org.fewstep.op.Ops.sin;
import static org.fewstep.op.Ops.square;
import static org.fewstep.op.Ops.stopGradient;
import static org.fewstep.op.Ops.sub;
import static org.fewstep.op.Ops.sum;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Scope;
import org.fewstep.tensor.Dual;
import org.fewstep.tensor.NoGrad;
import org.fewstep.tensor.Tensor;
import org.junit.jupiter.api.Test;

class GradTest extends EngineTest {
    private Tensor leaf(double... x) {
        return Tensor.of(device, DType.F64, x, x.length).requireGrad();
    }

    @Test
    void gradientOfASharedValueAddsUp() {
        Tensor x = leaf(1, 2);
        Tensor y = square(x);
        Tensor loss = sum(add(mul(y, x), y)); // x^3 + x^2
        assertArrayEquals(new double[] {5, 16}, Grad.of(loss, List.of(x)).get(0).toDoubles(), 1e-14);
    }

    @Test
    void parameterThatTheLossDoesNotReachGetsZero() {
        Tensor x = leaf(1, 2);
        Tensor z = leaf(3);
        assertArrayEquals(
                new double[] {0}, Grad.of(sum(square(x)), List.of(x, z)).get(1).toDoubles(), 0);
    }

    @Test
    void gradientWithRespectToARecordedValue() {
        Tensor x = leaf(0.5);
        Tensor y = square(x);
        Tensor loss = sum(exp(y));
        List<Tensor> g = Grad.of(loss, List.of(y, x));
        assertEquals(Math.exp(0.25), g.get(0).item(), 1e-15);
        assertEquals(Math.exp(0.25), g.get(1).item(), 1e-15);
    }

    @Test
    void consumedGraphGivesItsBuffersBackAndRefusesASecondCall() {
        Tensor x = leaf(new double[1000]);
        Tensor a = exp(x);
        Tensor b = sin(a);
        Tensor loss = mean(square(b));
        long before = device.live().buffers().get();
        Grad.of(loss, List.of(x));
        // exp's, sin's and square's values go; one gradient comes.
        assertEquals(before - 3 + 1, device.live().buffers().get());
        assertFalse(a.buffer().isLive());
        assertFalse(b.buffer().isLive());
        assertEquals(0.708, loss.item(), 1e-3);
        assertThrows(IllegalStateException.class, () -> Grad.of(loss, List.of(x)));
        IllegalStateException error = assertThrows(IllegalStateException.class, () -> exp(a));
        assertTrue(error.getMessage().contains("(1000)"), error.getMessage());
    }

    @Test
    void retainLeavesTheGraphForAnotherCall() {
        Tensor x = leaf(1, 2);
        Tensor loss = sum(exp(x));
        double[] first = Grad.retain(loss, List.of(x)).get(0).toDoubles();
        assertArrayEquals(first, Grad.of(loss, List.of(x)).get(0).toDoubles(), 0);
    }

    @Test
    void stoppedCopyOfARecordedValueOutlivesNothingItNeeds() {
        Tensor x = leaf(1, 2);
        Tensor y = exp(x);
        Tensor target = stopGradient(y);
        Tensor loss = sum(square(sub(mul(y, x), target)));
        double[] g = Grad.of(loss, List.of(x)).get(0).toDoubles();
        // 2 (x e^x - e^x) (x + 1) e^x, the stopped copy a constant.
        assertEquals(0, g[0], 1e-12);
        assertEquals(2 * 3 * Math.exp(4), g[1], 1e-9);
        assertNull(target.node());
    }

    @Test
    void pinnedAndKeptValuesSurviveConsumption() {
        Tensor x = leaf(1, 2);
        Tensor a = exp(x).pin();
        Tensor b;
        try (Scope inner = device.scope()) {
            b = square(a).keep(inner);
        }
        Tensor loss = sum(b);
        Grad.of(loss, List.of(x));
        assertEquals(Math.E, a.toDoubles()[0], 1e-15);
        assertEquals(Math.E * Math.E, b.toDoubles()[0], 1e-14);
    }

    @Test
    void graphKeptOutOfAnInnerScopeCanBeDifferentiated() {
        Tensor x = leaf(0.3, 0.4);
        Tensor loss;
        try (Scope inner = device.scope()) {
            loss = sum(square(exp(silu(x)))).keep(inner);
        }
        double[] g = Grad.of(loss, List.of(x)).get(0).toDoubles();
        double s = 1 / (1 + Math.exp(-0.3));
        assertEquals(2 * Math.exp(2 * 0.3 * s) * s * (1 + 0.3 * (1 - s)), g[0], 1e-12);
    }

    @Test
    void viewsShareTheBufferAndItsLifetime() {
        Tensor x = leaf(1, 2, 3, 4);
        Tensor y = reshape(exp(x), 2, 2);
        Tensor z = mul(y, reshape(y, 2, 2));
        Tensor loss = sum(reshape(z, 4));
        assertEquals(2 * Math.exp(2), Grad.of(loss, List.of(x)).get(0).toDoubles()[0], 1e-12);
    }

    @Test
    void nothingIsRecordedUnderNoGradOrOnAnotherThread() throws InterruptedException {
        Tensor x = leaf(1);
        try (NoGrad off = NoGrad.open()) {
            assertFalse(exp(x).needsGrad());
            boolean[] recording = new boolean[1];
            Thread other = new Thread(() -> recording[0] = NoGrad.isRecording());
            other.start();
            other.join();
            assertTrue(recording[0], "NoGrad is not inherited");
        }
        assertTrue(exp(x).needsGrad());
    }

    @Test
    void badCallsAreNamed() {
        Tensor x = leaf(1, 2);
        assertThrows(IllegalArgumentException.class, () -> Grad.of(exp(x), List.of(x)));
        assertThrows(IllegalArgumentException.class, () -> Grad.of(sum(exp(x.stopGradient())), List.of(x)));
        assertThrows(IllegalArgumentException.class, () -> Grad.of(sum(exp(x)), List.of(x.stopGradient())));
        assertThrows(
                IllegalStateException.class,
                () -> Jvp.of(v -> Grad.of(sum(square(v)), List.of(v)).get(0), x, leaf(1, 1)));
        assertThrows(
                IllegalStateException.class,
                () -> Jvp.of(v -> Jvp.of(w -> exp(w), v, leaf(1, 1)).value(), x, leaf(1, 1)));
    }

    @Test
    void tangentOfAFinishedPassIsRefused() {
        Tensor x = leaf(1, 2);
        Tensor[] escaped = new Tensor[1];
        Jvp.of(
                v -> {
                    escaped[0] = exp(v);
                    return escaped[0];
                },
                x,
                leaf(1, 1));
        assertThrows(IllegalStateException.class, () -> exp(escaped[0]));
        assertEquals(Math.exp(Math.E), exp(stopGradient(escaped[0])).toDoubles()[0], 1e-12);
    }

    @Test
    void gradientFlowsThroughARecordedTangentAndNotThroughADetachedOne() {
        Tensor x = leaf(0.7);
        Dual recorded = Jvp.of(v -> sin(v), x, leaf(1));
        // d/dx (sin x + cos x)
        Tensor loss = sum(add(recorded.value(), Jvp.tangentOrZero(recorded)));
        assertEquals(
                Math.cos(0.7) - Math.sin(0.7), Grad.of(loss, List.of(x)).get(0).item(), 1e-14);
        Dual detached = Jvp.detached(v -> sin(v), x, leaf(1));
        Tensor half = sum(add(detached.value(), Jvp.tangentOrZero(detached)));
        assertEquals(Math.cos(0.7), Grad.of(half, List.of(x)).get(0).item(), 1e-14);
    }

    @Test
    void functionThatIgnoresTheDirectionHasNoTangent() {
        Tensor x = leaf(1);
        Dual dual = Jvp.of(v -> exp(stopGradient(v)), x, leaf(1));
        assertNull(dual.tangent());
        assertEquals(0, Jvp.tangentOrZero(dual).item());
    }
}
