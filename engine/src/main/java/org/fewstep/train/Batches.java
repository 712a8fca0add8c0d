package org.fewstep.train;

import java.util.Arrays;
import org.fewstep.data.DataOrder;
import org.fewstep.data.Dataset;
import org.fewstep.data.PairedDataset;
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
    private final @Nullable Dataset source;
    private final DataOrder sourceOrder;
    private final Device device;
    private final DType dtype;
    private final int[] sizes;
    private final float[] host;
    private final boolean labelled;

    /**
     * Batches of a fixed size.
     *
     * @param dataset what is learned; one of pairs brings its own source, sample by sample
     * @param source what stands at t = 0 of a bridge, in an order of its own; null where that is noise
     * @param rng the data's order
     * @param labelled false to leave labels out
     */
    Batches(
            Dataset dataset,
            @Nullable Dataset source,
            int batch,
            Rng rng,
            Device device,
            DType dtype,
            boolean labelled) {
        this.dataset = dataset;
        this.order = new DataOrder(dataset.size(), batch, rng);
        this.source = source;
        this.sourceOrder = new DataOrder(source == null ? 1 : source.size(), batch, rng.stream("source"));
        this.device = device;
        this.dtype = dtype;
        this.labelled = labelled;
        int[] sample = dataset.sampleShape();
        if (source != null && !Arrays.equals(sample, source.sampleShape())) {
            throw new SettingsException(
                    "source",
                    "samples of shape " + Arrays.toString(source.sampleShape()),
                    Arrays.toString(sample) + ", as those of data",
                    "");
        }
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
        long[] indices = order.batch(n);
        dataset.read(indices, host, labels);
        Tensor x0 = Tensor.of(device, dtype, host, sizes);
        if (dataset instanceof PairedDataset paired) {
            paired.readPartners(indices, host);
        } else if (source != null) {
            source.read(sourceOrder.batch(n), host, null);
        } else {
            return new Batch(x0, labels);
        }
        return new Batch(x0, labels, Tensor.of(device, dtype, host, sizes));
    }
}
