package org.fewstep.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.fewstep.EngineTest;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.PortableNormal;
import org.fewstep.kernels.Scope;
import org.fewstep.op.Ops;
import org.junit.jupiter.api.Test;

class TensorTest extends EngineTest {
    private Tensor tensor(double... x) {
        return Tensor.of(device, DType.F32, x, x.length);
    }

    private static String message(Class<? extends Exception> type, Runnable call) {
        return assertThrows(type, call::run).getMessage();
    }

    @Test
    void shapesRefuseNegativeAndOverflowingSizes() {
        assertThrows(IllegalArgumentException.class, () -> Shape.of(2, -1));
        assertThrows(IllegalArgumentException.class, () -> Shape.of(1 << 16, 1 << 16));
        assertEquals(0, Shape.of(1 << 16, 0, 1 << 16).count());
        assertEquals(1, Shape.of().count());
        assertEquals("(4, 3)", Shape.of(4, 3).toString());
        assertEquals(3, Shape.of(4, 3).dim(-1));
        assertThrows(IllegalArgumentException.class, () -> Shape.of(4, 3).dim(2));
    }

    @Test
    void broadcastFollowsNumPy() {
        assertEquals(Shape.of(2, 3, 4), Shape.broadcast("t", Shape.of(3, 1), Shape.of(2, 1, 4)));
        assertEquals(Shape.of(0, 3), Shape.broadcast("t", Shape.of(0, 3), Shape.of(1, 3)));
        String text =
                message(IllegalArgumentException.class, () -> Shape.broadcast("add", Shape.of(4, 3), Shape.of(5, 2)));
        assertTrue(text.startsWith("add: got lhs (4, 3), rhs (5, 2); expected"), text);
    }

    @Test
    void shapeErrorsNameTheOperation() {
        Tensor a = Tensor.of(device, DType.F32, new double[12], 4, 3);
        Tensor b = Tensor.of(device, DType.F32, new double[10], 5, 2);
        Tensor wide = Tensor.of(device, DType.F64, new double[12], 4, 3);
        assertTrue(message(IllegalArgumentException.class, () -> Ops.add(a, b)).startsWith("add: got lhs (4, 3)"));
        assertTrue(message(IllegalArgumentException.class, () -> Ops.matmul(a, b))
                .startsWith("matmul: got lhs (4, 3), rhs (5, 2); expected"));
        assertTrue(
                message(IllegalArgumentException.class, () -> Ops.mul(a, wide)).startsWith("mul: got F32 and F64"));
        assertThrows(IllegalArgumentException.class, () -> Ops.reshape(a, 5, -1));
        assertThrows(IllegalArgumentException.class, () -> Ops.concat(0, a, b));
        assertThrows(IllegalArgumentException.class, () -> Ops.slice(a, 0, 2, 5));
        assertThrows(IllegalArgumentException.class, () -> Ops.permute(a, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> Ops.clamp(a, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> Ops.gatherRows(a, new int[] {4}));
        assertThrows(IllegalArgumentException.class, () -> Ops.gatherRows(a, new int[] {-1}));
    }

    @Test
    void numbersAreRoundedOnce() {
        assertEquals(0.1f, tensor(0.1).item());
        assertEquals(0.1, Tensor.of(device, DType.F64, new double[] {0.1}).item());
        assertEquals(
                (double) 0.1f, Tensor.of(device, DType.F64, new float[] {0.1f}).item());
        assertThrows(IllegalArgumentException.class, () -> Tensor.of(device, DType.F32, new double[3], 2, 2));
        assertThrows(IllegalArgumentException.class, () -> tensor(1, 2).item());
    }

    @Test
    void useAfterCloseNamesOperationAndShape() {
        Tensor x;
        try (Scope inner = device.scope()) {
            x = Ops.exp(tensor(1, 2, 3));
        }
        String text = message(IllegalStateException.class, () -> Ops.exp(x));
        assertTrue(text.startsWith("exp: got input 0 of shape (3)"), text);
        assertThrows(IllegalStateException.class, x::toFloats);
    }

    @Test
    void keptTensorSurvivesItsScope() {
        Tensor x;
        try (Scope inner = device.scope()) {
            x = Ops.exp(tensor(0, 0)).keep(inner);
        }
        assertArrayEquals(new float[] {1, 1}, x.toFloats());
    }

    @Test
    void reshapeIsFree() {
        Tensor x = tensor(1, 2, 3, 4);
        assertSame(x.buffer(), Ops.reshape(x, 2, -1).buffer());
    }

    @Test
    void allocationWithoutAScopeIsRefused() throws InterruptedException {
        Throwable[] seen = new Throwable[1];
        Thread other = new Thread(() -> {
            try {
                tensor(1);
            } catch (IllegalStateException e) {
                seen[0] = e;
            }
        });
        other.start();
        other.join();
        assertTrue(seen[0] != null && seen[0].getMessage().contains("scope"), String.valueOf(seen[0]));
    }

    @Test
    void noiseOfASampleDependsOnSeedNumberAndStepAlone() {
        Rng seeded = new Rng(7);
        float[] all =
                Noise.normal(device, DType.F32, seeded, 3, 5, Shape.of(4, 6)).toFloats();
        float[] one =
                Noise.normal(device, DType.F32, seeded, 5, 5, Shape.of(1, 2, 3)).toFloats();
        float[] expected = new float[6];
        PortableNormal.fill(expected, 0, 6, 7, 5, 5);
        assertArrayEquals(expected, one);
        for (int j = 0; j < 6; j++) {
            assertEquals(one[j], all[12 + j]);
        }
        double[] wide =
                Noise.normal(device, DType.F64, seeded, 5, 5, Shape.of(1, 6)).toDoubles();
        for (int j = 0; j < 6; j++) {
            assertEquals((double) one[j], wide[j]);
        }
        float[] next =
                Noise.normal(device, DType.F32, seeded, 5, 6, Shape.of(1, 6)).toFloats();
        assertFalse(next[0] == one[0]);
    }

    @Test
    void watchSeesForwardAndGradientOperations() {
        StringBuilder seen = new StringBuilder();
        try (Watch watch = Watch.open((op, in, y) -> seen.append(op.name()).append(' '))) {
            Ops.sum(Ops.square(tensor(1, 2)));
        }
        Ops.exp(tensor(1));
        assertEquals("square sum ", seen.toString());
    }
}
