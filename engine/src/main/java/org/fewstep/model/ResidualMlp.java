package org.fewstep.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A residual network over flattened samples, modulated by times and class as in DiT's adaLN (Peebles and Xie 2022,
 * arXiv:2212.09748), without attention.
 *
 * <p>c = silu(W_c silu(W_t phi(t) + W_s phi(second) + e_class + e(guidance))); block: h + W2 silu(W1 ((1 + scale) norm(h) + shift)) with
 * (scale, shift) linear in c; out = W_o ((1 + scale) norm(h) + shift) + a x with a, one number a coordinate, linear in c.
 * The last term carries the noise part of a velocity past the hidden width, which may be smaller than the sample.
 * A second head beside W_o, with a modulation and a of its own, can give the velocity, and the interval of guidance can be an
 * input as the scale is. Modulation, W_o and a start at zero, so the network starts at 0. Its features, the states behind the blocks, are images of one
 * pixel.
 */
public final class ResidualMlp extends FlowNetwork implements FeatureNet {
    private static final double EPS = 1e-6;

    private final ResidualMlpConfig config;
    private final TimeFeatures time;
    private final @Nullable TimeFeatures second;
    private final Linear timeIn;
    private final @Nullable Linear secondIn;
    private final @Nullable ClassEmbedding labels;
    private final @Nullable ScalarEmbedder guidance;
    private final @Nullable ScalarEmbedder guidanceFrom;
    private final @Nullable ScalarEmbedder guidanceTo;
    private final Linear condOut;
    private final Linear in;
    private final List<Block> blocks = new ArrayList<>();
    private final Head head;
    private final @Nullable Head velocity;

    /** W_o ((1 + scale) norm(h) + shift) + a x. */
    private static final class Head {
        private final Linear modulation;
        private final Linear out;
        private final Linear skip;

        Head(Linear modulation, Linear out, Linear skip) {
            this.modulation = modulation;
            this.out = out;
            this.skip = skip;
        }

        /** (B, dim) of the hidden state (B, width), the condition (B, condition width) and the state (B, dim). */
        Tensor of(Tensor h, Tensor c, Tensor flat) {
            return Ops.mulAdd(skip.of(c), flat, out.of(modulate(h, modulation.of(c))));
        }
    }

    private static final class Block extends Module {
        private final Linear modulation;
        private final Linear first;
        private final Linear last;

        Block(Init init, int width, int condWidth) {
            this.modulation = child("modulation", new Linear(init.part("modulation"), condWidth, 2 * width, 0));
            this.first = child("first", new Linear(init.part("first"), width, width, 1));
            this.last = child("last", new Linear(init.part("last"), width, width, 1));
        }

        Tensor of(Tensor h, Tensor c) {
            return Ops.add(h, last.of(first.of(modulate(h, modulation.of(c)), org.fewstep.op.Activation.SILU)));
        }
    }

    ResidualMlp(Init init, ResidualMlpConfig c) {
        this.config = c;
        int cw = c.condWidth();
        this.time = child("time", features(init, "time", c));
        this.timeIn = child("timeIn", new Linear(init.part("timeIn"), c.timeWidth(), cw, 1));
        this.second = c.times() == 1 ? null : child("second", features(init, "second", c));
        this.secondIn =
                c.times() == 1 ? null : child("secondIn", new Linear(init.part("secondIn"), c.timeWidth(), cw, 1));
        this.labels =
                c.classes() == 0 ? null : child("labels", new ClassEmbedding(init.part("labels"), c.classes(), cw));
        this.guidance = c.guided() ? child("guidance", new ScalarEmbedder(init.part("guidance"), cw, 1)) : null;
        this.guidanceFrom =
                c.intervals() ? child("guidanceFrom", new ScalarEmbedder(init.part("guidanceFrom"), cw, 1)) : null;
        this.guidanceTo =
                c.intervals() ? child("guidanceTo", new ScalarEmbedder(init.part("guidanceTo"), cw, 1)) : null;
        this.condOut = child("condOut", new Linear(init.part("condOut"), cw, cw, 1));
        this.in = child("in", new Linear(init.part("in"), c.dim(), c.width(), 1));
        for (int i = 0; i < c.depth(); i++) {
            String name = blockName(i);
            blocks.add(child(name, new Block(init.part(name), c.width(), cw)));
        }
        this.head = head(init, c, "outModulation", "out", "skip");
        this.velocity = c.velocityHead() ? head(init, c, "velocityModulation", "velocityOut", "velocitySkip") : null;
    }

