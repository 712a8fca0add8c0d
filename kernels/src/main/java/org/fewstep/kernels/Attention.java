package org.fewstep.kernels;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Multi-head self-attention O = P V, P = softmax(S) by rows, S = scale Q K^T, for each batch item and head, and its
 * derivatives of first and second order; memory beyond the operands is linear in the number of tokens.
 *
 * <p>Q, K, V stand in one buffer, the three parts of x. J is the Jacobian of O by x.
 */
public final class Attention extends Workload {
    /** What is computed. */
    public enum Code {
        /** O (laid out as out) from x */
        FORWARD,
        /** J d (laid out as out) for a direction d laid out as x; on request O as well, in the same pass */
        TANGENT,
        /** J^T g (laid out as x) for a cotangent g laid out as out */
        GRAD,
        /** gradient by x of (g . J d), laid out as x: the derivative of J^T g along d, and the backward of TANGENT */
        CURVATURE
    }

    /**
     * Where number (item, head, part, token, channel) stands: at the sum of index times step. The numbers fill a block of
     * batch heads tokens channels (times 3 where there are parts) without gaps.
     *
     * @param partStep step from Q to K and from K to V; 0 for an operand of one part
     */
    public record Heads(
            int batch,
            int heads,
            int tokens,
            int channels,
            int batchStep,
            int headStep,
            int partStep,
            int tokenStep,
            int channelStep) {
        public Heads {
            if (batch < 0 || heads < 1 || tokens < 0 || channels < 1) {
                throw new IllegalArgumentException("attention: got batch " + batch + ", heads " + heads + ", tokens "
                        + tokens + ", channels " + channels + "; expected at least 0, 1, 0 and 1");
            }
        }

        long size() {
            return (long) batch * heads * tokens * channels * (partStep == 0 ? 1 : 3);
        }
    }

    private final Code code;
    private final Heads in;
    private final Heads out;
    private final double scale;
    private final Buffer x;
    private final @Nullable Buffer d;
    private final @Nullable Buffer g;
    private final @Nullable Buffer value;
    private final Buffer result;

    /**
     * Describes the work.
     *
     * @param in layout of x, d and of the gradients, three parts
     * @param out layout of O, g and of the tangent, one part; equal batch, heads, tokens and channels
     * @param d direction for TANGENT and CURVATURE, else null
     * @param g cotangent for GRAD and CURVATURE, else null
     * @param value receives O beside the tangent, or null
     * @param result what the code computes
     */
    public Attention(
            Code code,
            Heads in,
            Heads out,
            double scale,
            Buffer x,
            @Nullable Buffer d,
            @Nullable Buffer g,
            @Nullable Buffer value,
            Buffer result) {
        super(
                Family.ATTENTION,
                Family.ATTENTION.label(code),
                result.dtype(),
                reads(x, d, g),
                value == null ? List.of(result) : List.of(result, value));
        this.code = code;
        requireFloating(label(), result);
        boolean directed = code == Code.TANGENT || code == Code.CURVATURE;
        boolean pulled = code == Code.GRAD || code == Code.CURVATURE;
        if (directed != (d != null) || pulled != (g != null) || (value != null && code != Code.TANGENT)) {
            throw new IllegalArgumentException(label() + ": got " + (d == null ? "no" : "a") + " direction, "
                    + (g == null ? "no" : "a") + " cotangent, " + (value == null ? "no" : "a")
                    + " value; expected those that the code names");
        }
        if (in.partStep() == 0
                || out.partStep() != 0
                || in.batch() != out.batch()
                || in.heads() != out.heads()
                || in.tokens() != out.tokens()
                || in.channels() != out.channels()) {
            throw new IllegalArgumentException(
                    label() + ": got " + in + " and " + out + "; expected three parts, one part, and equal sizes");
        }
        check("x", x, in.size());
        check("d", d, in.size());
        check("g", g, out.size());
        check("the value", value, out.size());
        check("the result", result, pulled ? in.size() : out.size());
        this.in = in;
        this.out = out;
        this.scale = scale;
        this.x = x;
        this.d = d;
        this.g = g;
        this.value = value;
        this.result = result;
    }

    private void check(String role, @Nullable Buffer buffer, long size) {
        if (buffer != null) {
            requireDType(label(), dtype(), buffer);
            requireSize(label(), role, buffer, size);
        }
    }

    private static List<Buffer> reads(Buffer x, @Nullable Buffer d, @Nullable Buffer g) {
        if (d == null) {
            return g == null ? List.of(x) : List.of(x, g);
        }
        return g == null ? List.of(x, d) : List.of(x, d, g);
    }

    public Code code() {
        return code;
    }

    public Heads in() {
        return in;
    }

    public Heads out() {
        return out;
    }

    public double scale() {
        return scale;
    }

    public Buffer x() {
        return x;
    }

    public @Nullable Buffer d() {
        return d;
    }

    public @Nullable Buffer g() {
        return g;
    }

    public @Nullable Buffer value() {
        return value;
    }

    public Buffer result() {
        return result;
    }

    @Override
    public long productFlops() {
        int products = switch (code) {
            case FORWARD -> 2;
            case TANGENT -> value == null ? 5 : 6;
            case GRAD -> 5;
            case CURVATURE -> 10;
        };
        return 2L * products * in.batch() * in.heads() * in.tokens() * in.tokens() * in.channels();
    }

    @Override
    public long flops() {
        return productFlops() + 8L * in.batch() * in.heads() * in.tokens() * in.tokens();
    }
}
