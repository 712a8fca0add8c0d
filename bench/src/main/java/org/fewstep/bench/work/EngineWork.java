package org.fewstep.bench.work;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Scope;
import org.fewstep.kernels.cpu.CpuDevice;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** A piece of F32 work on this engine: its operands stay on a device that it owns, and it can be done again and again. */
public abstract class EngineWork implements AutoCloseable {
    private final CpuDevice device;
    private final List<AutoCloseable> owned = new ArrayList<>();

    /** Takes over the device. */
    protected EngineWork(CpuDevice device) {
        this.device = device;
    }

    protected final CpuDevice device() {
        return device;
    }

    /** A constant that lives as long as the work. */
    protected final Tensor operand(float[] numbers, int... sizes) {
        Buffer buffer = device.own(DType.F32, numbers.length);
        own(buffer::release);
        device.write(buffer, numbers, 0, numbers.length);
        return Tensor.of(buffer, Shape.of(sizes));
    }

    /** Closes a part together with the work. */
    protected final <C extends AutoCloseable> C own(C part) {
        owned.add(part);
        return part;
    }

    /** Does the work once; results belong to the innermost scope. */
    protected abstract List<Tensor> run();

    /** Does the work once and gives its results back to the pool. */
    public final List<Tensor> once() {
        try (Scope scope = device.scope()) {
            return run();
        }
    }

    /** Does the work {@code times} times and reads the results of each, in order. */
    public final List<float[]> numbers(int times) {
        List<float[]> all = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            try (Scope scope = device.scope()) {
                for (Tensor result : run()) {
                    all.add(result.toFloats());
                }
            }
        }
        return all;
    }

    @Override
    public final void close() {
        for (int i = owned.size() - 1; i >= 0; i--) {
            try {
                owned.get(i).close();
            } catch (Exception e) {
                throw new IllegalStateException("close: a part of the work failed", e);
            }
        }
        device.close();
    }
}