    private Head head(Init init, ResidualMlpConfig c, String modulation, String out, String skip) {
        int cw = c.condWidth();
        return new Head(
                child(modulation, new Linear(init.part(modulation), cw, 2 * c.width(), 0)),
                child(out, new Linear(init.part(out), c.width(), c.dim(), 0)),
                child(skip, new Linear(init.part(skip), cw, c.dim(), 0)));
    }

    private static TimeFeatures features(Init init, String name, ResidualMlpConfig c) {
        return new TimeFeatures(init.part(name), c.timeEncoding(), c.timeWidth(), c.maxFrequency());
    }

    /** (1 + scale) norm(h) + shift, (scale, shift) the halves of m. */
    private static Tensor modulate(Tensor h, Tensor m) {
        int width = h.dim(1);
        Tensor scale = Ops.slice(m, 1, 0, width);
        Tensor shift = Ops.slice(m, 1, width, 2 * width);
        return Ops.modulatedLayerNorm(h, shift, scale, EPS);
    }

    @Override
    public ResidualMlpConfig config() {
        return config;
    }

    @Override
    @Nullable
    Module second() {
        return secondIn;
    }

    @Override
    public List<Tensor> lastLayer() {
        return head.out.leaves();
    }

    private static String blockName(int i) {
        return "blocks." + i;
    }

    /** One tap a block, named as its module: {@code blocks.0} and so on. */
    @Override
    public List<Tap> taps() {
        List<Tap> taps = new ArrayList<>();
        for (int i = 0; i < config.depth(); i++) {
            taps.add(new Tap(blockName(i), config.width(), 1));
        }
        return taps;
    }

    @Override
    public List<Tensor> features(Tensor x, Tensor t, Cond cond, List<String> names) {
        TapReader reader = TapReader.of(this, names);
        return callAll(x, () -> {
            hidden(flat(x), condition(x, t, t, cond), reader);
            return reader.states(names);
        });
    }

    @Override
    protected Tensor forward(Tensor x, Tensor from, Tensor to, Cond cond) {
        Tensor c = condition(x, from, to, cond);
        Tensor flat = flat(x);
        Tensor h = hidden(flat, c, TapReader.NONE);
        return Ops.reshape(head.of(h, c, flat), x.shape());
    }

    @Override
    protected List<Tensor> forwardHeads(Tensor x, Tensor from, Tensor to, Cond cond) {
        Head second = Objects.requireNonNull(velocity);
        Tensor c = condition(x, from, to, cond);
        Tensor flat = flat(x);
        Tensor h = hidden(flat, c, TapReader.NONE);
        return List.of(Ops.reshape(head.of(h, c, flat), x.shape()), Ops.reshape(second.of(h, c, flat), x.shape()));
    }

    private Tensor flat(Tensor x) {
        return Ops.reshape(x, Shape.of(x.dim(0), config.dim()));
    }

    /** c (B, condition width). */
    private Tensor condition(Tensor x, Tensor from, Tensor to, Cond cond) {
        Tensor c = timeIn.of(time.of(from));
        if (second != null && secondIn != null) {
            c = Ops.add(c, secondIn.of(second.of(config.pair() == TimePair.SPAN ? Ops.sub(from, to) : to)));
        }
        if (labels != null) {
            c = Ops.add(c, labels.of(cond.labels(), x.dim(0)));
        }
        if (guidance != null) {
            c = Ops.add(c, guidance.of(cond.scales(x)));
        }
        if (guidanceFrom != null && guidanceTo != null) {
            TwoHeadNet.Interval interval = cond.interval(x);
            c = Ops.add(c, Ops.add(guidanceFrom.of(interval.from()), guidanceTo.of(interval.to())));
        }
        return condOut.of(Ops.silu(c), org.fewstep.op.Activation.SILU);
    }

    /** h (B, width) behind the last block, or behind the last tap that is read. */
    private Tensor hidden(Tensor flat, Tensor c, TapReader reader) {
        Tensor h = in.of(flat);
        for (int i = 0; i < blocks.size(); i++) {
            h = blocks.get(i).of(h, c);
            String name = blockName(i);
            if (reader.wants(name) && reader.take(name, Ops.reshape(h, Shape.of(h.dim(0), config.width(), 1, 1)))) {
                break;
            }
        }
        return h;
    }
}
