package org.fewstep.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;

/** Every operation as a one-line function; formulas use {@code import static org.fewstep.op.Ops.*}. */
public final class Ops {
    private Ops() {}

    /** -x. */
    public static Tensor neg(Tensor x) {
        return Tensor.apply(new Neg(), x);
    }

    /** |x|. */
    public static Tensor abs(Tensor x) {
        return Tensor.apply(new Abs(), x);
    }

    /** sign of x. */
    public static Tensor sign(Tensor x) {
        return Tensor.apply(new Sign(), x);
    }

    /** e^x. */
    public static Tensor exp(Tensor x) {
        return Tensor.apply(new Exp(), x);
    }

    /** ln x. */
    public static Tensor log(Tensor x) {
        return Tensor.apply(new Log(), x);
    }

    /** square root. */
    public static Tensor sqrt(Tensor x) {
        return Tensor.apply(new Sqrt(), x);
    }

    /** 1 / sqrt(x). */
    public static Tensor rsqrt(Tensor x) {
        return Tensor.apply(new Rsqrt(), x);
    }

    /** 1 / x. */
    public static Tensor reciprocal(Tensor x) {
        return Tensor.apply(new Reciprocal(), x);
    }

    /** x^2. */
    public static Tensor square(Tensor x) {
        return Tensor.apply(new Square(), x);
    }

    /** sine. */
    public static Tensor sin(Tensor x) {
        return Tensor.apply(new Sin(), x);
    }

    /** cosine. */
    public static Tensor cos(Tensor x) {
        return Tensor.apply(new Cos(), x);
    }

    /** hyperbolic tangent. */
    public static Tensor tanh(Tensor x) {
        return Tensor.apply(new Tanh(), x);
    }

    /** 1 / (1 + e^-x). */
    public static Tensor sigmoid(Tensor x) {
        return Tensor.apply(new Sigmoid(), x);
    }

    /** ln(1 + e^x). */
    public static Tensor softplus(Tensor x) {
        return Tensor.apply(new Softplus(), x);
    }

    /** x sigmoid(x). */
    public static Tensor silu(Tensor x) {
        return Tensor.apply(new Silu(), x);
    }

    /** error function. */
    public static Tensor erf(Tensor x) {
        return Tensor.apply(new Erf(), x);
    }

    /** x N(x), N the normal distribution function. */
    public static Tensor gelu(Tensor x) {
        return Tensor.apply(new Gelu(), x);
    }

    /** x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, the tanh form of {@link #gelu}. */
    public static Tensor geluTanh(Tensor x) {
        return Tensor.apply(new GeluTanh(), x);
    }

    /** max(x, 0), slope 0 at 0. */
    public static Tensor relu(Tensor x) {
        return Tensor.apply(new Relu(), x);
    }

    /** x where x &gt; 0, else slope x. */
    public static Tensor leakyRelu(Tensor x, double slope) {
        return Tensor.apply(new LeakyRelu(slope), x);
    }

    /** x + y, broadcast. */
    public static Tensor add(Tensor x, Tensor y) {
        return Tensor.apply(new Add(), x, y);
    }

    /** x - y, broadcast. */
    public static Tensor sub(Tensor x, Tensor y) {
        return Tensor.apply(new Sub(), x, y);
    }

    /** x y, broadcast. */
    public static Tensor mul(Tensor x, Tensor y) {
        return Tensor.apply(new Mul(), x, y);
    }

    /** x / y, broadcast. */
    public static Tensor div(Tensor x, Tensor y) {
        return Tensor.apply(new Div(), x, y);
    }

    /** greater of the two; a tie's derivative goes to x. */
    public static Tensor maximum(Tensor x, Tensor y) {
        return Tensor.apply(new Maximum(), x, y);
    }

    /** lesser of the two; a tie's derivative goes to x. */
    public static Tensor minimum(Tensor x, Tensor y) {
        return Tensor.apply(new Minimum(), x, y);
    }

    /** 1 where x &gt; y, else 0. */
    public static Tensor greater(Tensor x, Tensor y) {
        return Tensor.apply(new Greater(), x, y);
    }

