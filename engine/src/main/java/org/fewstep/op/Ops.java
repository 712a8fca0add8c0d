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
        Args.requireFinite("leakyRelu", "slope", slope);
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

    /** 1 where x &lt; y, else 0. */
    public static Tensor less(Tensor x, Tensor y) {
        Args.requireBroadcast("less", x, y);
        return greater(y, x);
    }

    /** 1 where x &lt;= y, else 0. */
    public static Tensor lessEqual(Tensor x, Tensor y) {
        Args.requireBroadcast("lessEqual", x, y);
        return greaterEqual(y, x);
    }

    /** 1 where x == y, else 0. */
    public static Tensor equal(Tensor x, Tensor y) {
        return Tensor.apply(new Equal(), x, y);
    }

    /** 1 where x != y, else 0; NaN differs from everything. */
    public static Tensor notEqual(Tensor x, Tensor y) {
        Args.requireBroadcast("notEqual", x, y);
        return scaleShift(equal(x, y), -1, 1);
    }

    /** factor x, factor finite. */
    public static Tensor scale(Tensor x, double factor) {
        Args.requireFinite("scale", "factor", factor);
        Args.requireFloats("scale", x);
        return scaleShift(x, factor, 0);
    }

    /** factor x + shift, both finite. */
    public static Tensor scaleShift(Tensor x, double factor, double shift) {
        Args.requireFinite("scaleShift", "factor", factor);
        Args.requireFinite("scaleShift", "shift", shift);
        return Tensor.apply(new ScaleShift(factor, shift), x);
    }

    /**
     * c0 x0 + c1 x1 + ..., all x of one shape, added in their order with one rounding a term; 8 terms a kernel.
     *
     * @param coefficients finite, one a tensor
     */
    public static Tensor weightedSum(double[] coefficients, Tensor... x) {
        return WeightedSum.of(coefficients, x);
    }

    /** x^exponent, exponent finite. */
    public static Tensor pow(Tensor x, double exponent) {
        Args.requireFinite("pow", "exponent", exponent);
        return Tensor.apply(new Pow(exponent), x);
    }

    /** x^exponent for each point, broadcast; the slope in the exponent is 0 where x is 0. */
    public static Tensor pow(Tensor x, Tensor exponent) {
        return Tensor.apply(new Power(), x, exponent);
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
        return x.shape().equals(shape) ? live("broadcastTo", x) : Tensor.apply(new BroadcastTo(shape), x);
    }

    /** The transpose of {@link #broadcastTo}: sums over what was repeated. */
    public static Tensor sumTo(Tensor x, Shape shape) {
        return Reductions.sumTo(x, shape);
    }

    /** Sum over the given axes, which disappear; over all of them when none is given. */
    public static Tensor sum(Tensor x, int... axes) {
        Args.requireFloats("sum", x);
        return Reductions.sum(x, Reductions.axes("sum", x, axes), 1);
    }

    /** Mean over the given axes, which disappear; over all of them when none is given. */
    public static Tensor mean(Tensor x, int... axes) {
        Args.requireFloats("mean", x);
        return Reductions.mean("mean", x, axes);
    }

    /** Sum over one axis, kept as size 1. */
    public static Tensor sumKeep(Tensor x, int axis) {
        Args.requireFloats("sumKeep", x);
        List<Integer> list = Reductions.axes("sumKeep", x, axis);
        return reshape(Reductions.sum(x, list, 1), Reductions.kept(x, list));
    }

    /** Mean over one axis, kept as size 1. */
    public static Tensor meanKeep(Tensor x, int axis) {
        Args.requireFloats("meanKeep", x);
        List<Integer> list = Reductions.axes("meanKeep", x, axis);
        return reshape(Reductions.mean("meanKeep", x, axis), Reductions.kept(x, list));
    }

    /** Greatest element over the last axis, kept as size 1; ties share the derivative equally. */
    public static Tensor max(Tensor x) {
        return Tensor.apply(new MaxAlong(), x);
    }

    /** Greatest element over the given axes, which disappear; over all of them when none is given. Ties share. */
    public static Tensor greatest(Tensor x, int... axes) {
        return Reductions.greatest("greatest", x, axes);
    }

    /** Least element over the given axes, which disappear; over all of them when none is given. Ties share. */
    public static Tensor least(Tensor x, int... axes) {
        Args.requireFloats("least", x);
        return neg(Reductions.greatest("least", neg(x), axes));
    }

    /**
     * Index (I32) of the greatest element along one axis, which disappears: the first of equals, the first NaN if any. It
     * has no derivative and throws {@link IllegalStateException} when asked for one.
     */
    public static Tensor argMax(Tensor x, int axis) {
        return Tensor.apply(new ArgMax(Args.axis("argMax", x, axis)), x);
    }

    /** Mean of (x - mean)^2 over the given axes, which disappear; over all of them when none is given. */
    public static Tensor variance(Tensor x, int... axes) {
        return Reductions.variance(x, axes);
    }

    /** Sum of |x| over the given axes, which disappear; over all of them when none is given. Slope 0 at 0. */
    public static Tensor norm1(Tensor x, int... axes) {
        Args.requireFloats("norm1", x);
        return Reductions.sum(abs(x), Reductions.axes("norm1", x, axes), 1);
    }

    /**
     * Euclidean norm over the given axes, which disappear; over all of them when none is given. Where all numbers are 0,
     * the derivatives of every order are 0.
     */
    public static Tensor norm(Tensor x, int... axes) {
        return Reductions.norm(x, axes);
    }

    /**
     * ln sum e^x over the given axes, which disappear; over all of them when none is given. Stable for all finite x and for
     * -infinity.
     */
    public static Tensor logSumExp(Tensor x, int... axes) {
        return Reductions.logSumExp(x, axes);
    }

    /** Running sum along one axis. */
    public static Tensor cumSum(Tensor x, int axis) {
        return Tensor.apply(new CumSum(Args.axis("cumSum", x, axis), false), x);
    }

    /** The same elements with another shape; one size may be -1. */
    public static Tensor reshape(Tensor x, int... sizes) {
        int free = -1;
        long known = 1;
        boolean fits = true;
        for (int d = 0; d < sizes.length; d++) {
            if (sizes[d] == -1 && free < 0) {
                free = d;
            } else {
                fits &= sizes[d] >= 0;
                known *= sizes[d];
            }
        }
        int count = x.shape().count();
        if (!fits || (free < 0 ? known != count : known == 0 || count % known != 0)) {
            throw new IllegalArgumentException("reshape: got " + x.shape() + " for " + Arrays.toString(sizes)
                    + "; expected as many elements, and at most one size of -1, which they determine");
        }
        int[] full = sizes.clone();
        if (free >= 0) {
            full[free] = (int) (count / known);
        }
        return reshape(x, Shape.of(full));
    }

    /** The same elements with another shape. */
    public static Tensor reshape(Tensor x, Shape shape) {
        return x.shape().equals(shape) ? live("reshape", x) : Tensor.apply(new Reshape(shape), x);
    }

    private static Tensor live(String name, Tensor x) {
        Args.requireLive(name, x);
        return x;
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
        int d = Args.axis("slice", x, axis);
        if (from < 0 || from > to || to > x.dim(d)) {
            throw new IllegalArgumentException("slice: got " + from + " to " + to + " of axis " + axis + " of "
                    + x.shape() + "; expected 0 <= from <= to <= size");
        }
        return from == 0 && to == x.dim(d) ? live("slice", x) : Tensor.apply(new Slice(d, from, to), x);
    }

    /** x with zeros before and after along one axis. */
    public static Tensor pad(Tensor x, int axis, int before, int after) {
        int d = Args.axis("pad", x, axis);
        if (before < 0 || after < 0 || (long) x.dim(d) + before + after > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("pad: got " + before + " before and " + after + " after axis " + axis
                    + " of " + x.shape() + "; expected at least 0 each and a size below 2^31");
        }
        return Tensor.apply(new Pad(d, before, after), x);
    }

    /** The tensors one after another along one axis. */
    public static Tensor concat(int axis, Tensor... xs) {
        if (xs.length == 0) {
            throw new IllegalArgumentException("concat: got no tensors; expected at least one");
        }
        int d = Args.axis("concat", xs[0], axis);
        return xs.length == 1 ? live("concat", xs[0]) : Tensor.apply(new Concat(d), xs);
    }

    /** The tensors, all of one shape, side by side along a new axis. */
    public static Tensor stack(int axis, Tensor... xs) {
        return Pieces.stack(axis, xs);
    }

    /** Equal pieces along one axis, in order. */
    public static Tensor[] split(Tensor x, int axis, int pieces) {
        return Pieces.split(x, axis, pieces);
    }

    /** Pieces of the given lengths along one axis, in order. */
    public static Tensor[] split(Tensor x, int axis, int[] lengths) {
        return Pieces.split(x, axis, lengths);
    }

    /** A B, see {@link #matmul(Tensor, Tensor, boolean, boolean)}. */
    public static Tensor matmul(Tensor a, Tensor b) {
        return matmul(a, b, false, false);
    }

    /**
     * op(A) op(B) with op a transpose of the last two axes where asked; the axes before them are a batch, broadcast.
     *
     * @param a op(a) is (..., M, K)
     * @param b op(b) is (..., K, N)
     * @return (..., M, N)
     */
    public static Tensor matmul(Tensor a, Tensor b, boolean transA, boolean transB) {
        return Products.matmul(a, b, transA, transB);
    }

    /** x W + b for x (..., K), W (K, N), b (N). */
    public static Tensor linear(Tensor x, Tensor w, Tensor b) {
        Args.requireFloats("linear", x, w, b);
        return Products.like(x, Tensor.apply(new Linear(), Products.rows("linear", x, w), w, b));
    }

    /** f(x W + b) for x (..., K), W (K, N), b (N), in one kernel. */
    public static Tensor linear(Tensor x, Tensor w, Tensor b, Activation f) {
        Args.requireFloats("linear", x, w, b);
        return Products.like(x, LinearActivation.of(f, Products.rows("linear", x, w), w, b));
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
        return Conv2dInput.of(x, w, stride, padding, outputPadding, groups);
    }

    /** Mean of each factor x factor block of images (B, C, H, W), H and W multiples of the factor. */
    public static Tensor averagePool(Tensor x, int factor) {
        return Images.averagePool(x, factor);
    }

    /** Images (B, C, H, W) with each pixel repeated to a factor x factor block. */
    public static Tensor upsampleNearest(Tensor x, int factor) {
        return Images.upsampleNearest(x, factor);
    }

    /** Softmax over the last axis. */
    public static Tensor softmax(Tensor x) {
        return Tensor.apply(new Softmax(), x);
    }

    /** Softmax over one axis. */
    public static Tensor softmax(Tensor x, int axis) {
        Args.requireFloats("softmax", x);
        int d = Args.axis("softmax", x, axis);
        return swapped(softmax(swapped(x, d)), d);
    }

    /** Logarithm of softmax over the last axis. */
    public static Tensor logSoftmax(Tensor x) {
        return Tensor.apply(new LogSoftmax(), x);
    }

    /** Logarithm of softmax over one axis. */
    public static Tensor logSoftmax(Tensor x, int axis) {
        Args.requireFloats("logSoftmax", x);
        int d = Args.axis("logSoftmax", x, axis);
        return swapped(logSoftmax(swapped(x, d)), d);
    }

    /** x with axis d and the last one exchanged. */
    private static Tensor swapped(Tensor x, int d) {
        int last = x.rank() - 1;
        if (d == last) {
            return x;
        }
        int[] order = new int[x.rank()];
        Arrays.setAll(order, i -> i == d ? last : i == last ? d : i);
        return permute(x, order);
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
        return AttentionRun.of(q, k, v, scale);
    }

    /**
     * Multi-head self-attention with scores divided by sqrt(C), in memory linear in the tokens.
     *
     * @param qkv (B, T, 3 heads C), the last axis laid out [q, k, v][head][channel]
     * @return (B, T, heads C)
     */
    public static Tensor selfAttention(Tensor qkv, int heads) {
        int channels = (qkv.rank() == 0 ? 0 : qkv.dim(-1)) / 3 / Math.max(1, heads);
        return new AttentionRun(QkvLayout.TOKENS, heads, 1 / Math.sqrt(Math.max(1, channels))).value(qkv);
    }

    /**
     * Self-attention over the pixels of images with scores divided by sqrt(C), in memory linear in the pixels.
     *
     * @param qkv (N, C, 3, T), N = batch times heads, T pixels
     * @return (N, C, T)
     */
    public static Tensor pixelAttention(Tensor qkv) {
        double scale = 1 / Math.sqrt(qkv.rank() == 4 ? Math.max(1, qkv.dim(1)) : 1);
        return new AttentionRun(QkvLayout.CHANNELS, 1, scale).value(qkv);
    }

    /** (x - mean) / sqrt(variance + eps) over the last axis. */
    public static Tensor layerNorm(Tensor x, double eps) {
        return Tensor.apply(new RowNorm(true, eps), x);
    }

    /** Layer norm times scale plus shift in one kernel; scale and shift repeat to x, as (N) for x (..., N) does. */
    public static Tensor layerNorm(Tensor x, Tensor scale, Tensor shift, double eps) {
        return ScaledNorm.of(new NormForm(true, eps, 0), 0, x, scale, shift);
    }

    /**
     * Adaptive layer norm, layerNorm(x) (1 + scale) + shift, in one kernel.
     *
     * @param x (B, ..., N)
     * @param shift repeats to x, as (B, 1, N) for one row a sample
     * @param scale as {@code shift}
     */
    public static Tensor modulatedLayerNorm(Tensor x, Tensor shift, Tensor scale, double eps) {
        return ScaledNorm.of(new NormForm(true, eps, 0), 1, x, scale, shift);
    }

    /** x / sqrt(mean(x^2) + eps) over the last axis. */
    public static Tensor rmsNorm(Tensor x, double eps) {
        return Tensor.apply(new RowNorm(false, eps), x);
    }

    /** RMS norm times scale in one kernel; scale repeats to x, as (N) for x (..., N) does. */
    public static Tensor rmsNorm(Tensor x, Tensor scale, double eps) {
        return ScaledNorm.of(new NormForm(false, eps, 0), 0, x, scale, null);
    }

    /** Adaptive RMS norm, rmsNorm(x) (1 + scale) + shift, as {@link #modulatedLayerNorm}. */
    public static Tensor modulatedRmsNorm(Tensor x, Tensor shift, Tensor scale, double eps) {
        return ScaledNorm.of(new NormForm(false, eps, 0), 1, x, scale, shift);
    }

    /**
     * Each group of neighbouring channels of a sample normalised over its channels and all places.
     *
     * @param x (B, C, ...), C a multiple of {@code groups}
     */
    public static Tensor groupNorm(Tensor x, int groups, double eps) {
        NormForm form = NormForm.ofGroups(eps, groups);
        form.requireFit(x);
        return form.of(x);
    }

    /**
     * Group norm times scale plus shift in one kernel.
     *
     * @param x (B, C, ...), C a multiple of {@code groups}
     * @param scale (C, 1, ...) for all samples or (B, C, 1, ...) for each
     * @param shift as {@code scale}
     */
    public static Tensor groupNorm(Tensor x, int groups, Tensor scale, Tensor shift, double eps) {
        return ScaledNorm.of(NormForm.ofGroups(eps, groups), 0, x, scale, shift);
    }

    /** Adaptive group norm, groupNorm(x) (1 + scale) + shift, in one kernel; tables as for {@link #groupNorm}. */
    public static Tensor modulatedGroupNorm(Tensor x, int groups, Tensor shift, Tensor scale, double eps) {
        return ScaledNorm.of(NormForm.ofGroups(eps, groups), 1, x, scale, shift);
    }

    /** x (1 + scale) + shift, broadcast: the modulation of adaptive normalisation. */
    public static Tensor modulate(Tensor x, Tensor shift, Tensor scale) {
        Args.requireBroadcast("modulate", x, scale, shift);
        return mulAdd(x, scaleShift(scale, 1, 1), shift);
    }

    /**
     * Rows of a table (rows, width) picked by index: (count, width).
     *
     * @throws IllegalArgumentException when an index is outside 0..rows-1
     */
    public static Tensor gatherRows(Tensor table, int[] index) {
        return Picking.gatherRows(table, index);
    }

    /** As {@link #gatherRows(Tensor, int[])} with the I32 index (count) on the device already, checked when it runs. */
    public static Tensor gatherRows(Tensor table, Tensor index) {
        return Tensor.apply(new GatherRows(index), table);
    }

    /** Rows of x (count, width) added to a zero table (rows, width): row i to row index[i]. */
    public static Tensor scatterAddRows(Tensor x, int[] index, int rows) {
        return Picking.scatterAddRows(x, index, rows);
    }

    /** As {@link #scatterAddRows(Tensor, int[], int)} with the I32 index (count) on the device already. */
    public static Tensor scatterAddRows(Tensor x, Tensor index, int rows) {
        return Tensor.apply(new ScatterAddRows(index, rows), x);
    }

    /** One element of each row of the last axis, which disappears: the index[r]-th of row r, rows in order. */
    public static Tensor pick(Tensor x, int[] index) {
        return Picking.pick(x, index);
    }
}
