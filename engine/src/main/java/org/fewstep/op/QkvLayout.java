package org.fewstep.op;

import org.fewstep.kernels.Attention.Heads;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** How queries, keys and values of all heads stand in one tensor, and where the result of attention goes. */
enum QkvLayout {
    /** (B, T, 3 H C), the last axis [q, k, v][head][channel], to (B, T, H C): the output of one linear layer. */
    TOKENS {
        @Override
        boolean fits(Shape x, int heads) {
            return x.rank() == 3 && x.dim(2) > 0 && x.dim(2) % (3 * heads) == 0;
        }

        @Override
        Shape result(Shape x) {
            return Shape.of(x.dim(0), x.dim(1), x.dim(2) / 3);
        }

        @Override
        Heads in(Shape x, int heads) {
            int width = x.dim(2) / 3;
            int c = width / heads;
            int t = x.dim(1);
            return new Heads(x.dim(0), heads, t, c, t * 3 * width, c, width, 3 * width, 1);
        }

        @Override
        Heads out(Shape x, int heads) {
            int width = x.dim(2) / 3;
            int c = width / heads;
            int t = x.dim(1);
            return new Heads(x.dim(0), heads, t, c, t * width, c, 0, width, 1);
        }

        @Override
        Tensor parts(Tensor x, int heads) {
            Heads l = in(x.shape(), heads);
            return Ops.permute(Ops.reshape(x, l.batch(), l.tokens(), 3, heads, l.channels()), 2, 0, 3, 1, 4);
        }

        @Override
        Tensor whole(Tensor parts, Shape x) {
            return Ops.permute(parts, 1, 3, 0, 2, 4);
        }

        @Override
        Tensor byHead(Tensor o, Heads l) {
            return Ops.permute(Ops.reshape(o, l.batch(), l.tokens(), l.heads(), l.channels()), 0, 2, 1, 3);
        }

        @Override
        Tensor fromHeads(Tensor o) {
            return Ops.permute(o, 0, 2, 1, 3);
        }
    },
    /** (N, C, 3, T) with heads among the N samples to (N, C, T): the output of a 1x1 convolution. */
    CHANNELS {
        @Override
        boolean fits(Shape x, int heads) {
            return heads == 1 && x.rank() == 4 && x.dim(1) > 0 && x.dim(2) == 3;
        }

        @Override
        Shape result(Shape x) {
            return Shape.of(x.dim(0), x.dim(1), x.dim(3));
        }

        @Override
        Heads in(Shape x, int heads) {
            int c = x.dim(1);
            int t = x.dim(3);
            // Without tokens nothing is read, but three parts are told from one by their step.
            return new Heads(x.dim(0), 1, t, c, c * 3 * t, 0, Math.max(1, t), 1, 3 * t);
        }

        @Override
        Heads out(Shape x, int heads) {
            int c = x.dim(1);
            int t = x.dim(3);
            return new Heads(x.dim(0), 1, t, c, c * t, 0, 0, 1, t);
        }

        @Override
        Tensor parts(Tensor x, int heads) {
            return Ops.permute(x, 2, 0, 3, 1);
        }

        @Override
        Tensor whole(Tensor parts, Shape x) {
            Heads l = in(x, 1);
            return Ops.permute(Ops.reshape(parts, 3, l.batch(), l.tokens(), l.channels()), 1, 3, 0, 2);
        }

        @Override
        Tensor byHead(Tensor o, Heads l) {
            return Ops.permute(o, 0, 2, 1);
        }

        @Override
        Tensor fromHeads(Tensor o) {
            return Ops.permute(Ops.reshape(o, o.dim(0), o.dim(2), o.dim(3)), 0, 2, 1);
        }
    },
    /** (B, H, T, 3 C), the last axis [q, k, v][channel], to (B, H, T, C): three tensors side by side. */
    HEADS {
        @Override
        boolean fits(Shape x, int heads) {
            return x.rank() == 4 && x.dim(1) == heads && x.dim(3) > 0 && x.dim(3) % 3 == 0;
        }

        @Override
        Shape result(Shape x) {
            return Shape.of(x.dim(0), x.dim(1), x.dim(2), x.dim(3) / 3);
        }

        @Override
        Heads in(Shape x, int heads) {
            int c = x.dim(3) / 3;
            int t = x.dim(2);
            return new Heads(x.dim(0), heads, t, c, heads * t * 3 * c, t * 3 * c, c, 3 * c, 1);
        }

        @Override
        Heads out(Shape x, int heads) {
            int c = x.dim(3) / 3;
            int t = x.dim(2);
            return new Heads(x.dim(0), heads, t, c, heads * t * c, t * c, 0, c, 1);
        }

        @Override
        Tensor parts(Tensor x, int heads) {
            Heads l = in(x.shape(), heads);
            return Ops.permute(Ops.reshape(x, l.batch(), heads, l.tokens(), 3, l.channels()), 3, 0, 1, 2, 4);
        }

        @Override
        Tensor whole(Tensor parts, Shape x) {
            return Ops.permute(parts, 1, 2, 3, 0, 4);
        }

        @Override
        Tensor byHead(Tensor o, Heads l) {
            return o;
        }

        @Override
        Tensor fromHeads(Tensor o) {
            return o;
        }
    };

    /** Whether x can be read in this layout. */
    abstract boolean fits(Shape x, int heads);

    /** Shape of the result for an x of that shape. */
    abstract Shape result(Shape x);

    /** Places of the three parts in x. */
    abstract Heads in(Shape x, int heads);

    /** Places of the result. */
    abstract Heads out(Shape x, int heads);

    /** x with the part as the first axis and (token, channel) as the last two. */
    abstract Tensor parts(Tensor x, int heads);

    /** The reverse of {@link #parts} up to a reshape, for parts (3, B, H, T, C). */
    abstract Tensor whole(Tensor parts, Shape x);

    /** A result with (token, channel) as the last two axes. */
    abstract Tensor byHead(Tensor o, Heads l);

    /** The reverse of {@link #byHead} up to a reshape, for o (B, H, T, C). */
    abstract Tensor fromHeads(Tensor o);

    /** Queries, keys and values as (B H, T, C). */
    final Tensor[] split(Tensor x, int heads) {
        Heads l = in(x.shape(), heads);
        Tensor parts = Ops.reshape(parts(x, heads), 3, l.batch() * heads, l.tokens(), l.channels());
        Tensor[] each = Ops.split(parts, 0, 3);
        for (int k = 0; k < 3; k++) {
            each[k] = Ops.reshape(each[k], l.batch() * heads, l.tokens(), l.channels());
        }
        return each;
    }

    /** The reverse of {@link #split} for an x of that shape. */
    final Tensor join(Shape x, int heads, Tensor q, Tensor k, Tensor v) {
        Heads l = in(x, heads);
        Tensor parts = Ops.reshape(Ops.stack(0, q, k, v), 3, l.batch(), heads, l.tokens(), l.channels());
        return Ops.reshape(whole(parts, x), x);
    }

    /** A result as (B H, T, C). */
    final Tensor splitResult(Tensor o, Shape x, int heads) {
        Heads l = in(x, heads);
        return Ops.reshape(byHead(o, l), l.batch() * heads, l.tokens(), l.channels());
    }

    /** The reverse of {@link #splitResult}. */
    final Tensor joinResult(Tensor o, Shape x, int heads) {
        Heads l = in(x, heads);
        Tensor byHead = Ops.reshape(o, l.batch(), heads, l.tokens(), l.channels());
        return Ops.reshape(fromHeads(byHead), result(x));
    }
}