    /** 1 where x &gt;= y, else 0. */
    public static Tensor greaterEqual(Tensor x, Tensor y) {
        return Tensor.apply(new GreaterEqual(), x, y);
    }

    /** 1 where x == y, else 0. */
    public static Tensor equal(Tensor x, Tensor y) {
        return Tensor.apply(new Equal(), x, y);
    }

    /** factor x. */
    public static Tensor scale(Tensor x, double factor) {
        return scaleShift(x, factor, 0);
    }

    /** factor x + shift. */
    public static Tensor scaleShift(Tensor x, double factor, double shift) {
        return Tensor.apply(new ScaleShift(factor, shift), x);
    }

    /** x^exponent. */
    public static Tensor pow(Tensor x, double exponent) {
        return Tensor.apply(new Pow(exponent), x);
    }

    /** x limited to [low, high]. */
    public static Tensor clamp(Tensor x, double low, double high) {
        if (!(low <= high)) {
            throw new IllegalArgumentException("clamp: got low " + low + ", high " + high + "; expected low <= high");
        }
        return Tensor.apply(new Clamp(low, high), x);
    }

    /** x where condition is not 0, else y, broadcast. */
    public static Tensor where(Tensor condition, Tensor x, Tensor y) {
        return Tensor.apply(new Where(), condition, x, y);
    }

    /** x y + z rounded once, broadcast. */
    public static Tensor mulAdd(Tensor x, Tensor y, Tensor z) {
        return Tensor.apply(new MulAdd(), x, y, z);
    }

    /** The same value as a constant: no gradient, no tangent. */
    public static Tensor stopGradient(Tensor x) {
        return x.stopGradient();
    }

    /** x repeated to {@code shape}. */
    public static Tensor broadcastTo(Tensor x, Shape shape) {
        return x.shape().equals(shape) ? x : Tensor.apply(new BroadcastTo(shape), x);
    }

    /** The transpose of {@link #broadcastTo}: sums over what was repeated. */
    public static Tensor sumTo(Tensor x, Shape shape) {
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
        return reshape(reduce(x, axes, 1), shape);
    }

    /** Sum over the given axes, which disappear; over all of them when none is given. */
    public static Tensor sum(Tensor x, int... axes) {
        return reduce(x, axes(x, axes), 1);
    }

    /** Mean over the given axes, which disappear; over all of them when none is given. */
    public static Tensor mean(Tensor x, int... axes) {
        List<Integer> list = axes(x, axes);
        return reduce(x, list, 1.0 / count(x, list));
    }

    /** Sum over one axis, kept as size 1. */
    public static Tensor sumKeep(Tensor x, int axis) {
        return keep(x, axis, sum(x, axis));
    }

    /** Mean over one axis, kept as size 1. */
    public static Tensor meanKeep(Tensor x, int axis) {
        return keep(x, axis, mean(x, axis));
    }

    /** Greatest element over the last axis, kept as size 1; ties share the derivative equally. */
    public static Tensor max(Tensor x) {
        return Tensor.apply(new MaxAlong(), x);
    }

    /** Greatest element over the given axes, which disappear; over all of them when none is given. Ties share. */
    public static Tensor greatest(Tensor x, int... axes) {
        List<Integer> list = axes(x, axes);
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
        Tensor last = permute(x, order.stream().mapToInt(Integer::intValue).toArray());
        return reshape(max(reshape(last, left.count(), (int) count(x, list))), left);
    }

    /** Least element over the given axes, which disappear; over all of them when none is given. Ties share. */
    public static Tensor least(Tensor x, int... axes) {
        return neg(greatest(neg(x), axes));
    }

    /** Mean of (x - mean)^2 over the given axes, which disappear; over all of them when none is given. */
    public static Tensor variance(Tensor x, int... axes) {
        List<Integer> list = axes(x, axes);
        int[] kept = x.shape().sizes();
        for (int axis : list) {
            kept[axis] = 1;
        }
        return mean(square(sub(x, reshape(mean(x, axes), Shape.of(kept)))), axes);
    }

    /** Euclidean norm over the given axes, which disappear; over all of them when none is given. No slope at 0. */
    public static Tensor norm(Tensor x, int... axes) {
        return sqrt(sum(square(x), axes));
    }

