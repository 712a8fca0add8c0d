package org.fewstep.op;

import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** What operations ask of their arguments; a message names the operation as its user called it. */
final class Args {
    private Args() {}

    /** A live tensor. */
    static void requireLive(String name, Tensor x) {
        if (!x.buffer().isLive()) {
            requireLive(name, new Tensor[] {x});
        }
    }

    /** Live tensors on one device. */
    static void requireLive(String name, Tensor... xs) {
        for (int i = 0; i < xs.length; i++) {
            if (!xs[i].buffer().isLive()) {
                throw new IllegalStateException(name + ": got input " + i + " of shape " + xs[i].shape()
                        + " whose buffer was given back; expected a live tensor; keep it in an outer scope, or use it"
                        + " before its scope closes or its graph is consumed");
            }
            if (xs[i].device() != xs[0].device()) {
                throw new IllegalArgumentException(name + ": got inputs on "
                        + xs[0].device().name() + " and another device, "
                        + xs[i].device().name()
                        + "; expected one device; copy through the host first");
            }
        }
    }

    /** A live floating-point tensor. */
    static void requireFloats(String name, Tensor x) {
        if (!x.buffer().isLive() || !x.dtype().floating()) {
            requireFloats(name, new Tensor[] {x});
        }
    }

    /** Live floating-point tensors of one dtype on one device. */
    static void requireFloats(String name, Tensor... xs) {
        requireLive(name, xs);
        for (Tensor x : xs) {
            if (!x.dtype().floating() || x.dtype() != xs[0].dtype()) {
                throw new IllegalArgumentException(name + ": got " + xs[0].dtype()
                        + (xs.length == 1 ? "" : " and " + x.dtype()) + "; expected F32 or F64"
                        + (xs.length == 1 ? "" : ", the same for all"));
            }
        }
    }

    /** Live floating-point tensors of one dtype on one device whose shapes broadcast. */
    static void requireBroadcast(String name, Tensor x, Tensor... others) {
        Shape shape = x.shape();
        for (Tensor y : others) {
            requireFloats(name, x, y);
            shape = Shape.broadcast(name, shape, y.shape());
        }
    }

    /** The non-negative form of an axis of x. */
    static int axis(String name, Tensor x, int axis) {
        int d = axis < 0 ? axis + x.rank() : axis;
        if (d < 0 || d >= x.rank()) {
            throw new IllegalArgumentException(name + ": got axis " + axis + " of " + x.shape() + "; expected "
                    + (x.rank() == 0 ? "a tensor with axes" : -x.rank() + ".." + (x.rank() - 1)));
        }
        return d;
    }

    /** A number that is finite. */
    static void requireFinite(String name, String role, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(name + ": got " + role + " " + value + "; expected a finite number");
        }
    }
}
