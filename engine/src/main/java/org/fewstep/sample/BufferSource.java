package org.fewstep.sample;

import java.nio.ByteBuffer;
import org.fewstep.io.StoredType;
import org.fewstep.io.TensorSource;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.tensor.Shape;
import org.jspecify.annotations.Nullable;

/** A device buffer as a tensor to be written; the host holds one such tensor at a time. */
final class BufferSource implements TensorSource {
    private final Buffer buffer;
    private final Shape shape;
    private double @Nullable [] wide;
    private float @Nullable [] narrow;

    BufferSource(Buffer buffer, Shape shape) {
        this.buffer = buffer;
        this.shape = shape;
    }

    @Override
    public StoredType type() {
        return buffer.dtype() == DType.F64 ? StoredType.F64 : StoredType.F32;
    }

    @Override
    public long[] shape() {
        int[] sizes = shape.sizes();
        long[] wideSizes = new long[sizes.length];
        for (int d = 0; d < sizes.length; d++) {
            wideSizes[d] = sizes[d];
        }
        return wideSizes;
    }

    @Override
    public void read(long offset, ByteBuffer chunk) {
        int first = (int) (offset / type().bytes());
        int count = chunk.remaining() / type().bytes();
        if (buffer.dtype() == DType.F64) {
            double[] host = wide;
            if (host == null) {
                host = new double[shape.count()];
                buffer.device().read(buffer, host, 0, host.length);
            }
            chunk.asDoubleBuffer().put(host, first, count);
            wide = first + count == host.length ? null : host;
        } else {
            float[] host = narrow;
            if (host == null) {
                host = new float[shape.count()];
                buffer.device().read(buffer, host, 0, host.length);
            }
            chunk.asFloatBuffer().put(host, first, count);
            narrow = first + count == host.length ? null : host;
        }
        chunk.position(chunk.limit());
    }
}
