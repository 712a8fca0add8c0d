package org.fewstep.sample;

import java.util.function.BinaryOperator;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Plan;
import org.fewstep.kernels.Random;
import org.fewstep.kernels.Recording;
import org.fewstep.kernels.Scope;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A sampling loop for a fixed number of samples, recorded once: noise and labels go in, samples come out. Used by one
 * thread at a time.
 */
final class SamplingPlan implements AutoCloseable {
    private final Device device;
    private final Key key;
    private final int width;
    private final int[] counts = new int[3];
    private final Buffer counter;
    private final Buffer noise;
    private final Buffer labels;
    private final Plan plan;
    private final Buffer samples;

    /**
     * What a plan is for.
     *
     * @param n samples
     * @param steps of the loop
     * @param solver resolved
     * @param own any solver in its place, or null
     * @param guidance scale
     * @param guidanceFrom first time with guidance
     * @param guidanceTo last time with guidance
     * @param velocityUpTo length of a flow map's steps by its velocity
     */
    record Key(
            int n,
            int steps,
            SolverChoice solver,
            @Nullable SolverOnGrid own,
            double guidance,
            double guidanceFrom,
            double guidanceTo,
            double velocityUpTo) {}

    /**
     * Records the loop.
     *
     * @param shape (n, ...)
     * @param loop samples (n, ...) of noise (n, ...) and labels I32 (n), in the innermost scope
     */
    SamplingPlan(Device device, DType dtype, Key key, Shape shape, BinaryOperator<Tensor> loop) {
        this.device = device;
        this.key = key;
        this.width = key.n == 0 ? 0 : shape.count() / key.n;
        this.counter = device.own(DType.I32, counts.length);
        this.noise = device.own(dtype, shape.count());
        this.labels = device.own(DType.I32, key.n);
        // Recording runs the loop: on numbers that are legal, whatever they are.
        device.write(labels, new int[key.n], 0, key.n);
        device.run(Elementwise.flat(Elementwise.Code.FILL, 0, 0, shape.count(), noise));
        boolean made = false;
        try (Scope scope = device.scope();
                Recording recording = device.record()) {
            Tensor x = loop.apply(Tensor.of(noise, shape), Tensor.of(labels, Shape.of(key.n)));
            this.samples = recording.keep(x.buffer());
            this.plan = recording.finish();
            made = true;
        } finally {
            if (!made) {
                releaseInputs();
            }
        }
    }

    Key key() {
        return key;
    }

    /** Bytes that it keeps. */
    long bytes() {
        return plan.bytes();
    }

    /**
     * Runs the loop for samples first .. first + n - 1.
     *
     * @param classes (n) labels, K for none
     */
    void run(Rng rng, long first, int[] classes) {
        counts[1] = (int) first;
        counts[2] = (int) (first >>> 32);
        device.write(counter, counts, 0, counts.length);
        device.write(labels, classes, 0, key.n);
        device.run(new Random(Random.Code.NORMAL, rng.seed(), key.n, width, counter, noise));
        plan.replay();
    }

    /** Copies the samples to the host. */
    void read(float[] out, int at) {
        device.read(samples, out, at, key.n * width);
    }

    /** Copies the samples to the start of a buffer. */
    void copy(Buffer out) {
        device.run(Elementwise.flat(Elementwise.Code.COPY, 0, 0, key.n * width, out, samples));
    }

    @Override
    public void close() {
        plan.close();
        releaseInputs();
    }

    private void releaseInputs() {
        counter.release();
        noise.release();
        labels.release();
    }
}