    /** ln sum e^x over the last axis, kept as size 1, stable for all finite x and for -infinity. */
    public static Tensor logSumExp(Tensor x) {
        // The shift is a constant: it leaves value and derivatives of every order unchanged. Limits keep inf - inf out.
        Tensor shift = clamp(max(x).stopGradient(), -1e38, 1e38);
        return add(shift, log(sumKeep(exp(sub(x, shift)), -1)));
    }

    /** Running sum along one axis. */
    public static Tensor cumSum(Tensor x, int axis) {
        return Tensor.apply(new CumSum(x.shape().axis(axis), false), x);
    }

    private static Tensor keep(Tensor x, int axis, Tensor y) {
        int[] sizes = x.shape().sizes();
        sizes[x.shape().axis(axis)] = 1;
        return reshape(y, Shape.of(sizes));
    }

    private static List<Integer> axes(Tensor x, int[] axes) {
        List<Integer> list = new ArrayList<>();
        for (int d = 0; d < x.rank(); d++) {
            boolean asked = axes.length == 0;
            for (int axis : axes) {
                asked |= x.shape().axis(axis) == d;
            }
            if (asked) {
                list.add(d);
            }
        }
        return list;
    }

    private static long count(Tensor x, List<Integer> axes) {
        long count = 1;
        for (int axis : axes) {
            count *= x.dim(axis);
        }
        return count;
    }

