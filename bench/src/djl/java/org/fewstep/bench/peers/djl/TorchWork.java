package org.fewstep.bench.peers.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;

/** A piece of F32 work on libtorch: its operands stay there, and it can be done again and again. */
abstract class TorchWork implements AutoCloseable {
    private final NDManager manager;
    private final NDList operands = new NDList();

    /**
     * Loads libtorch at the first call.
     *
     * @param threads of one operation; fixed by the first work of a process
     */
    TorchWork(int threads) {
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        Engine.getEngine("PyTorch");
        if (JniUtils.getNumThreads() != threads) {
            throw new IllegalStateException("libtorch: got " + JniUtils.getNumThreads() + " threads; expected "
                    + threads + "; it takes the number when it is loaded, so use a JVM for each (JMH: -f 1 or more)");
        }
        this.manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    /** A constant. */
    final NDArray constant(float[] numbers, long... shape) {
        return manager.create(numbers, new Shape(shape));
    }

    /** A constant that operations are called on: their results then belong to one run of the work. */
    final NDArray operand(float[] numbers, long... shape) {
        NDArray operand = constant(numbers, shape);
        operands.add(operand);
        return operand;
    }

    /** Does the work once; what it makes goes with {@code step}. */
    abstract NDList run(NDManager step);

    /** Does the work once and frees its results. */
    final NDList once() {
        try (NDManager step = manager.newSubManager()) {
            operands.attach(step);
            NDList results = run(step);
            operands.attach(manager);
            return results;
        }
    }

    /** Does the work {@code times} times and reads the results of each, in order. */
    final List<float[]> numbers(int times) {
        List<float[]> all = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            try (NDManager step = manager.newSubManager()) {
                operands.attach(step);
                for (NDArray result : run(step)) {
                    all.add(result.toFloatArray());
                }
                operands.attach(manager);
            }
        }
        return all;
    }

    @Override
    public final void close() {
        manager.close();
    }
}
