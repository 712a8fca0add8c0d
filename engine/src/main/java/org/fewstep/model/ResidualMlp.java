package org.fewstep.model;

import java.util.ArrayList;
import java.util.List;
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
 * Modulation, W_o and a start at zero, so the network starts at 0. Its features, the states behind the blocks, are images of one
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
    private final Linear condOut;
    private final Linear in;
    private final List<Block> blocks = new ArrayList<>();
    private final Linear outModulation;
    private final Linear out;
    private final Linear skip;

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
        this.condOut = child("condOut", new Linear(init.part("condOut"), cw, cw, 1));
        this.in = child("in", new Linear(init.part("in"), c.dim(), c.width(), 1));
        for (int i = 0; i < c.depth(); i++) {
            String name = blockName(i);
            blocks.add(child(name, new Block(init.part(name), c.width(), cw)));
        }
        this.outModulation = child("outModulation", new Linear(init.part("outModulation"), cw, 2 * c.width(), 0));
        this.out = child("out", new Linear(init.part("out"), c.width(), c.dim(), 0));
        this.skip = child("skip", new Linear(init.part("skip"), cw, c.dim(), 0));
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
    public List<Tensor> lastLayer() {
        return out.leaves();
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
        Tensor y = out.of(modulate(h, outModulation.of(c)));
        return Ops.reshape(Ops.mulAdd(skip.of(c), flat, y), x.shape());
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
