package org.fewstep.train;

import java.nio.file.Files;
import java.nio.file.Path;
import org.fewstep.io.SettingsException;
import org.fewstep.kernels.Device;
import org.fewstep.loss.Distance;
import org.fewstep.model.ConvClassifier;
import org.fewstep.model.Init;
import org.fewstep.model.Network;
import org.fewstep.model.NetworkConfig;
import org.fewstep.sample.ModelFile;
import org.fewstep.sample.ModelSpec;
import org.fewstep.tensor.Rng;
import org.jspecify.annotations.Nullable;

/** The frozen classifier in whose states a {@link Metric#PERCEPTUAL} distance compares samples. */
final class PerceptualNet implements AutoCloseable {
    private static final String KEY = "perceptual";
    private static final String EXPECTED = "a checkpoint or an export of a classifier";

    private final ConvClassifier network;

    private PerceptualNet(ConvClassifier network) {
        network.freeze(true);
        this.network = network;
    }

    /**
     * That of the file that a recipe names.
     *
     * @param student whose samples it shall see
     * @return null where the recipe names none
     * @throws SettingsException when there is no such file, or it is of another model or of other data
     * @throws org.fewstep.io.BadFileException when the file is damaged
     */
    static @Nullable PerceptualNet open(Recipe recipe, ModelSpec student, Device device) {
        String name = recipe.perceptual();
        if (name == null) {
            return null;
        }
        Path path = Path.of(name);
        if (!Files.isRegularFile(path)) {
            throw new SettingsException(
                    KEY,
                    Files.exists(path) ? "the folder " + name : name + ", which is no file",
                    EXPECTED,
                    Files.exists(path) ? "name the .safetensors file in it" : "is the path right?");
        }
        try (ModelFile file = ModelFile.open(path)) {
            ModelSpec spec = file.spec();
            boolean alike = spec.shape().equals(student.shape()) && spec.dtype().equals(student.dtype());
            if (!alike) {
                throw new SettingsException(
                        KEY,
                        name + " for samples " + spec.shape() + " " + spec.dtype(),
                        student.shape() + " " + student.dtype() + ", as the student",
                        "");
            }
            Network network = file.load(file.defaultRole(), device);
            if (!(network instanceof ConvClassifier classifier)) {
                network.close();
                throw new SettingsException(
                        KEY, name + ", a " + spec.network(), EXPECTED, "train one with the recipe mnist-classifier");
            }
            return new PerceptualNet(classifier);
        }
    }

    /** That which a checkpoint of the recipe's run holds; null where the recipe names none. */
    static @Nullable PerceptualNet stored(Recipe recipe, ModelFile checkpoint, Device device) {
        if (recipe.perceptual() == null) {
            return null;
        }
        ModelSpec student = checkpoint.spec();
        NetworkConfig config = checkpoint.structure(ModelFile.KEY_PERCEPTUAL);
        if (!config.accepts(student.shape())) {
            throw checkpoint.bad(
                    "a perceptual network " + config, "a classifier of the student's samples", "is it damaged?");
        }
        Network network = config.build(new Init(device, student.dtype(), new Rng(0)));
        try {
            if (!(network instanceof ConvClassifier classifier)) {
                throw checkpoint.bad("a perceptual network " + config, "a classifier", "is it damaged?");
            }
            checkpoint.load(ModelFile.PERCEPTUAL, classifier);
            return new PerceptualNet(classifier);
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    ConvClassifier network() {
        return network;
    }

    Distance distance() {
        return new Distance.Perceptual(network::activations);
    }

    @Override
    public void close() {
        network.close();
    }
}
