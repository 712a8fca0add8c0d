package org.fewstep.op;

import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Putting tensors together and taking them apart. */
final class Pieces {
    private Pieces() {}

    static Tensor stack(int axis, Tensor... xs) {
        if (xs.length == 0) {
            throw new IllegalArgumentException("stack: got no tensors; expected at least one");
        }
        Args.requireLive("stack", xs);
        Tensor[] grown = new Tensor[xs.length];
        int[] sizes = new int[xs[0].rank() + 1];
        int place = axis < 0 ? axis + sizes.length : axis;
        for (int k = 0; k < xs.length; k++) {
            if (place < 0
                    || place >= sizes.length
                    || !xs[k].shape().equals(xs[0].shape())
                    || xs[k].dtype() != xs[0].dtype()) {
                throw new IllegalArgumentException("stack: got axis " + axis + ", " + xs[0].dtype() + " "
                        + xs[0].shape() + " and " + xs[k].dtype() + " " + xs[k].shape()
                        + "; expected equal shapes and dtypes, and an axis of the result");
            }
            for (int d = 0; d < sizes.length; d++) {
                sizes[d] = d == place ? 1 : xs[k].dim(d < place ? d : d - 1);
            }
            grown[k] = Ops.reshape(xs[k], Shape.of(sizes));
        }
        return Ops.concat(place, grown);
    }

    static Tensor[] split(Tensor x, int axis, int pieces) {
        Args.requireLive("split", x);
        int size = x.dim(Args.axis("split", x, axis));
        if (pieces < 1 || size % pieces != 0) {
            throw new IllegalArgumentException("split: got " + pieces + " pieces of axis " + axis + " of " + x.shape()
                    + "; expected a number of pieces that divides the size");
        }
        int[] lengths = new int[pieces];
        java.util.Arrays.fill(lengths, size / pieces);
        return split(x, axis, lengths);
    }

    static Tensor[] split(Tensor x, int axis, int[] lengths) {
        Args.requireLive("split", x);
        int size = x.dim(Args.axis("split", x, axis));
        long total = 0;
        boolean fits = lengths.length > 0;
        for (int length : lengths) {
            fits &= length >= 0;
            total += length;
        }
        if (!fits || total != size) {
            throw new IllegalArgumentException("split: got lengths " + java.util.Arrays.toString(lengths) + " of axis "
                    + axis + " of " + x.shape() + "; expected lengths of at least 0 whose sum is the size");
        }
        Tensor[] all = new Tensor[lengths.length];
        int from = 0;
        for (int k = 0; k < all.length; k++) {
            all[k] = Ops.slice(x, axis, from, from + lengths[k]);
            from += lengths[k];
        }
        return all;
    }
}
