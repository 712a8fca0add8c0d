package org.fewstep.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One pass over all parameters: the optimizer step, the exponential moving average, or the norm of all gradients.
 *
 * <p>Lists run in parallel: entry i of {@code p}, {@code g}, {@code m}, {@code v} belongs to parameter i and has its
 * size. Scalars that change from step to step are slots; attributes never change.
 */
public final class Update extends Workload {
    /** What is done. */
    public enum Code {
        /**
         * Adam family, for each element, with c = clip[1]: g' = c g; m = beta1 m + (1 - beta1) g'; v = beta2 v + (1 -
         * beta2) g' g'; p = decay p - rate m / d, where d = sqrt(v) root + eps if adaptive is 1 and d = 1 if it is 0.
         * Lists: p, g, m, v. Slots: decay, rate, root, adaptive. Attributes: beta1, beta2, eps.
         */
        ADAM,
        /** p = decay p + (1 - decay) g for each element. Lists: p (average), g (source). Slots: decay. */
        EMA,
        /**
         * out[0] = sqrt of the sum of squares of all g, out[1] = min(1, limit / (out[0] + 1e-6)), out[2] = 1 if out[0]
         * is not finite, else 0. The sum is a tree fixed by the sizes. Lists: g. Slots: limit (infinity switches
         * clipping off).
         */
        GRAD_NORM
    }

    private final Code code;
    private final List<Buffer> p;
    private final List<Buffer> g;
    private final List<Buffer> m;
    private final List<Buffer> v;
    private final List<Slot> slots;
    private final double[] attributes;
    private final Buffer clip;

    private Update(
            Code code,
            List<Buffer> p,
            List<Buffer> g,
            List<Buffer> m,
            List<Buffer> v,
            List<Slot> slots,
            double[] attributes,
            Buffer clip,
            List<Buffer> reads,
            List<Buffer> writes) {
        super(Family.UPDATE, Family.UPDATE.label(code), dtype(code, writes), reads, writes);
        this.code = code;
        this.p = List.copyOf(p);
        this.g = List.copyOf(g);
        this.m = List.copyOf(m);
        this.v = List.copyOf(v);
        this.slots = List.copyOf(slots);
        this.attributes = attributes.clone();
        this.clip = clip;
        for (Buffer buffer : writes) {
            requireFloating(label(), buffer);
            requireDType(label(), dtype(), buffer);
        }
        for (Buffer buffer : reads) {
            requireDType(label(), dtype(), buffer);
        }
        for (List<Buffer> list : List.of(p, m, v)) {
            if (!list.isEmpty() && list.size() != g.size()) {
                throw new IllegalArgumentException(label() + ": got lists of " + list.size() + " and " + g.size()
                        + " buffers; expected as many in each");
            }
            for (int i = 0; i < list.size(); i++) {
                if (list.get(i).size() != g.get(i).size()) {
                    throw new IllegalArgumentException(label() + ": got sizes "
                            + list.get(i).size() + " and " + g.get(i).size() + " for parameter " + i
                            + "; expected equal sizes");
                }
            }
        }
    }

    private static DType dtype(Code code, List<Buffer> writes) {
        if (writes.isEmpty()) {
            throw new IllegalArgumentException(
                    "update " + code.name().toLowerCase(Locale.ROOT) + ": got no parameters; expected at least one");
        }
        return writes.get(0).dtype();
    }

    /**
     * The Adam family's step.
     *
     * @param clip GRAD_NORM's output (3); element 1 is the factor of the gradient
     */
    public static Update adam(
            List<Buffer> p,
            List<Buffer> g,
            List<Buffer> m,
            List<Buffer> v,
            Slot decay,
            Slot rate,
            Slot root,
            Slot adaptive,
            double beta1,
            double beta2,
            double eps,
            Buffer clip) {
        List<Buffer> reads = new ArrayList<>(g);
        for (Slot slot : List.of(decay, rate, root, adaptive)) {
            reads.add(slot.buffer());
        }
        reads.add(clip);
        List<Buffer> writes = new ArrayList<>(p);
        writes.addAll(m);
        writes.addAll(v);
        requireSize("update adam", "the clip factor", clip, 3);
        return new Update(
                Code.ADAM,
                p,
                g,
                m,
                v,
                List.of(decay, rate, root, adaptive),
                new double[] {beta1, beta2, eps},
                clip,
                reads,
                writes);
    }

    /** Moves averages towards their sources. */
    public static Update ema(List<Buffer> average, List<Buffer> source, Slot decay) {
        List<Buffer> reads = new ArrayList<>(source);
        reads.add(decay.buffer());
        return new Update(
                Code.EMA,
                average,
                source,
                List.of(),
                List.of(),
                List.of(decay),
                new double[0],
                decay.buffer(),
                reads,
                average);
    }

    /**
     * The norm of all gradients and the clip factor.
     *
     * @param out 3 elements: norm, factor, not-finite flag
     */
    public static Update gradNorm(List<Buffer> g, Slot limit, Buffer out) {
        List<Buffer> reads = new ArrayList<>(g);
        reads.add(limit.buffer());
        requireSize("update grad_norm", "the output", out, 3);
        return new Update(
                Code.GRAD_NORM,
                List.of(),
                g,
                List.of(),
                List.of(),
                List.of(limit),
                new double[0],
                out,
                reads,
                List.of(out));
    }

    public Code code() {
        return code;
    }

    public List<Buffer> p() {
        return p;
    }

    public List<Buffer> g() {
        return g;
    }

    public List<Buffer> m() {
        return m;
    }

    public List<Buffer> v() {
        return v;
    }

    public Slot slot(int i) {
        return slots.get(i);
    }

    public double attribute(int i) {
        return attributes[i];
    }

    /** ADAM: (3) norm, factor, flag; GRAD_NORM: where these go. */
    public Buffer clip() {
        return clip;
    }

    @Override
    public long flops() {
        long n = 0;
        for (Buffer buffer : g) {
            n += buffer.size();
        }
        return n * (code == Code.ADAM ? 12 : 2);
    }
}
