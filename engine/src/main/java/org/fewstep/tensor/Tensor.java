package org.fewstep.tensor;

import java.util.Arrays;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Elementwise;
import org.fewstep.kernels.Scope;
import org.jspecify.annotations.Nullable;

/**
 * An immutable contiguous row-major value: a buffer seen with a shape, with its place in the graph when gradients are
 * wanted and its tangent inside a forward-mode pass.
 *
 * <p>The buffer's lifetime is that of its {@link Scope}. Reshaping shares the buffer.
 */
public final class Tensor {
    private final Buffer buffer;
    private final Shape shape;
    private final @Nullable Node node;
    private final @Nullable Tensor tangent;
    private final long level;

    private Tensor(Buffer buffer, Shape shape, @Nullable Node node, @Nullable Tensor tangent, long level) {
        this.buffer = buffer;
        this.shape = shape;
        this.node = node;
        this.tangent = tangent;
        this.level = level;
    }

    /**
     * A constant that sees a buffer's first elements with a shape.
     *
     * @throws IllegalArgumentException when the buffer is too small
     */
    public static Tensor of(Buffer buffer, Shape shape) {
        if (shape.count() > buffer.size()) {
            throw new IllegalArgumentException("tensor: got a buffer of " + buffer.size() + " elements for shape "
                    + shape + "; expected at least " + shape.count());
        }
        return new Tensor(buffer, shape, null, null, 0);
    }

    /** A constant in the innermost scope from host numbers, each rounded once to the dtype. */
    public static Tensor of(Device device, DType dtype, double[] data, int... sizes) {
        Shape shape = checked(data.length, sizes);
        Buffer buffer = device.allocate(dtype, shape.count());
        device.write(buffer, data, 0, data.length);
        return of(buffer, shape);
    }

    /** A constant in the innermost scope from host numbers; F64 tensors hold them widened. */
    public static Tensor of(Device device, DType dtype, float[] data, int... sizes) {
        Shape shape = checked(data.length, sizes);
        Buffer buffer = device.allocate(dtype, shape.count());
        device.write(buffer, data, 0, data.length);
        return of(buffer, shape);
    }

    /** An I32 constant in the innermost scope. */
    public static Tensor of(Device device, int[] data, int... sizes) {
        Shape shape = checked(data.length, sizes);
        Buffer buffer = device.allocate(DType.I32, shape.count());
        device.write(buffer, data, 0, data.length);
        return of(buffer, shape);
    }

    /**
     * Host numbers that are the same each time the program runs: tables, filter taps. Unlike other host numbers they may
     * be used in a recorded run; its replays see these numbers.
     */
    public static Tensor constant(Device device, DType dtype, double[] data, int... sizes) {
        return of(device.constant(dtype, data), checked(data.length, sizes));
    }

    /** A constant filled with one number. */
    public static Tensor full(Device device, DType dtype, double value, Shape shape) {
        Buffer buffer = device.allocate(dtype, shape.count());
        device.run(Elementwise.flat(Elementwise.Code.FILL, value, 0, shape.count(), buffer));
        return of(buffer, shape);
    }

    /** One number a sample as a constant of shape (B, 1, ..., 1) that broadcasts against {@code like}. */
    public static Tensor perSample(double[] values, Tensor like) {
        int[] sizes = new int[Math.max(like.rank(), 1)];
        Arrays.fill(sizes, 1);
        sizes[0] = values.length;
        if (like.rank() < 1 || like.dim(0) != values.length) {
            throw new IllegalArgumentException("perSample: got " + values.length + " numbers for shape " + like.shape()
                    + "; expected one a sample of the first axis");
        }
        return of(like.device(), like.dtype(), values, sizes);
    }

    private static Shape checked(int length, int[] sizes) {
        Shape shape = Shape.of(sizes);
        if (shape.count() != length) {
            throw new IllegalArgumentException(
                    "tensor: got " + length + " numbers for shape " + shape + "; expected " + shape.count());
        }
        return shape;
    }

    /**
     * Runs an operation: executes it, notes it if recording is on and an input needs a gradient, and carries the
     * tangents if an input has one.
     *
     * @throws IllegalStateException when an input's buffer is gone, or a tangent belongs to a finished pass
     * @throws IllegalArgumentException when inputs stand on several devices, or the operation refuses them
     */
    public static Tensor apply(Op op, Tensor... in) {
        boolean dual = false;
        for (int i = 0; i < in.length; i++) {
            Tensor x = in[i];
            if (!x.buffer.isLive()) {
                throw new IllegalStateException(op.name() + ": got input " + i + " of shape " + x.shape
                        + " whose buffer was given back; expected a live tensor; keep it in an outer scope, or use it"
                        + " before its scope closes or its graph is consumed");
            }
            if (x.device() != in[0].device()) {
                throw new IllegalArgumentException(op.name() + ": got inputs on "
                        + in[0].device().name() + " and " + x.device().name() + "; expected one device");
            }
            if (x.tangent != null) {
                if (x.level != ForwardMode.level()) {
                    throw new IllegalStateException(op.name() + ": got input " + i + " of shape " + x.shape
                            + " with the tangent of a finished forward-mode pass; expected none; return it from the"
                            + " function given to Jvp, or use stopGradient");
                }
                dual = true;
            }
        }
        if (!dual) {
            Tensor y = note(op, in, op.forward(in));
            Watch.tell(op, in, y);
            return y;
        }
        Tensor[] primal = new Tensor[in.length];
        @Nullable Tensor[] dx = new Tensor[in.length];
        for (int i = 0; i < in.length; i++) {
            primal[i] = in[i].primal();
            dx[i] = in[i].tangent;
        }
        Tensor y;
        Tensor dy;
        if (ForwardMode.isRecorded()) {
            y = note(op, primal, op.forward(primal));
            Watch.tell(op, primal, y);
            dy = op.jvp(dx, y, primal);
        } else {
            Dual pass;
            try (NoGrad off = NoGrad.open()) {
                pass = op.forwardWithTangent(primal, dx);
            }
            y = note(op, primal, pass.value());
            Watch.tell(op, primal, y);
            dy = pass.tangent();
        }
        return dy == null ? y : y.withTangent(dy);
    }

