package org.fewstep.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.fewstep.op.Ops;
import org.fewstep.tensor.Shape;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The U-Net of image diffusion in the two forms of EDM (Karras et al. 2022, arXiv:2206.00364): DDPM++ / NCSN++ and ADM.
 *
 * <p>Parameters carry the published names and layouts, see {@link StateDict}. Beyond the published forms: a second time,
 * whose features go through a layer of their own and are added to those of the first.
 */
public final class UNet extends FlowNetwork implements FeatureNet {
    private static final double FOURIER_SCALE = 16;
    private static final double POSITIONS = 10_000;
    private static final double HALF_ROOT = Math.sqrt(0.5);

    private final UNetConfig config;
    private final boolean song;
    private final FrequencyFeatures time;
    private final @Nullable Linear second;
    private final @Nullable Linear songLabels;
    private final @Nullable Projection labels;
    private final @Nullable Projection augment;
    private final @Nullable Parameter oneHot;
    private final Linear layer0;
    private final Linear layer1;
    private final Conv first;
    private final List<Down> encoder = new ArrayList<>();
    private final List<Up> decoder = new ArrayList<>();
    private final List<Tap> taps = new ArrayList<>();

    /** A level of the encoder; all but the first start with a block that halves the image. */
    private record Down(
            @Nullable UNetBlock down,
            @Nullable ResampleConv auxDown,
            @Nullable Conv auxSkip,
            @Nullable ResampleConv auxResidual,
            List<UNetBlock> blocks) {}

    /** A level of the decoder; {@code before} are two blocks at the deepest level, else the one that doubles the image. */
    private record Up(
            List<UNetBlock> before,
            List<UNetBlock> blocks,
            @Nullable ResampleConv auxUp,
            @Nullable GroupNorm norm,
            @Nullable Conv out) {}

    /** A network with fresh parameters, which outputs zero until it is trained. */
    public UNet(Init init, UNetConfig c) {
        this.config = c;
        this.song = c.form() == UNetConfig.Form.SONG;
        int noise = c.width() * c.noiseMult();
        Init timeInit = init.part("map_noise");
        this.time = child(
                "map_noise",
                c.embedding() == UNetConfig.Embedding.FOURIER
                        ? FrequencyFeatures.fourier(timeInit, noise, FOURIER_SCALE)
                        : FrequencyFeatures.positional(timeInit, noise, POSITIONS, song));
        this.second = c.times() == 2 ? child("map_second", new Linear(init.part("map_second"), noise, noise, 1)) : null;
        this.oneHot = c.classes() == 0
                ? null
                : constant(init, "one_hot", Shape.of(c.classes() + 1, c.classes()), oneHot(c.classes()));
        this.songLabels = c.classes() > 0 && song
                ? child("map_label", new Linear(init.part("map_label"), c.classes(), noise, 1))
                : null;
        this.labels = c.classes() > 0 && !song
                ? child("map_label", new Projection(init.part("map_label"), c.classes(), c.condition()))
                : null;
        this.augment = c.augment() == 0
                ? null
                : child("map_augment", new Projection(init.part("map_augment"), c.augment(), noise));
        this.layer0 = child("map_layer0", new Linear(init.part("map_layer0"), noise, c.condition(), 1));
        this.layer1 = child("map_layer1", new Linear(init.part("map_layer1"), c.condition(), c.condition(), 1));
        int start = song ? c.width() : c.widthAt(0);
        String name = name("enc", 0, "conv");
        this.first = child(name, Conv.same(init.part(name), c.inChannels(), start, 3, 1));
        Deque<Integer> skips = new ArrayDeque<>(List.of(start));
        int width = buildEncoder(init, start, skips);
        buildDecoder(init, width, skips);
    }

    private static double[] oneHot(int classes) {
        double[] table = new double[(classes + 1) * classes];
        for (int i = 0; i < classes; i++) {
            table[i * classes + i] = 1;
        }
        return table;
    }

    private String name(String part, int level, String what) {
        return part + "." + config.at(level) + "x" + config.at(level) + "_" + what;
    }

    private UNetBlock block(Init init, String name, int level, int in, int out, int direction, boolean attention) {
        taps.add(new Tap(name, out, config.at(level)));
        return child(name, new UNetBlock(init.part(name), config, name, in, out, direction, attention));
    }

    private boolean attends(int level) {
        return config.attention().contains(config.at(level));
    }

