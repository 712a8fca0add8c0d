package org.fewstep.train;

import java.nio.file.Path;
import java.util.Map;
import org.fewstep.io.BadFileException;
import org.fewstep.io.Json;
import org.fewstep.io.Settings;
import org.fewstep.io.SettingsException;
import org.fewstep.kernels.Device;
import org.fewstep.sample.ModelFile;
import org.fewstep.sample.ModelSpec;
import org.fewstep.sample.ModelWriter;

/**
 * What a checkpoint's metadata says of its run, and the ways to write, read and export one.
 *
 * <p>A checkpoint is a {@link ModelFile} that also holds the optimizer's state, {@code optim.student.m/PARAM} and
 * {@code .v}, and the whole recipe. It holds no wall-clock data: the same run leaves the same bytes.
 *
 * @param recipe the full configuration
 * @param step steps done
 * @param version of the engine that wrote it
 * @param device fingerprint of the device that it was computed on
 */
public record Checkpoint(Recipe recipe, long step, String version, String device) {
    /** Name of the checkpoint in a run folder. */
    public static final String FILE = "checkpoint.safetensors";

    private static final String KEY_KIND = "kind";
    private static final String KIND_CHECKPOINT = "checkpoint";
    private static final String KIND_EXPORT = "export";
    private static final String KEY_RECIPE = "recipe";
    private static final String KEY_STEP = "step";
    private static final String KEY_SEED = "seed";
    private static final String KEY_SAMPLES = "samples";
    private static final String KEY_VERSION = "version";
    private static final String KEY_DEVICE = "device";

    /** Version of the running engine. */
    public static String runningVersion() {
        String version = Checkpoint.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }

    /** Replaces the file by the state after {@code step} steps. */
    static void write(Path file, Recipe recipe, ModelSpec spec, long step, Device device, TrainState state) {
        ModelWriter writer = new ModelWriter(spec)
                .put(KEY_KIND, KIND_CHECKPOINT)
                .put(KEY_RECIPE, Json.write(Settings.toJson(recipe.toMap())))
                .put(KEY_STEP, Long.toString(step))
                .put(KEY_SEED, Long.toString(recipe.training().seed()))
                .put(KEY_SAMPLES, Long.toString(step * recipe.training().batch()))
                .put(KEY_VERSION, runningVersion())
                .put(KEY_DEVICE, device.fingerprint());
        state.write(writer);
        writer.write(file);
    }

    /**
     * Reads what a checkpoint or an export says of its run.
     *
     * @throws BadFileException when it is not one, or its recipe does not hold
     */
    public static Checkpoint of(ModelFile file) {
        Recipe recipe;
        try {
            recipe = Recipe.from(file.json(KEY_RECIPE));
        } catch (SettingsException e) {
            throw file.bad(
                    "a recipe with " + e.getMessage(), "one of this version", "was it written by another version?", e);
        }
        long step = number(file, KEY_STEP);
        if (step < 0 || step > recipe.training().steps()) {
            throw file.bad("step " + step, "0 to " + recipe.training().steps(), "is it damaged?");
        }
        return new Checkpoint(recipe, step, file.meta(KEY_VERSION), file.meta(KEY_DEVICE));
    }

    private static long number(ModelFile file, String key) {
        String text = file.meta(key);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw file.bad(key + " " + BadFileException.quote(text), "an integer", "is it damaged?", e);
        }
    }

    /**
     * Writes one network of a checkpoint alone, for use by {@link org.fewstep.sample.Generator}.
     *
     * @param role {@code student} or {@code ema.DECAY}; empty for the one that samples are made with
     * @throws BadFileException when the checkpoint is damaged or has no such network
     */
    public static void export(Path checkpoint, Path to, String role) {
        try (ModelFile file = ModelFile.open(checkpoint)) {
            Checkpoint from = of(file);
            String chosen = role.isEmpty() ? file.defaultRole() : role;
            if (!file.roles().contains(chosen)) {
                throw new IllegalArgumentException("export: got network \"" + chosen + "\"; expected one of "
                        + file.roles() + " of " + checkpoint);
            }
            ModelWriter writer = new ModelWriter(file.spec())
                    .put(KEY_KIND, KIND_EXPORT)
                    .put(KEY_RECIPE, Json.write(Settings.toJson(from.recipe().toMap())))
                    .put(KEY_STEP, Long.toString(from.step()))
                    .put(KEY_VERSION, from.version())
                    .put(KEY_DEVICE, from.device())
                    .put(ModelFile.KEY_SAMPLED, chosen);
            for (String name : file.names()) {
                if (name.startsWith(chosen + "/")) {
                    writer.tensor(name, file.source(name));
                }
            }
            writer.write(to);
        }
    }

    /** Writes the sampled network of a run alone, as {@link #export(Path, Path, String)} does of a file. */
    static void export(
            Path to,
            Recipe recipe,
            ModelSpec spec,
            long step,
            Device device,
            TrainState state,
            Map<String, String> notes) {
        ModelWriter writer = new ModelWriter(spec)
                .put(KEY_KIND, KIND_EXPORT)
                .put(KEY_RECIPE, Json.write(Settings.toJson(recipe.toMap())))
                .put(KEY_STEP, Long.toString(step))
                .put(KEY_VERSION, runningVersion())
                .put(KEY_DEVICE, device.fingerprint())
                .put(ModelFile.KEY_SAMPLED, state.sampledRole());
        notes.forEach(writer::put);
        writer.network(state.sampledRole(), state.sampled()).write(to);
    }

    /** As {@link #of(ModelFile)} for a file that is opened only for this. */
    public static Checkpoint of(Path path) {
        try (ModelFile file = ModelFile.open(path)) {
            return of(file);
        }
    }

    /** True for a file that a run can go on from. */
    static boolean isResumable(Map<String, String> metadata) {
        return KIND_CHECKPOINT.equals(metadata.get(KEY_KIND));
    }
}