    private static Tensor note(Op op, Tensor[] in, Tensor y) {
        if (NoGrad.isRecording()) {
            for (Tensor x : in) {
                if (x.node != null) {
                    return new Tensor(y.buffer, y.shape, Node.record(op, in, y.buffer), null, 0);
                }
            }
        }
        return y.node == null ? y : new Tensor(y.buffer, y.shape, null, null, 0);
    }

    /** The same value as a leaf that gradients are taken for. */
    public Tensor requireGrad() {
        if (!dtype().floating()) {
            throw new IllegalArgumentException("requireGrad: got " + dtype() + "; expected F32 or F64");
        }
        buffer.pin();
        return new Tensor(buffer, shape, Node.leaf(), null, 0);
    }

    /** The same value as a constant: no graph, no tangent. */
    public Tensor stopGradient() {
        return node == null && tangent == null ? this : new Tensor(buffer, shape, null, null, 0);
    }

    /** The same value and graph with a tangent of the running forward-mode pass. */
    public Tensor withTangent(Tensor dx) {
        if (!dx.shape.equals(shape) || dx.dtype() != dtype()) {
            throw new IllegalArgumentException("jvp: got a tangent of " + dx.dtype() + " " + dx.shape
                    + " for a value of " + dtype() + " " + shape + "; expected the same");
        }
        return new Tensor(buffer, shape, node, dx, ForwardMode.level());
    }

    /** The same value and graph without tangent. */
    public Tensor primal() {
        return tangent == null ? this : new Tensor(buffer, shape, node, null, 0);
    }

    /** Tangent of the running forward-mode pass, or null for zero. */
    public @Nullable Tensor tangent() {
        return tangent;
    }

    /** Place in the graph, or null for a constant. */
    public @Nullable Node node() {
        return node;
    }

    public boolean needsGrad() {
        return node != null;
    }

    public Buffer buffer() {
        return buffer;
    }

    public Shape shape() {
        return shape;
    }

    /** Size of dimension {@code d}; negative d counts from the end. */
    public int dim(int d) {
        return shape.dim(d);
    }

    public int rank() {
        return shape.rank();
    }

    public DType dtype() {
        return buffer.dtype();
    }

    public Device device() {
        return buffer.device();
    }

    /** Exempts the value from early return when its graph is consumed; it lives until its scope closes. */
    public Tensor pin() {
        buffer.pin();
        return this;
    }

    /**
     * Moves the value from {@code scope} to the enclosing one, and with it what its graph saved there, so that a
     * gradient can be taken after {@code scope} has closed.
     */
    public Tensor keep(Scope scope) {
        scope.keep(buffer);
        if (node != null) {
            node.promote(scope);
        }
        return this;
    }

    /** All elements, row-major, widened from F32. */
    public double[] toDoubles() {
        buffer.requireLive("toDoubles of shape " + shape);
        double[] data = new double[shape.count()];
        device().read(buffer, data, 0, data.length);
        return data;
    }

    /** All elements of an F32 tensor, row-major; F64 elements are rounded. */
    public float[] toFloats() {
        buffer.requireLive("toFloats of shape " + shape);
        float[] data = new float[shape.count()];
        if (dtype() == DType.F64) {
            double[] wide = toDoubles();
            for (int i = 0; i < data.length; i++) {
                data[i] = (float) wide[i];
            }
        } else {
            device().read(buffer, data, 0, data.length);
        }
        return data;
    }

    /** All elements of an I32 tensor, row-major. */
    public int[] toInts() {
        buffer.requireLive("toInts of shape " + shape);
        int[] data = new int[shape.count()];
        device().read(buffer, data, 0, data.length);
        return data;
    }

    /** The one element of a tensor of count 1. */
    public double item() {
        if (shape.count() != 1) {
            throw new IllegalArgumentException("item: got shape " + shape + "; expected one element");
        }
        return toDoubles()[0];
    }

    /** Dtype, shape and device; no content. */
    @Override
    public String toString() {
        return "Tensor " + dtype() + " " + shape + " on " + device().name() + (node == null ? "" : " recorded");
    }
}
