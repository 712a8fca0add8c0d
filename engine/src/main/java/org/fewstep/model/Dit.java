package org.fewstep.model;

import java.util.ArrayList;
import java.util.List;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The diffusion transformer: images in patches, a fixed position table, {@link DitBlock}s modulated by times and class
 * (Peebles and Xie 2022, arXiv:2212.09748), and SiT with the same blocks (Ma et al. 2024, arXiv:2401.08740).
 *
 * <p>Parameters carry the published names and layouts, see {@link StateDict}. Beyond the published form: a second time (an
 * embedder of its own, added to the condition), the guidance scale as an input, RMS normalisation.
 */
public final class Dit extends FlowNetwork implements FeatureNet {
    private final DitConfig config;
    private final PatchEmbedding patches;
    private final Parameter positions;
    private final ScalarEmbedder time;
    private final @Nullable ScalarEmbedder second;
    private final @Nullable ScalarEmbedder guidance;
    private final @Nullable ClassEmbedding labels;
    private final List<DitBlock> blocks = new ArrayList<>();
    private final Linear lastModulation;
    private final Linear last;
    private final DitNorm lastNorm;

    /** A network with fresh parameters, which outputs zero until it is trained. */
    public Dit(Init init, DitConfig c) {
        this.config = c;
        int d = c.width();
        int tokens = c.grid() * c.grid();
        this.patches =
                child("x_embedder.proj", new PatchEmbedding(init.part("x_embedder"), c.channels(), d, c.patch()));
        this.positions = constant(init, "pos_embed", Shape.of(1, tokens, d), PositionTable.grid(d, c.grid()));
        this.time = child("t_embedder", new ScalarEmbedder(init.part("t_embedder"), d, c.timeFactor()));
        this.second = c.times() == 1
                ? null
                : child("r_embedder", new ScalarEmbedder(init.part("r_embedder"), d, c.timeFactor()));
        this.guidance = c.guided() ? child("w_embedder", new ScalarEmbedder(init.part("w_embedder"), d, 1)) : null;
        // The table's last row is the null label; without one the last class has it.
        int named = c.nullLabel() ? c.classes() : c.classes() - 1;
        this.labels = c.classes() == 0
                ? null
                : child("y_embedder.embedding_table", new ClassEmbedding(init.part("y_embedder"), named, d));
        for (int i = 0; i < c.depth(); i++) {
            String name = blockName(i);
            blocks.add(child(name, new DitBlock(init.part(name), c)));
        }
        this.lastNorm = new DitNorm(c.rms());
        this.lastModulation =
                child("final_layer.adaLN_modulation.1", new Linear(init.part("final_modulation"), d, 2 * d, 0));
        this.last = child(
                "final_layer.linear", new Linear(init.part("final"), d, c.patch() * c.patch() * c.outChannels(), 0));
    }

    @Override
    public DitConfig config() {
        return config;
    }

    @Override
    @Nullable
    Module second() {
        return second == null ? null : second.last();
    }

    @Override
    public List<Tensor> lastLayer() {
        return last.leaves();
    }

    @Override
    protected Tensor forward(Tensor x, Tensor from, Tensor to, Cond cond) {
        Tensor y = all(x, from, to, cond);
        return config.learnSigma() ? Ops.slice(y, 1, 0, config.channels()) : y;
    }

    /** All output channels (B, C or 2 C, size, size) at one time t (B). */
    public Tensor channels(Tensor x, Tensor t, Cond cond) {
        return call(x, () -> all(x, t, t, cond));
    }

    /** One tap a block, named as its module: {@code blocks.0} and so on. */
    @Override
    public List<Tap> taps() {
        List<Tap> taps = new ArrayList<>();
        for (int i = 0; i < config.depth(); i++) {
            taps.add(new Tap(blockName(i), config.width(), config.grid()));
        }
        return taps;
    }

    @Override
    public List<Tensor> features(Tensor x, Tensor t, Cond cond, List<String> names) {
        TapReader reader = TapReader.of(this, names);
        return callAll(x, () -> {
            tokens(x, Ops.silu(condition(x, t, t, cond)), reader);
            return reader.states(names);
        });
    }

    private static String blockName(int i) {
        return "blocks." + i;
    }

    private Tensor all(Tensor x, Tensor from, Tensor to, Cond cond) {
        Tensor c = Ops.silu(condition(x, from, to, cond)); // (B, D)
        Tensor h = tokens(x, c, TapReader.NONE);
        Tensor[] m = Ops.split(Ops.reshape(lastModulation.of(c), x.dim(0), 1, 2 * config.width()), 2, 2);
        return images(last.of(lastNorm.modulated(h, m[0], m[1])));
    }

    /** Tokens (B, T, D) behind the last block, or behind the last tap that is read. */
    private Tensor tokens(Tensor x, Tensor c, TapReader reader) {
        if (x.rank() != 4 || x.dim(1) != config.channels() || x.dim(2) != config.size() || x.dim(3) != config.size()) {
            throw new IllegalArgumentException("dit: got x " + x.shape() + "; expected (B, " + config.channels() + ", "
                    + config.size() + ", " + config.size() + ")");
        }
        int batch = x.dim(0);
        int width = config.width();
        int grid = config.grid();
        Tensor h = Ops.add(patches.of(x), positions.tensor());
        for (int i = 0; i < blocks.size(); i++) {
            h = blocks.get(i).of(h, c);
            String name = blockName(i);
            if (reader.wants(name)
                    && reader.take(name, Ops.reshape(Ops.permute(h, 0, 2, 1), batch, width, grid, grid))) {
                return h;
            }
        }
        return h;
    }

    private Tensor condition(Tensor x, Tensor from, Tensor to, Cond cond) {
        int batch = x.dim(0);
        Tensor c = time.of(from);
        if (second != null) {
            c = Ops.add(c, second.of(config.pair() == TimePair.SPAN ? Ops.sub(from, to) : to));
        }
        if (guidance != null) {
            c = Ops.add(c, guidance.of(cond.scales(x)));
        }
        if (labels == null) {
            return c;
        }
        if (!config.nullLabel() && cond.labels() == null) {
            throw new IllegalArgumentException(
                    "dit: got no labels; expected one a sample, since the network has no null label");
        }
        return Ops.add(c, labels.of(cond.labels(), batch));
    }

    /** Tokens (B, T, p p O), laid out [row][column][channel] in a patch, to (B, O, size, size). */
    private Tensor images(Tensor tokens) {
        int batch = tokens.dim(0);
        int p = config.patch();
        int grid = config.grid();
        int out = config.outChannels();
        Tensor places = Ops.permute(Ops.reshape(tokens, batch, grid, grid, p, p, out), 0, 5, 1, 3, 2, 4);
        return Ops.reshape(places, batch, out, config.size(), config.size());
    }
}