    private int buildEncoder(Init init, int start, Deque<Integer> skips) {
        UNetConfig c = config;
        int width = start;
        int aux = c.inChannels();
        for (int level = 0; level < c.mult().size(); level++) {
            UNetBlock down = null;
            ResampleConv auxDown = null;
            Conv auxSkip = null;
            ResampleConv auxResidual = null;
            if (level > 0) {
                down = block(init, name("enc", level, "down"), level, width, width, -1, false);
                skips.push(width);
                if (c.encoder() == UNetConfig.Aux.SKIP) {
                    String resampled = name("enc", level, "aux_down");
                    auxDown = child(
                            resampled,
                            new ResampleConv(init.part(resampled), aux, aux, 0, false, true, c.fir(), false, 1));
                    String added = name("enc", level, "aux_skip");
                    auxSkip = child(added, Conv.same(init.part(added), aux, width, 1, 1));
                }
                if (c.encoder() == UNetConfig.Aux.RESIDUAL) {
                    String fused = name("enc", level, "aux_residual");
                    auxResidual = child(
                            fused, new ResampleConv(init.part(fused), aux, width, 3, false, true, c.fir(), true, 1));
                    aux = width;
                }
            }
            List<UNetBlock> blocks = new ArrayList<>();
            for (int i = 0; i < c.blocks(); i++) {
                blocks.add(block(
                        init, name("enc", level, "block" + i), level, width, c.widthAt(level), 0, attends(level)));
                width = c.widthAt(level);
                skips.push(width);
            }
            encoder.add(new Down(down, auxDown, auxSkip, auxResidual, blocks));
        }
        return width;
    }

    private void buildDecoder(Init init, int start, Deque<Integer> skips) {
        UNetConfig c = config;
        int width = start;
        int deepest = c.mult().size() - 1;
        for (int level = deepest; level >= 0; level--) {
            List<UNetBlock> before = new ArrayList<>();
            if (level == deepest) {
                before.add(block(init, name("dec", level, "in0"), level, width, width, 0, true));
                before.add(block(init, name("dec", level, "in1"), level, width, width, 0, false));
            } else {
                before.add(block(init, name("dec", level, "up"), level, width, width, 1, false));
            }
            List<UNetBlock> blocks = new ArrayList<>();
            for (int i = 0; i <= c.blocks(); i++) {
                boolean attention = attends(level) && (!song || i == c.blocks());
                int in = width + skips.pop();
                width = c.widthAt(level);
                blocks.add(block(init, name("dec", level, "block" + i), level, in, width, 0, attention));
            }
            boolean each = c.decoder() == UNetConfig.Aux.SKIP;
            ResampleConv auxUp = null;
            if (each && level < deepest) {
                String resampled = name("dec", level, "aux_up");
                int out = c.outChannels();
                auxUp = child(
                        resampled, new ResampleConv(init.part(resampled), out, out, 0, true, false, c.fir(), false, 1));
            }
            GroupNorm norm = null;
            Conv out = null;
            if (each || level == 0) {
                String normName = song ? name("dec", level, "aux_norm") : "out_norm";
                String convName = song ? name("dec", level, "aux_conv") : "out_conv";
                norm = child(normName, UNetBlock.norm(init, width, song ? 1e-6 : 1e-5));
                out = child(convName, Conv.same(init.part(convName), width, c.outChannels(), 3, 0));
            }
            decoder.add(new Up(before, blocks, auxUp, norm, out));
        }
    }

    @Override
    public UNetConfig config() {
        return config;
    }

    @Override
    @Nullable
    Module second() {
        return second;
    }

    @Override
    public List<Tensor> lastLayer() {
        Conv last = decoder.get(decoder.size() - 1).out;
        if (last == null) {
            throw new IllegalStateException("u-net: got no output at the highest resolution; expected one");
        }
        return last.leaves();
    }

    @Override
    protected Tensor forward(Tensor x, Tensor from, Tensor to, Cond cond) {
        return decoded(x, condition(from, to, cond.labels(), null), cond.dropout(), TapReader.NONE);
    }

    /** One tap a block, named as its module, the encoder's first. */
    @Override
    public List<Tap> taps() {
        return List.copyOf(taps);
    }

    @Override
    public List<Tensor> features(Tensor x, Tensor t, Cond cond, List<String> names) {
        TapReader reader = TapReader.of(this, names);
        return callAll(x, () -> {
            decoded(x, condition(t, t, cond.labels(), null), cond.dropout(), reader);
            return reader.states(names);
        });
    }

    /**
     * The network at one noise label a sample.
     *
     * @param x (B, C, R, R)
     * @param noise noise label (B), as the network was trained with
     * @param labels I32 (B), K for no class; null for no class everywhere
     * @param augmentation (B, augment), or null for zeros
     */
    public Tensor of(Tensor x, Tensor noise, @Nullable Tensor labels, @Nullable Tensor augmentation) {
        return call(x, () -> decoded(x, condition(noise, noise, labels, augmentation), null, TapReader.NONE));
    }

