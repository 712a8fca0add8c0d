package org.fewstep.kernels.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Conv2d;
import org.fewstep.kernels.Conv2d.Code;
import org.fewstep.kernels.Conv2d.Geometry;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.Workload.Family;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every version of a convolution that computes in the operands' type, and every tile of v2, adds the products of an image's element in one order. */
@Tag("opencl")
class Conv2dBitsTest {
    private static final int MANY = 1 << 30;

    /** The versions behind these round to BF16. */
    private static final int VERSIONS = 3;

    static Geometry[] geometries() {
        return new Geometry[] {
            new Geometry(3, 17, 9, 10, 70, 9, 10, 3, 3, 1, 1, 1, 1, 1),
            new Geometry(2, 12, 9, 11, 80, 5, 6, 5, 5, 2, 2, 2, 1, 2),
            new Geometry(2, 40, 8, 8, 36, 8, 8, 1, 1, 1, 1, 0, 0, 1),
        };
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void versionsAgreeToTheBit(Geometry g) {
        for (Code code : new Code[] {Code.FORWARD, Code.INPUT}) {
            float[] naive = run(code, g, 1, TestGpu.driver());
            for (int version = 2; version <= VERSIONS; version++) {
                assertArrayEquals(naive, run(code, g, version, TestGpu.driver()), code + " by version " + version);
            }
            float[] small = run(code, g, 2, Wrapped.asGpu(TestGpu.driver(), MANY));
            assertArrayEquals(naive, small, code + " by small tiles");
        }
    }

    private static float[] run(Code code, Geometry g, int version, Driver driver) {
        Choices choices = Choices.preferring(Family.CONV2D, Choice.version(version));
        try (GpuDevice device = TestGpu.open(driver, Source::of, choices, 1 << 24, true);
                Scope scope = device.scope()) {
            Buffer x = random(device, 1, g.batch() * g.inChannels() * g.inHeight() * g.inWidth());
            Buffer w = random(device, 2, g.outChannels() * g.depth());
            Buffer bias = random(device, 3, g.outChannels());
            Buffer y = random(device, 4, g.batch() * g.outChannels() * g.places());
            boolean forward = code == Code.FORWARD;
            device.run(new Conv2d(code, g, x, w, forward ? bias : null, y));
            Buffer result = forward ? y : x;
            float[] values = new float[result.size()];
            device.read(result, values, 0, values.length);
            return values;
        }
    }

    private static Buffer random(GpuDevice device, long seed, int size) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        Buffer buffer = device.allocate(DType.F32, size);
        device.write(buffer, values, 0, size);
        return buffer;
    }
}
