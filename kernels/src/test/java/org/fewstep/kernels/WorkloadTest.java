package org.fewstep.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.fewstep.kernels.Elementwise.Code;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.kernels.cpu.Provider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What workloads refuse, and what they state about themselves. */
class WorkloadTest {
    private final CpuDevice device = new CpuDevice(Provider.LOOPS, 1);
    private Scope scope;
    private Buffer f6;
    private Buffer d6;
    private Buffer i6;

    @BeforeEach
    void open() {
        scope = device.scope();
        f6 = device.allocate(DType.F32, 6);
        d6 = device.allocate(DType.F64, 6);
        i6 = device.allocate(DType.I32, 6);
    }

    @AfterEach
    void close() {
        scope.close();
        device.close();
    }

    private static void refused(Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(": got ") && message.contains("; expected "), message);
    }

    @Test
    void elementwiseRefusesWhatDoesNotFit() {
        Layout six = Layout.contiguous(f6, 6);
        int[] shape = {6};
        refused(() -> new Elementwise(Code.ADD, 0, 0, shape, six, six));
        refused(() -> new Elementwise(Code.NEG, 0, 0, new int[] {-1}, six, six));
        refused(() -> new Elementwise(Code.NEG, 0, 0, new int[] {7}, six, six));
        refused(() -> new Elementwise(Code.NEG, 0, 0, new int[] {2, 3}, six, six));
        refused(() -> new Elementwise(Code.NEG, 0, 0, shape, six, new Layout(f6, 1, new int[] {1})));
        refused(() -> new Elementwise(Code.NEG, 0, 0, shape, six, new Layout(f6, 4, new int[] {-1})));
        refused(() -> new Elementwise(Code.NEG, 0, 0, shape, six, Layout.contiguous(d6, 6)));
        refused(() ->
                new Elementwise(Code.FILL, 0, 0, new int[] {1 << 20, 1 << 20}, new Layout(f6, 0, new int[] {0, 0})));
    }

    @Test
    void elementwiseMergesDimensions() {
        Layout dense = Layout.contiguous(f6, 1, 2, 3);
        Elementwise flat = new Elementwise(Code.NEG, 0, 0, new int[] {1, 2, 3}, dense, dense);
        assertArrayEquals(new int[] {6}, flat.shape());
        assertTrue(flat.flat());
        Layout turned = new Layout(f6, 0, new int[] {6, 1, 2});
        Elementwise strided = new Elementwise(Code.NEG, 0, 0, new int[] {1, 2, 3}, dense, turned);
        assertArrayEquals(new int[] {2, 3}, strided.shape());
        assertFalse(strided.flat());
        assertEquals(6, strided.flops());
        assertEquals(48, strided.bytes());
    }

    @Test
    void combineRefusesWhatDoesNotFit() {
        double[] one = {1};
        refused(() -> new Combine(6, new double[0], List.of(), f6));
        refused(() -> new Combine(6, new double[9], Collections.nCopies(9, f6), f6));
        refused(() -> new Combine(6, new double[2], List.of(f6), f6));
        refused(() -> new Combine(-1, one, List.of(f6), f6));
        refused(() -> new Combine(7, one, List.of(f6), f6));
        refused(() -> new Combine(6, one, List.of(d6), f6));
        refused(() -> new Combine(6, one, List.of(i6), i6));
        Combine three = new Combine(6, new double[3], List.of(f6, f6, f6), f6);
        assertEquals(6 * 5, three.flops());
        assertEquals(4 * 6 * 4, three.bytes());
    }

    @Test
    void matMulRefusesWhatDoesNotFit() {
        refused(() -> new MatMul(1, 2, 3, 4, false, false, false, false, f6, f6, null, f6));
        refused(() -> new MatMul(1, 2, 2, 3, false, false, false, false, f6, d6, null, f6));
        refused(() -> new MatMul(-1, 2, 2, 3, false, false, false, false, f6, f6, null, f6));
        refused(() -> new MatMul(2, 2, 2, 2, false, false, true, true, f6, f6, null, f6));
        refused(() -> new MatMul(1, 1, 6, 1, false, false, false, false, i6, i6, null, i6));
        Buffer two = device.allocate(DType.F32, 2);
        refused(() -> new MatMul(1, 1, 3, 1, false, false, false, false, f6, f6, two, f6));
        Elementwise.Code silu = Elementwise.Code.SILU;
        Elementwise.Code exp = Elementwise.Code.EXP;
        refused(() -> new MatMul(1, 2, 3, 2, false, false, false, false, f6, f6, null, exp, null, f6));
        refused(() -> new MatMul(1, 2, 3, 2, false, false, false, false, f6, f6, null, null, f6, f6));
        refused(() -> new MatMul(1, 2, 3, 2, false, false, false, false, f6, f6, null, silu, two, f6));
        refused(() -> new MatMul(1, 2, 3, 2, false, false, false, false, f6, f6, null, silu, d6, f6));
        assertEquals(2 * 2 * 3 * 2, new MatMul(1, 2, 3, 2, false, false, false, false, f6, f6, null, f6).flops());
    }

    @Test
    void rowsRefuseWhatDoesNotFit() {
        refused(() -> new Reduce(Reduce.Code.MAX, 1, 0, 1, 1, f6, f6));
        refused(() -> new Reduce(Reduce.Code.SUM, 2, 4, 1, 1, f6, f6));
        refused(() -> new Softmax(Softmax.Code.ALONG, 2, 3, f6, null, f6));
        refused(() -> new Softmax(Softmax.Code.FORWARD, 2, 3, f6, f6, f6));
        refused(() -> new Softmax(Softmax.Code.FORWARD, 2, 4, f6, null, f6));
        refused(() -> new Norm(Norm.Code.LAYER, 2, 0, 1e-5, f6, null, f6));
        refused(() -> new Norm(Norm.Code.LAYER, 2, 3, 0, f6, null, f6));
        refused(() -> new Norm(Norm.Code.LAYER_ALONG, 2, 3, 1e-5, f6, null, f6));
        ModulatedNorm.Places one = new ModulatedNorm.Places(1, 2, 1);
        refused(() -> new ModulatedNorm.Places(0, 2, 1));
        refused(() -> ModulatedNorm.forward(true, 3, 2, 1e-5, 1, one, f6, f6, null, f6));
        refused(() -> ModulatedNorm.forward(true, 2, 3, 0, 1, one, f6, f6, null, f6));
        refused(() -> ModulatedNorm.forward(true, 2, 3, 1e-5, Double.NaN, one, f6, f6, null, f6));
        refused(() -> ModulatedNorm.forward(true, 2, 3, 1e-5, 1, one, f6, d6, null, f6));
        refused(() -> ModulatedNorm.forward(true, 2, 3, 1e-5, 1, new ModulatedNorm.Places(1, 2, 2), f6, f6, null, f6));
        refused(() -> ModulatedNorm.gradX(true, 4, 3, 1e-5, 1, one, f6, f6, f6, f6));
        refused(() -> new Gather(Gather.Code.PICK, 2, 2, 3, f6, f6, f6));
        refused(() -> new Gather(Gather.Code.PICK, 2, 9, 1, i6, f6, f6));
        refused(() -> new Random(Random.Code.NORMAL, 1, 2, 4, i6, f6));
    }

    @Test
    void updateRefusesWhatDoesNotFit() {
        Buffer three = device.allocate(DType.F32, 3);
        Buffer two = device.allocate(DType.F32, 2);
        try (Slots slots = new Slots(device, DType.F32, 1)) {
            Slot slot = slots.add(0.5);
            refused(() -> Update.ema(List.of(f6), List.of(three), slot));
            refused(() -> Update.ema(List.of(f6, f6), List.of(f6), slot));
            refused(() -> Update.ema(List.of(d6), List.of(f6), slot));
            refused(() -> Update.ema(List.of(), List.of(), slot));
            refused(() -> Update.gradNorm(List.of(f6), slot, two));
            refused(() -> Update.adam(
                    List.of(f6), List.of(f6), List.of(f6), List.of(f6), slot, slot, slot, slot, 0.9, 0.99, 1e-8, two));
            refused(() -> Update.adam(
                    List.of(), List.of(), List.of(), List.of(), slot, slot, slot, slot, 0.9, 0.99, 1e-8, three));
        }
    }

    @Test
    void layoutsBroadcastFromTheRight() {
        assertArrayEquals(new int[] {12, 4, 1}, Layout.rowMajor(2, 3, 4));
        assertArrayEquals(
                new int[] {0, 1},
                Layout.broadcast(f6, new int[] {6}, new int[] {4, 6}).strides());
        assertArrayEquals(
                new int[] {0, 1, 0},
                Layout.broadcast(f6, new int[] {6, 1}, new int[] {4, 6, 5}).strides());
    }
}
