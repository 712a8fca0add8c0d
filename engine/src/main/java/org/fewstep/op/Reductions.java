package org.fewstep.op;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Reductions over any axes, made of the kernels for one axis. An empty list of axes means all. */
final class Reductions {
    private Reductions() {}

    /** The axes in ascending order. */
    static List<Integer> axes(String name, Tensor x, int... axes) {
        boolean[] asked = new boolean[x.rank()];
        for (int axis : axes) {
            int d = Args.axis(name, x, axis);
            if (asked[d]) {
                throw new IllegalArgumentException(
                        name + ": got axis " + axis + " of " + x.shape() + " twice; expected each axis once");
            }
            asked[d] = true;
        }
        List<Integer> list = new ArrayList<>();
        for (int d = 0; d < asked.length; d++) {
            if (asked[d] || axes.length == 0) {
                list.add(d);
            }
        }
        return list;
    }

    /** Product of the sizes of the axes. */
    static int count(Tensor x, List<Integer> axes) {
        int count = 1;
        for (int axis : axes) {
            count *= x.dim(axis);
        }
        return count;
    }

    /** The sizes with those of the axes set to 1. */
    static Shape kept(Tensor x, List<Integer> axes) {
        int[] sizes = x.shape().sizes();
        for (int axis : axes) {
            sizes[axis] = 1;
        }
        return Shape.of(sizes);
    }

    /** scale times the sum; neighbouring axes are merged first, so that a full reduction is one pass. */
    static Tensor sum(Tensor x, List<Integer> axes, double scale) {
        Tensor y = x;
        double left = scale;
        for (int k = axes.size() - 1; k >= 0; ) {
            int last = axes.get(k);
            int first = last;
            while (k > 0 && axes.get(k - 1) == first - 1) {
                first--;
                k--;
            }
            k--;
            if (first < last) {
                int[] sizes = y.shape().sizes();
                int[] merged = new int[sizes.length - (last - first)];
                for (int d = 0; d < merged.length; d++) {
                    merged[d] = d <= first ? sizes[d] : sizes[d + last - first];
                }
                for (int d = first + 1; d <= last; d++) {
                    merged[first] *= sizes[d];
                }
                y = Ops.reshape(y, Shape.of(merged));
            }
            y = Tensor.apply(new Sum(first, left), y);
            left = 1;
        }
        return left == 1 ? y : Ops.scale(y, left);
    }

    static Tensor mean(String name, Tensor x, int... axes) {
        List<Integer> list = axes(name, x, axes);
        requireElements(name, x, list);
        return sum(x, list, 1.0 / count(x, list));
    }

    /** Sums over what broadcasting to x's shape has repeated. */
    static Tensor sumTo(Tensor x, Shape shape) {
        Args.requireFloats("sumTo", x);
        if (!Shape.broadcast("sumTo", x.shape(), shape).equals(x.shape())) {
            throw new IllegalArgumentException(
                    "sumTo: got " + x.shape() + " for " + shape + "; expected a shape that repeats to the first");
        }
        if (x.shape().equals(shape)) {
            return x;
        }
        int lead = x.rank() - shape.rank();
        List<Integer> axes = new ArrayList<>();
        for (int d = 0; d < x.rank(); d++) {
            if (d < lead || (shape.dim(d - lead) == 1 && x.dim(d) != 1)) {
                axes.add(d);
            }
        }
        return Ops.reshape(sum(x, axes, 1), shape);
    }

    static Tensor greatest(String name, Tensor x, int... axes) {
        Args.requireFloats(name, x);
        List<Integer> list = axes(name, x, axes);
        requireElements(name, x, list);
        List<Integer> order = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        for (int d = 0; d < x.rank(); d++) {
            if (!list.contains(d)) {
                order.add(d);
                sizes.add(x.dim(d));
            }
        }
        Shape left = Shape.of(sizes.stream().mapToInt(Integer::intValue).toArray());
        order.addAll(list);
        Tensor last = Ops.permute(x, order.stream().mapToInt(Integer::intValue).toArray());
        return Ops.reshape(Ops.max(Ops.reshape(last, Shape.of(left.count(), count(x, list)))), left);
    }

    static Tensor variance(Tensor x, int... axes) {
        Args.requireFloats("variance", x);
        List<Integer> list = axes("variance", x, axes);
        Tensor mean = mean("variance", x, axes);
        Tensor centred = Ops.sub(x, Ops.reshape(mean, kept(x, list)));
        return sum(Ops.square(centred), list, 1.0 / count(x, list));
    }

    /** Where all numbers are 0, the root is taken of 1 instead, whose derivatives are finite, and left out. */
    static Tensor norm(Tensor x, int... axes) {
        Args.requireFloats("norm", x);
        Tensor squares = sum(Ops.square(x), axes("norm", x, axes), 1);
        Tensor zero = Tensor.full(x.device(), x.dtype(), 0, Shape.of());
        Tensor empty = Ops.equal(squares.stopGradient(), zero);
        return Ops.where(empty, zero, Ops.sqrt(Ops.add(squares, empty)));
    }

    static Tensor logSumExp(Tensor x, int... axes) {
        Args.requireFloats("logSumExp", x);
        List<Integer> list = axes("logSumExp", x, axes);
        Tensor most = greatest("logSumExp", x.stopGradient(), axes);
        // The shift is a constant: it leaves value and derivatives of every order unchanged. Limits keep inf - inf out.
        Tensor shift = Ops.clamp(most, -1e38, 1e38);
        Tensor terms = Ops.exp(Ops.sub(x, Ops.reshape(shift, kept(x, list))));
        return Ops.add(shift, Ops.log(sum(terms, list, 1)));
    }

    private static void requireElements(String name, Tensor x, List<Integer> axes) {
        if (count(x, axes) == 0) {
            throw new IllegalArgumentException(
                    name + ": got " + x.shape() + ", axes " + axes + "; expected at least one element to reduce");
        }
    }
}
