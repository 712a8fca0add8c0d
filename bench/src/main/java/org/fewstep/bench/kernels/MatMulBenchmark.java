package org.fewstep.bench.kernels;

import java.util.concurrent.TimeUnit;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.kernels.MatMul;
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

/** F32 product (m, k) (k, n) on the shared device; 2 m n k flops a call. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MatMulBenchmark {
    /** Sizes m,k,n. */
    @Param({"256,256,256", "512,128,128", "128,784,512", "512,4,128", "1,256,256"})
    public String sizes = "";

    private Device device = Devices.best();
    private Buffer a = device.own(DType.F32, 1);
    private Buffer b = device.own(DType.F32, 1);
    private Buffer c = device.own(DType.F32, 1);
    private int m;
    private int k;
    private int n;

    /** Fills the operands. */
    @Setup
    public void open() {
        String[] s = sizes.split(",");
        m = Integer.parseInt(s[0]);
        k = Integer.parseInt(s[1]);
        n = Integer.parseInt(s[2]);
        a = filled(m * k);
        b = filled(k * n);
        c = filled(m * n);
        device.warmUp();
    }

    private Buffer filled(int size) {
        float[] numbers = new float[size];
        for (int i = 0; i < size; i++) {
            numbers[i] = (i * 31 % 101 - 50) / 50f;
        }
        Buffer buffer = device.own(DType.F32, size);
        device.write(buffer, numbers, 0, size);
        return buffer;
    }

    /** C = A B. */
    @Benchmark
    public Buffer plain() {
        device.run(new MatMul(1, m, n, k, false, false, false, false, a, b, null, c));
        return c;
    }

    /** Gives the operands back. */
    @TearDown
    public void close() {
        a.release();
        b.release();
        c.release();
    }
}
