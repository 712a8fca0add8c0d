package org.fewstep.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.fewstep.io.Png;
import org.fewstep.kernels.Device;
import org.fewstep.kernels.Devices;
import org.fewstep.kernels.Scope;
import org.fewstep.sample.Editor;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.solver.BlockMeans;
import org.fewstep.solver.Grey;
import org.fewstep.solver.Masked;
import org.fewstep.solver.Measurement;
import org.fewstep.solver.SolverCatalog;
import org.fewstep.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fewstep edit}: zero-shot edits of images with a trained model, as one picture of guides, what is known, and results. */
@Command(
        name = "edit",
        mixinStandardHelpOptions = true,
        description =
                "Edit images with a model that was never trained for it: inpaint, colourise, superresolve, stroke,"
                        + " interpolate. A row of guides, a row of what is known of them, a row of results.")
final class EditCommand implements Callable<Integer> {
    private static final int STEPS = 50;

    /** What can be done. */
    enum Kind {
        INPAINT,
        COLOURISE,
        SUPERRESOLVE,
        STROKE,
        INTERPOLATE
    }

    private final Screen screen;

    @Parameters(index = "0", paramLabel = "CHECKPOINT", description = "A checkpoint or an export.")
    private Path checkpoint = Path.of("");

    @Parameters(index = "1", paramLabel = "KIND", description = "${COMPLETION-CANDIDATES}, in small letters.")
    private Kind kind = Kind.INPAINT;

    @Option(
            names = "--image",
            paramLabel = "FILE",
            description = "PNG of a guide, as often as there are guides; by default they are the model's own samples.")
    private List<Path> images = List.of();

    @Option(
            names = "--guide-seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of guides that the model makes (default: 1).")
    private long guideSeed = 1;

    @Option(names = "--mask", paramLabel = "FILE", description = "inpaint: a PNG, white is kept, black drawn anew.")
    private @Nullable Path mask;

    @Option(
            names = "--box",
            split = ",",
            arity = "1",
            paramLabel = "X,Y,W,H",
            description = "inpaint: the pixels that are drawn anew (default: the middle half).")
    private int @Nullable [] box;

    @Option(
            names = "--factor",
            paramLabel = "P",
            defaultValue = "4",
            description = "superresolve: pixels of a side that are known by their mean alone (default: 4).")
    private int factor = 4;

    @Option(
            names = "--level",
            paramLabel = "L",
            defaultValue = "0.6",
            description =
                    "stroke: noise that the guide starts with, above 0 to 1, where nothing is left of it (default:"
                            + " 0.6).")
    private double level = 0.6;

    @Option(
            names = "--to-seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "interpolate: seed of the last sample; --seed is that of the first (default: 1).")
    private long toSeed = 1;

    @Option(names = "--class", paramLabel = "K", description = "Class of the samples (default: none).")
    private @Nullable Integer label;

    @Option(names = "--n", paramLabel = "N", defaultValue = "8", description = "Number of images (default: 8).")
    private int n = 8;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description =
                    "Number of steps (default: 50; 1 to interpolate with a consistency model, whose next ones draw"
                            + " noise).")
    private @Nullable Integer given;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Seed of the noise (default: 0).")
    private long seed;

    @Option(
            names = "--solver",
            paramLabel = "NAME",
            description = "One of those that 'fewstep solvers' lists (default: ddim-eta1.0; interpolate: dpmpp-2m).")
    private @Nullable String solver;

    @Mixin
    private GuidanceOptions guidance = new GuidanceOptions();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder of the picture; by default that of the checkpoint.")
    private @Nullable Path out;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", description = "Device (default: cpu).")
    private String deviceName = "cpu";

    EditCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        Numbers.requireCount("--n", n);
        if (given != null) {
            Numbers.requireSteps("--steps", List.of(given));
        }
        guidance.check();
        if (mask != null && box != null) {
            throw new IllegalArgumentException("--mask: got a mask and a box; expected one of them");
        }
        Device device = Devices.require(deviceName);
        ModelPaths.requireFile("edit", checkpoint);
        try (Generator generator = Generator.load(checkpoint, device);
                Generator weak = guidance.weak(device);
                Scope scope = device.scope()) {
            int[] shape = generator.shape();
            if (!Pictures.areImages(shape)) {
                throw new IllegalArgumentException("edit: got a model of samples of shape " + Arrays.toString(shape)
                        + "; expected images (1, H, W) or (3, H, W)");
            }
            int steps = given != null ? given : usualSteps(generator, kind == Kind.INTERPOLATE);
            Editor editor = new Editor(generator, guidance.with(stepping(generator), shape, weak), steps);
            int[] labels = new int[n];
            Arrays.fill(labels, label == null ? Generator.NO_LABEL : label);
            List<float[]> rows = rows(generator, editor, shape, labels);
            screen.line(
                    "%s of %d images by %s on %s, %d steps",
                    kind.name().toLowerCase(Locale.ROOT), n, checkpoint.getFileName(), device.name(), steps);
            FileList.show(screen, List.of(write(rows, shape)));
        }
        return ExitCode.OK.code();
    }

    private GeneratorOptions stepping(Generator generator) {
        if (solver != null && Editor.isConsistency(generator)) {
            throw new IllegalArgumentException(
                    "--solver: got " + solver + " for a consistency model; expected none, it has steps of its own");
        }
        String usual = kind == Kind.INTERPOLATE ? "dpmpp-2m" : "ddim-eta1.0";
        return Editor.stepping(generator, SolverCatalog.of(solver == null ? usual : solver));
    }

    private static int usualSteps(Generator generator, boolean alike) {
        return alike && Editor.isConsistency(generator) ? 1 : STEPS;
    }

    private List<float[]> rows(Generator generator, Editor editor, int[] shape, int[] labels) {
        if (kind == Kind.INTERPOLATE) {
            return List.of(editor.interpolate(seed, toSeed, labels));
        }
        if (kind == Kind.STROKE) {
            Editor.requireLevel(level);
            float[] guides = guides(generator, shape, labels);
            return List.of(guides, editor.noised(guides, level, seed, n), editor.stroke(guides, level, seed, labels));
        }
        Measurement measurement = measurement(generator, shape);
        measurement.require(shape);
        float[] guides = guides(generator, shape, labels);
        return List.of(guides, editor.picture(guides, measurement), editor.restore(guides, measurement, seed, labels));
    }

    private Measurement measurement(Generator generator, int[] shape) {
        return switch (kind) {
            case COLOURISE -> new Grey();
            case SUPERRESOLVE -> new BlockMeans(factor);
            default -> {
                float[] kept = mask == null
                        ? boxed(shape[1], shape[2])
                        : ImageFile.read(mask, new int[] {1, shape[1], shape[2]});
                float[] flags = new float[kept.length];
                for (int i = 0; i < kept.length; i++) {
                    flags[i] = kept[i] > 0 ? 1 : 0;
                }
                yield new Masked(
                        Tensor.of(generator.device(), generator.spec().dtype(), flags, 1, 1, shape[1], shape[2]));
            }
        };
    }

    /** 1 outside of the box, -1 within. */
    private float[] boxed(int height, int width) {
        int[] at = box == null ? new int[] {width / 4, height / 4, width / 2, height / 2} : box;
        boolean inside = at.length == 4
                && at[0] >= 0
                && at[1] >= 0
                && at[2] > 0
                && at[3] > 0
                && at[2] <= width - at[0]
                && at[3] <= height - at[1];
        if (!inside) {
            throw new IllegalArgumentException("--box: got " + Arrays.toString(at)
                    + "; expected X,Y,W,H of a box within " + width + " x " + height + " pixels");
        }
        float[] kept = new float[height * width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                boolean anew = x >= at[0] && x < at[0] + at[2] && y >= at[1] && y < at[1] + at[3];
                kept[y * width + x] = anew ? -1 : 1;
            }
        }
        return kept;
    }

    private float[] guides(Generator generator, int[] shape, int[] labels) {
        if (images.isEmpty()) {
            return generator.sample(0, usualSteps(generator, true), guideSeed, labels, GeneratorOptions.DEFAULT);
        }
        List<float[]> read = new ArrayList<>();
        for (Path image : images) {
            read.add(ImageFile.read(image, shape));
        }
        int size = read.get(0).length;
        float[] guides = new float[n * size];
        for (int i = 0; i < n; i++) {
            System.arraycopy(read.get(i % read.size()), 0, guides, i * size, size);
        }
        return guides;
    }

    private Path write(List<float[]> rows, int[] shape) {
        float[] all = new float[rows.size() * rows.get(0).length];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, all, i * rows.get(i).length, rows.get(i).length);
        }
        Path folder = out == null ? ModelPaths.folderOf(checkpoint) : out;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("make the folder " + folder, e);
        }
        Path file = folder.resolve("edit-" + kind.name().toLowerCase(Locale.ROOT) + ".png");
        Png.write(file, Pictures.grid(all, shape, n));
        return file;
    }
}
