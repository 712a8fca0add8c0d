package org.fewstep.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.fewstep.kernels.Attention;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Conv2d;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.Workload;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who multiplies inside convolution and attention: EJML in F64 and under its provider, never in our own F32 kernels. */
class ProductFlopsTest {
    @ParameterizedTest
    @CsvSource({"EJML, F32, true", "EJML, F64, true", "LOOPS, F64, true", "LOOPS, F32, false", "VECTOR, F32, false"})
    void productsAreCounted(Provider provider, DType dtype, boolean ejml) {
        try (CpuDevice device = new CpuDevice(provider, 2);
                Scope scope = device.scope()) {
            Blocks blocks = new Blocks(device, dtype);
            Conv2d.Geometry g = new Conv2d.Geometry(3, 4, 6, 5, 2, 6, 5, 3, 3, 1, 1, 1, 1, 2);
            Buffer x = blocks.of(Blocks.random(1, 360, -1, 1));
            Buffer w = blocks.of(Blocks.random(2, 36, -1, 1));
            Buffer y = blocks.of(Blocks.random(3, 180, -1, 1));
            Attention.Heads in = new Attention.Heads(2, 2, 5, 3, 90, 3, 6, 18, 1);
            Attention.Heads out = new Attention.Heads(2, 2, 5, 3, 30, 3, 0, 6, 1);
            Buffer small = blocks.of(Blocks.random(4, 60, -1, 1));
            Buffer result = blocks.blank(180);
            long forward = 2L * 2 * 2 * 2 * 5 * 5 * 3; // two products of 2 items and 2 heads
            List<Workload> work = List.of(
                    new Conv2d(Conv2d.Code.FORWARD, g, x, w, null, blocks.blank(180)),
                    new Conv2d(Conv2d.Code.INPUT, g, blocks.blank(360), w, null, y),
                    new Conv2d(Conv2d.Code.WEIGHT, g, x, blocks.blank(36), null, y),
                    new Attention(Attention.Code.FORWARD, in, out, 1, y, null, null, null, small),
                    new Attention(Attention.Code.CURVATURE, in, out, 1, y, y, small, null, result));
            long[] expected = {
                work.get(0).flops(), work.get(1).flops(), work.get(2).flops(), forward, 5 * forward
            };
            for (int i = 0; i < expected.length; i++) {
                long all = device.live().matMulFlops().get();
                long byEjml = device.live().ejmlFlops().get();
                device.run(work.get(i));
                assertEquals(
                        expected[i],
                        device.live().matMulFlops().get() - all,
                        work.get(i).label());
                assertEquals(
                        ejml ? expected[i] : 0,
                        device.live().ejmlFlops().get() - byEjml,
                        work.get(i).label() + " by EJML");
            }
        }
    }
}