    // Neighbouring axes are merged first, so that a full reduction is one pass.
    private static Tensor reduce(Tensor x, List<Integer> axes, double scale) {
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
                y = reshape(y, Shape.of(merged));
            }
            y = Tensor.apply(new Sum(first, left), y);
            left = 1;
        }
        return left == 1 ? y : scale(y, left);
    }

    /** The same elements with another shape; one size may be -1. */
    public static Tensor reshape(Tensor x, int... sizes) {
        int free = -1;
        int known = 1;
        for (int d = 0; d < sizes.length; d++) {
            if (sizes[d] == -1 && free < 0) {
                free = d;
            } else {
                known *= sizes[d];
            }
        }
        int[] full = sizes.clone();
        if (free >= 0) {
            full[free] = known == 0 ? 0 : x.shape().count() / known;
        }
        return reshape(x, Shape.of(full));
    }

    /** The same elements with another shape. */
    public static Tensor reshape(Tensor x, Shape shape) {
        return x.shape().equals(shape) ? x : Tensor.apply(new Reshape(shape), x);
    }

    /** Axes in another order: axis d of the value is axis order[d] of x. */
    public static Tensor permute(Tensor x, int... order) {
        boolean[] seen = new boolean[x.rank()];
        boolean fits = order.length == x.rank();
        for (int d : order) {
            fits = fits && d >= 0 && d < seen.length && !seen[d];
            if (fits) {
                seen[d] = true;
            }
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "permute: got order " + Arrays.toString(order) + " for " + x.shape() + "; expected each axis once");
        }
        List<Integer> axes = new ArrayList<>(order.length);
        for (int d : order) {
            axes.add(d);
        }
        return Tensor.apply(new Permute(List.copyOf(axes)), x);
    }

    /** Indices from (included) to (excluded) of one axis. */
    public static Tensor slice(Tensor x, int axis, int from, int to) {
        int d = x.shape().axis(axis);
        if (from < 0 || from > to || to > x.dim(d)) {
            throw new IllegalArgumentException("slice: got " + from + " to " + to + " of axis " + axis + " of "
                    + x.shape() + "; expected 0 <= from <= to <= size");
        }
        return from == 0 && to == x.dim(d) ? x : Tensor.apply(new Slice(d, from, to), x);
    }

    /** x with zeros before and after along one axis. */
    public static Tensor pad(Tensor x, int axis, int before, int after) {
        if (before < 0 || after < 0) {
            throw new IllegalArgumentException(
                    "pad: got " + before + " before and " + after + " after; expected at least 0");
        }
        return Tensor.apply(new Pad(x.shape().axis(axis), before, after), x);
    }

    /** The tensors one after another along one axis. */
    public static Tensor concat(int axis, Tensor... xs) {
        if (xs.length == 0) {
            throw new IllegalArgumentException("concat: got no tensors; expected at least one");
        }
        return xs.length == 1 ? xs[0] : Tensor.apply(new Concat(xs[0].shape().axis(axis)), xs);
    }

    /** The tensors, all of one shape, side by side along a new axis. */
    public static Tensor stack(int axis, Tensor... xs) {
        Tensor[] grown = new Tensor[xs.length];
        for (int k = 0; k < xs.length; k++) {
            int[] sizes = new int[xs[k].rank() + 1];
            int place = axis < 0 ? axis + sizes.length : axis;
            if (place < 0 || place >= sizes.length || !xs[k].shape().equals(xs[0].shape())) {
                throw new IllegalArgumentException("stack: got axis " + axis + ", " + xs[0].shape() + " and "
                        + xs[k].shape() + "; expected equal shapes and an axis of the result");
            }
            for (int d = 0; d < sizes.length; d++) {
                sizes[d] = d == place ? 1 : xs[k].dim(d < place ? d : d - 1);
            }
            grown[k] = reshape(xs[k], Shape.of(sizes));
        }
        return concat(axis, grown);
    }

    /** Equal pieces along one axis, in order. */
    public static Tensor[] split(Tensor x, int axis, int pieces) {
        int size = x.dim(axis);
        if (pieces < 1 || size % pieces != 0) {
            throw new IllegalArgumentException("split: got " + pieces + " pieces of axis " + axis + " of " + x.shape()
                    + "; expected a number of pieces that divides the size");
        }
        Tensor[] all = new Tensor[pieces];
        for (int k = 0; k < pieces; k++) {
            all[k] = slice(x, axis, k * (size / pieces), (k + 1) * (size / pieces));
        }
        return all;
    }

    /** A B for matrices or equal batches of them; a batch times one matrix shares the matrix. */
    public static Tensor matmul(Tensor a, Tensor b) {
        return matmul(a, b, false, false);
    }

    /** op(A) op(B) with op a transpose of the last two axes where asked. */
    public static Tensor matmul(Tensor a, Tensor b, boolean transA, boolean transB) {
        if (a.rank() > 2 && b.rank() == 2 && !transA) {
            int[] sizes = a.shape().sizes();
            Tensor flat = Tensor.apply(new MatMul(false, transB), reshape(a, -1, a.dim(-1)), b);
            sizes[sizes.length - 1] = flat.dim(1);
            return reshape(flat, Shape.of(sizes));
        }
        return Tensor.apply(new MatMul(transA, transB), a, b);
    }

    /** x W + b for x (..., K), W (K, N), b (N). */
    public static Tensor linear(Tensor x, Tensor w, Tensor b) {
        if (x.rank() == 2) {
            return Tensor.apply(new Linear(), x, w, b);
        }
        int[] sizes = x.shape().sizes();
        Tensor flat = Tensor.apply(new Linear(), reshape(x, -1, x.dim(-1)), w, b);
        sizes[sizes.length - 1] = flat.dim(1);
        return reshape(flat, Shape.of(sizes));
    }

    /**
     * Cross-correlation with zero padding on all four sides.
     *
     * @param x (B, C, H, W)
     * @param w (O, C / groups, kH, kW)
     * @return (B, O, (H + 2 padding - kH) / stride + 1, ...), rounded down
     */
    public static Tensor conv2d(Tensor x, Tensor w, int stride, int padding, int groups) {
        return Tensor.apply(conv(stride, padding, groups), x, w);
    }

    /** As {@link #conv2d(Tensor, Tensor, int, int, int)} plus a bias (O). */
    public static Tensor conv2d(Tensor x, Tensor w, Tensor bias, int stride, int padding, int groups) {
        return Tensor.apply(conv(stride, padding, groups), x, w, bias);
    }

    private static Conv2d conv(int stride, int padding, int groups) {
        if (stride < 1 || padding < 0 || groups < 1) {
            throw new IllegalArgumentException("conv2d: got stride " + stride + ", padding " + padding + ", groups "
                    + groups + "; expected a stride and groups of at least 1 and a padding of at least 0");
        }
        return new Conv2d(stride, padding, groups);
    }

    /**
     * Transposed convolution: each pixel of x puts a copy of its kernel into the result; {@code padding} rows and columns
     * are cut off at each side, {@code outputPadding} fewer at the bottom and right.
     *
     * @param x (B, C, H, W)
     * @param w (C, O / groups, kH, kW)
     * @return (B, O, (H - 1) stride - 2 padding + kH + outputPadding, ...)
     */
    public static Tensor convTranspose2d(Tensor x, Tensor w, int stride, int padding, int outputPadding, int groups) {
        Conv2d forward = conv(stride, padding, groups);
        if (x.rank() != 4 || w.rank() != 4 || outputPadding < 0 || outputPadding >= stride) {
            throw new IllegalArgumentException("convTranspose2d: got x " + x.shape() + ", w " + w.shape()
                    + ", output padding " + outputPadding
                    + "; expected (B, C, H, W), (C, O / groups, kH, kW) and 0 <= output padding < stride");
        }
        int height = (x.dim(2) - 1) * stride - 2 * padding + w.dim(2) + outputPadding;
        int width = (x.dim(3) - 1) * stride - 2 * padding + w.dim(3) + outputPadding;
        return Tensor.apply(new Conv2dInput(forward.stride(), padding, groups, height, width), x, w);
    }

    /** Mean of each factor x factor block of images (B, C, H, W), H and W multiples of the factor. */
    public static Tensor averagePool(Tensor x, int factor) {
        requireImages("averagePool", x, factor);
        if (x.dim(2) % factor != 0 || x.dim(3) % factor != 0) {
            throw new IllegalArgumentException("averagePool: got " + x.shape() + " and factor " + factor
                    + "; expected a height and width that are multiples of it");
        }
        int height = x.dim(2) / factor;
        int width = x.dim(3) / factor;
        Tensor blocks = reshape(x, Shape.of(x.dim(0) * x.dim(1) * height, factor, width, factor));
        return reshape(mean(blocks, 1, 3), Shape.of(x.dim(0), x.dim(1), height, width));
    }

    /** Images (B, C, H, W) with each pixel repeated to a factor x factor block. */
    public static Tensor upsampleNearest(Tensor x, int factor) {
        requireImages("upsampleNearest", x, factor);
        int rows = x.dim(0) * x.dim(1) * x.dim(2);
        Tensor pixels = reshape(x, Shape.of(rows, 1, x.dim(3), 1));
        Tensor blocks = broadcastTo(pixels, Shape.of(rows, factor, x.dim(3), factor));
        return reshape(blocks, Shape.of(x.dim(0), x.dim(1), x.dim(2) * factor, x.dim(3) * factor));
    }

    private static void requireImages(String name, Tensor x, int factor) {
        if (x.rank() != 4 || factor < 1) {
            throw new IllegalArgumentException(
                    name + ": got " + x.shape() + " and factor " + factor + "; expected (B, C, H, W) and at least 1");
        }
    }

    /** Softmax over the last axis. */
    public static Tensor softmax(Tensor x) {
        return Tensor.apply(new Softmax(), x);
    }

    /**
     * Multi-head attention softmax(scale q k^T) v.
     *
     * @param q (B, H, T, C)
     * @param k (B, H, S, C)
     * @param v (B, H, S, D)
     * @return (B, H, T, D); in memory linear in T where all three shapes are equal, else quadratic
     */
    public static Tensor attention(Tensor q, Tensor k, Tensor v, double scale) {
        if (q.rank() != 4
                || k.rank() != 4
                || v.rank() != 4
                || !k.shape().equals(Shape.of(q.dim(0), q.dim(1), k.dim(2), q.dim(3)))
                || !v.shape().equals(Shape.of(q.dim(0), q.dim(1), k.dim(2), v.dim(3)))) {
            throw new IllegalArgumentException("attention: got q " + q.shape() + ", k " + k.shape() + ", v " + v.shape()
                    + "; expected (B, H, T, C), (B, H, S, C) and (B, H, S, D)");
        }
        if (q.shape().equals(k.shape()) && q.shape().equals(v.shape())) {
            return new AttentionRun(QkvLayout.HEADS, q.dim(1), scale).value(concat(3, q, k, v));
        }
        int heads = q.dim(0) * q.dim(1);
        Tensor queries = reshape(q, Shape.of(heads, q.dim(2), q.dim(3)));
        Tensor keys = reshape(k, Shape.of(heads, k.dim(2), k.dim(3)));
        Tensor values = reshape(v, Shape.of(heads, v.dim(2), v.dim(3)));
        Tensor weights = softmax(scale(matmul(queries, keys, false, true), scale));
        return reshape(matmul(weights, values), Shape.of(q.dim(0), q.dim(1), q.dim(2), v.dim(3)));
    }

    /**
     * Multi-head self-attention with scores divided by sqrt(C), in memory linear in the tokens.
     *
     * @param qkv (B, T, 3 heads C), the last axis laid out [q, k, v][head][channel]
     * @return (B, T, heads C)
     */
    public static Tensor selfAttention(Tensor qkv, int heads) {
        int channels = qkv.dim(-1) / 3 / Math.max(1, heads);
        return new AttentionRun(QkvLayout.TOKENS, heads, 1 / Math.sqrt(channels)).value(qkv);
    }

    /**
     * Self-attention over the pixels of images with scores divided by sqrt(C), in memory linear in the pixels.
     *
     * @param qkv (N, C, 3, T), N = batch times heads, T pixels
     * @return (N, C, T)
     */
    public static Tensor pixelAttention(Tensor qkv) {
        double scale = 1 / Math.sqrt(qkv.rank() == 4 ? qkv.dim(1) : 1);
        return new AttentionRun(QkvLayout.CHANNELS, 1, scale).value(qkv);
    }

    /** Logarithm of softmax over the last axis. */
    public static Tensor logSoftmax(Tensor x) {
        return Tensor.apply(new LogSoftmax(), x);
    }

    /** (x - mean) / sqrt(variance + eps) over the last axis. */
    public static Tensor layerNorm(Tensor x, double eps) {
        return Tensor.apply(new RowNorm(true, eps), x);
    }

    /** x / sqrt(mean(x^2) + eps) over the last axis. */
    public static Tensor rmsNorm(Tensor x, double eps) {
        return Tensor.apply(new RowNorm(false, eps), x);
    }

    /**
     * Each group of neighbouring channels of a sample normalised over its channels and all places.
     *
     * @param x (B, C, ...), C a multiple of {@code groups}
     */
    public static Tensor groupNorm(Tensor x, int groups, double eps) {
        if (x.rank() < 2 || groups < 1 || x.dim(1) % groups != 0) {
            throw new IllegalArgumentException("groupNorm: got " + groups + " groups for " + x.shape()
                    + "; expected (B, C, ...) with C a multiple of the groups");
        }
        int rows = x.dim(0) * groups;
        Tensor flat = reshape(x, Shape.of(rows, rows == 0 ? 1 : x.shape().count() / rows));
        return reshape(layerNorm(flat, eps), x.shape());
    }

    /** x (1 + scale) + shift, broadcast: the modulation of adaptive normalisation. */
    public static Tensor modulate(Tensor x, Tensor shift, Tensor scale) {
        return mulAdd(x, scaleShift(scale, 1, 1), shift);
    }

    /**
     * Rows of a table (rows, width) picked by index.
     *
     * @throws IllegalArgumentException when an index is outside 0..rows-1
     */
    public static Tensor gatherRows(Tensor table, int[] index) {
        for (int i : index) {
            if (i < 0 || i >= table.dim(0)) {
                throw new IllegalArgumentException("gatherRows: got index " + i + " for a table of shape "
                        + table.shape() + "; expected 0.." + (table.dim(0) - 1));
            }
        }
        return Tensor.apply(new GatherRows(Tensor.of(table.device(), index, index.length)), table);
    }

    /** As {@link #gatherRows(Tensor, int[])} with the I32 index (count) on the device already, checked when it runs. */
    public static Tensor gatherRows(Tensor table, Tensor index) {
        return Tensor.apply(new GatherRows(index), table);
    }
}
