package org.fewstep.bench.kernels;

import java.util.concurrent.TimeUnit;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Layout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** F32 pointwise kernels over 65,536 points in cache. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ElementwiseBenchmark {
    private static final int POINTS = 65_536;

    /** The expression. */
    @Param({"COPY", "EXP", "TANH", "SILU", "SILU_SLOPE"})
    public Elementwise.Code code = Elementwise.Code.COPY;

    private Device device = Devices.best();
    private Buffer x = device.own(DType.F32, POINTS);
    private Buffer y = device.own(DType.F32, POINTS);

    /** Fills the operand with numbers in (-4, 4). */
    @Setup
    public void open() {
        float[] numbers = new float[POINTS];
        for (int i = 0; i < POINTS; i++) {
            numbers[i] = (i * 31 % 8001 - 4000) / 1000f;
        }
        device.write(x, numbers, 0, POINTS);
        device.warmUp();
    }

    /** y = code(x). */
    @Benchmark
    public Buffer unary() {
        int[] shape = {POINTS};
        device.run(new Elementwise(code, 0, 0, shape, Layout.contiguous(y, shape), Layout.contiguous(x, shape)));
        return y;
    }

    /** Gives the buffers back. */
    @TearDown
    public void close() {
        x.release();
        y.release();
    }
}
