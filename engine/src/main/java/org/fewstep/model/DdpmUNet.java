package org.fewstep.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The U-Net of DDPM (Ho et al. 2020, arXiv:2006.11239) in the form of diffusers' UNet2DModel, whose parameter names and
 * layouts it carries, see {@link StateDict}.
 */
public final class DdpmUNet extends Module implements VelocityNet {
    private static final double POSITIONS = 10_000;

    private final DdpmUNetConfig config;
    private final FrequencyFeatures time;
    private final Linear timeIn;
    private final Linear timeOut;
    private final @Nullable ClassEmbedding labels;
    private final Conv in;
    private final List<Down> down = new ArrayList<>();
    private final DdpmBlock middleFirst;
    private final DdpmAttention middleAttention;
    private final DdpmBlock middleLast;
    private final List<Up> up = new ArrayList<>();
    private final GroupNorm outNorm;
    private final Conv out;

    /** A residual block, and attention behind it where the level has some. */
    private record Pair(DdpmBlock block, @Nullable DdpmAttention attention) {
        Tensor of(Tensor x, Tensor emb) {
            Tensor y = block.of(x, emb);
            return attention == null ? y : attention.of(y);
        }
    }

    private record Down(List<Pair> pairs, @Nullable Conv halve) {}

    private record Up(List<Pair> pairs, @Nullable Conv twice) {}

    /** A network with fresh parameters. */
    public DdpmUNet(Init init, DdpmUNetConfig c) {
        this.config = c;
        int start = c.widths().get(0);
        int levels = c.widths().size();
        this.time = child(
                "time_features",
                FrequencyFeatures.positional(init.part("time_features"), start, POSITIONS, c.endpoint()));
        this.timeIn = linear(init, "time_embedding.linear_1", start, c.condition());
        this.timeOut = linear(init, "time_embedding.linear_2", c.condition(), c.condition());
        this.labels = c.classes() == 0
                ? null
                : child(
                        "class_embedding",
                        new ClassEmbedding(init.part("class_embedding"), c.classes() - 1, c.condition()));
        this.in = child("conv_in", Conv.same(init.part("conv_in"), c.inChannels(), start, 3, 1));
        Deque<Integer> skips = new ArrayDeque<>(List.of(start));
        int width = start;
        for (int level = 0; level < levels; level++) {
            String name = "down_blocks." + level;
            List<Pair> pairs = new ArrayList<>();
            for (int j = 0; j < c.blocks(); j++) {
                pairs.add(pair(
                        init,
                        name,
                        j,
                        width,
                        c.widths().get(level),
                        c.downAttention().get(level)));
                width = c.widths().get(level);
                skips.push(width);
            }
            Conv halve = null;
            if (level + 1 < levels) {
                String conv = name + ".downsamplers.0.conv";
                halve = child(conv, new Conv(init.part(conv), width, width, 3, 2, 1, 1, 1));
                skips.push(width);
            }
            down.add(new Down(pairs, halve));
        }
        this.middleFirst = block(init, "mid_block.resnets.0", width, width);
        this.middleAttention =
                child("mid_block.attentions.0", new DdpmAttention(init.part("mid_block.attentions.0"), c, width));
        this.middleLast = block(init, "mid_block.resnets.1", width, width);
        for (int i = 0; i < levels; i++) {
            String name = "up_blocks." + i;
            int wide = c.widths().get(levels - 1 - i);
            List<Pair> pairs = new ArrayList<>();
            for (int j = 0; j <= c.blocks(); j++) {
                pairs.add(pair(
                        init,
                        name,
                        j,
                        width + skips.pop(),
                        wide,
                        c.upAttention().get(i)));
                width = wide;
            }
            String conv = name + ".upsamplers.0.conv";
            up.add(new Up(pairs, i + 1 < levels ? child(conv, Conv.same(init.part(conv), width, width, 3, 1)) : null));
        }
        this.outNorm = child("conv_norm_out", new GroupNorm(init, width, c.groups(), c.eps()));
        this.out = child("conv_out", Conv.same(init.part("conv_out"), width, c.outChannels(), 3, 1));
    }

    private Linear linear(Init init, String name, int from, int to) {
        return child(name, new Linear(init.part(name), from, to, 1));
    }

    private DdpmBlock block(Init init, String name, int from, int to) {
        return child(name, new DdpmBlock(init.part(name), config, from, to));
    }

    private Pair pair(Init init, String level, int j, int from, int to, boolean attends) {
        String name = level + ".attentions." + j;
        DdpmBlock block = block(init, level + ".resnets." + j, from, to);
        return new Pair(block, attends ? child(name, new DdpmAttention(init.part(name), config, to)) : null);
    }

    /** What the network was built from. */
    public DdpmUNetConfig config() {
        return config;
    }

    /** The network; {@code t} as it was trained with, 0 to 1000 in published weights. */
    @Override
    public Tensor v(Tensor x, Tensor t, Cond cond) {
        return call(x, () -> forward(x, t, cond.labels()));
    }

    private Tensor condition(Tensor t, @Nullable Tensor labelIndex) {
        Tensor f = time.of(t);
        if (!config.cosineFirst()) {
            Tensor[] halves = Ops.split(f, 1, 2);
            f = Ops.concat(1, halves[1], halves[0]);
        }
        Tensor emb = timeOut.of(Ops.silu(timeIn.of(f)));
        if (labels == null) {
            return emb;
        }
        if (labelIndex == null) {
            throw new IllegalArgumentException(
                    "unet: got no labels; expected one a sample; the table has no row for" + " no class");
        }
        return Ops.add(emb, labels.of(labelIndex, t.dim(0)));
    }

    private Tensor forward(Tensor input, Tensor t, @Nullable Tensor labelIndex) {
        if (input.rank() != 4
                || input.dim(1) != config.inChannels()
                || input.dim(2) != config.size()
                || input.dim(3) != config.size()) {
            throw new IllegalArgumentException("unet: got x " + input.shape() + "; expected (B, " + config.inChannels()
                    + ", " + config.size() + ", " + config.size() + ")");
        }
        // Every block applies silu to the condition first.
        Tensor emb = Ops.silu(condition(t, labelIndex));
        Deque<Tensor> skips = new ArrayDeque<>();
        Tensor x = in.of(input);
        skips.push(x);
        for (Down level : down) {
            for (Pair pair : level.pairs()) {
                x = pair.of(x, emb);
                skips.push(x);
            }
            if (level.halve() != null) {
                x = level.halve().of(x);
                skips.push(x);
            }
        }
        x = middleLast.of(middleAttention.of(middleFirst.of(x, emb)), emb);
        for (Up level : up) {
            for (Pair pair : level.pairs()) {
                x = pair.of(Ops.concat(1, x, skips.pop()), emb);
            }
            if (level.twice() != null) {
                x = level.twice().of(Ops.upsampleNearest(x, 2));
            }
        }
        return out.of(Ops.silu(outNorm.of(x)));
    }
}
