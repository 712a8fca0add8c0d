package org.fewstep.train;

import org.fewstep.data.DataOrder;
import org.fewstep.data.Dataset;
import org.fewstep.io.SettingsException;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.loss.Batch;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Data of each step, as a function of its number. */
final class Batches {
    /** Most numbers in one batch: 1 GiB in F32. */
    private static final int MAX_NUMBERS = 1 << 28;

    private final Dataset dataset;
    private final DataOrder order;
    private final Device device;
    private final DType dtype;
    private final int[] sizes;
    private final float[] host;
    private final boolean labelled;

    /** Batches of a fixed size; labels are left out where {@code labelled} is false. */
    Batches(Dataset dataset, int batch, Rng rng, Device device, DType dtype, boolean labelled) {
        this.dataset = dataset;
        this.order = new DataOrder(dataset.size(), batch, rng);
        this.device = device;
        this.dtype = dtype;
        this.labelled = labelled;
        int[] sample = dataset.sampleShape();
        this.sizes = new int[sample.length + 1];
        sizes[0] = batch;
        System.arraycopy(sample, 0, sizes, 1, sample.length);
        long count = 1;
        for (int size : sizes) {
            count *= size;
            if (count > MAX_NUMBERS) {
                throw new SettingsException(
                        "training.batch", Integer.toString(batch), "at most " + MAX_NUMBERS + " numbers a batch", "");
            }
        }
        this.host = new float[(int) count];
    }

    /** The batch of step {@code n}, counted from 0, in the innermost scope. */
    Batch at(long n) {
        int @Nullable [] labels = labelled ? new int[sizes[0]] : null;
        dataset.read(order.batch(n), host, labels);
        return new Batch(Tensor.of(device, dtype, host, sizes), labels);
    }
}