    /** The result, or any state when the reader has read all before. */
    private Tensor decoded(Tensor x, Tensor emb, @Nullable DropoutSeed dropout, TapReader reader) {
        if (x.rank() != 4
                || x.dim(1) != config.inChannels()
                || x.dim(2) != config.resolution()
                || x.dim(3) != config.resolution()) {
            throw new IllegalArgumentException("unet: got x " + x.shape() + "; expected (B, " + config.inChannels()
                    + ", " + config.resolution() + ", " + config.resolution() + ")");
        }
        Deque<Tensor> skips = new ArrayDeque<>();
        Tensor bottom = encode(x, emb, dropout, reader, skips);
        return bottom == null ? x : decode(bottom, emb, dropout, reader, skips);
    }

    private Tensor timeFeatures(Tensor t) {
        Tensor f = time.of(config.timeFactor() == 1 ? t : Ops.scale(t, config.timeFactor()));
        if (!song) {
            return f;
        }
        Tensor[] halves = Ops.split(f, 1, 2);
        return Ops.concat(1, halves[1], halves[0]);
    }

    private Tensor condition(Tensor from, Tensor to, @Nullable Tensor labelIndex, @Nullable Tensor augmentation) {
        Tensor emb = timeFeatures(from);
        if (second != null) {
            Tensor other = config.pair() == TimePair.SPAN ? Ops.sub(from, to) : to;
            emb = Ops.add(emb, second.of(timeFeatures(other)));
        }
        Tensor classes = classes(labelIndex, from.dim(0));
        if (songLabels != null && classes != null) {
            emb = Ops.add(emb, songLabels.of(Ops.scale(classes, Math.sqrt(config.classes()))));
        }
        if (augment != null && augmentation != null) {
            emb = Ops.add(emb, augment.of(augmentation));
        }
        emb = layer1.of(Ops.silu(layer0.of(emb)));
        if (labels != null && classes != null) {
            emb = Ops.add(emb, labels.of(classes));
        }
        return Ops.silu(emb);
    }

    /** One row a sample with a 1 at its class, zeros for the null label K; null in an unconditional network. */
    private @Nullable Tensor classes(@Nullable Tensor labelIndex, int batch) {
        Parameter table = oneHot;
        if (table == null) {
            return null;
        }
        if (labelIndex == null) {
            return Tensor.full(table.buffer().device(), table.buffer().dtype(), 0, Shape.of(batch, config.classes()));
        }
        if (labelIndex.dim(0) != batch) {
            throw new IllegalArgumentException(
                    "unet: got " + labelIndex.dim(0) + " labels for a batch of " + batch + "; expected one a sample");
        }
        return Ops.gatherRows(table.tensor(), labelIndex);
    }

    /** The deepest state, or null when the reader has read all before. */
    private @Nullable Tensor encode(
            Tensor input, Tensor emb, @Nullable DropoutSeed dropout, TapReader reader, Deque<Tensor> skips) {
        Tensor x = first.of(input);
        Tensor aux = input;
        skips.push(x);
        for (Down level : encoder) {
            if (level.down() != null) {
                x = level.down().of(x, emb, dropout);
                if (reader.take(level.down().name(), x)) {
                    return null;
                }
                if (level.auxDown() != null && level.auxSkip() != null) {
                    aux = level.auxDown().of(aux);
                    x = Ops.add(x, level.auxSkip().of(aux));
                }
                if (level.auxResidual() != null) {
                    x = Ops.scale(Ops.add(x, level.auxResidual().of(aux)), HALF_ROOT);
                    aux = x;
                }
                skips.push(x);
            }
            for (UNetBlock block : level.blocks()) {
                x = block.of(x, emb, dropout);
                if (reader.take(block.name(), x)) {
                    return null;
                }
                skips.push(x);
            }
        }
        return x;
    }

    private Tensor decode(
            Tensor start, Tensor emb, @Nullable DropoutSeed dropout, TapReader reader, Deque<Tensor> skips) {
        Tensor x = start;
        Tensor result = null;
        for (Up level : decoder) {
            for (UNetBlock block : level.before()) {
                x = block.of(x, emb, dropout);
                if (reader.take(block.name(), x)) {
                    return x;
                }
            }
            for (UNetBlock block : level.blocks()) {
                x = block.of(Ops.concat(1, x, skips.pop()), emb, dropout);
                if (reader.take(block.name(), x)) {
                    return x;
                }
            }
            if (level.norm() != null && level.out() != null) {
                Tensor term = level.out().of(Ops.silu(level.norm().of(x)));
                result = result == null || level.auxUp() == null
                        ? term
                        : Ops.add(term, level.auxUp().of(result));
            }
        }
        if (result == null) {
            throw new IllegalStateException("unet: no level gave a result");
        }
        return result;
    }
}
