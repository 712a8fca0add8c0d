package org.fewstep.bench.sample;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.fewstep.kernels.Device;
import org.fewstep.metric.SlicedWasserstein2;
import org.fewstep.model.InterpolantConfig;
import org.fewstep.model.InterpolantField;
import org.fewstep.sample.Classifier;
import org.fewstep.sample.Translator;
import org.fewstep.sample.TranslatorOptions;
import org.fewstep.solver.CosineSpacing;
import org.fewstep.solver.Heun;
import org.fewstep.tensor.Rng;
import org.fewstep.train.Checkpoint;
import org.fewstep.train.DataSettings;
import org.fewstep.train.HeldOut;
import org.fewstep.train.Recipe;
import org.jspecify.annotations.Nullable;

/** What the samples of one trained bridge are worth: their sliced W2 to data that the model never saw. */
final class BridgeQuality implements AutoCloseable {
    private static final int PROJECTIONS = 256;

    private final Recipe recipe;
    private final Translator translator;
    private final @Nullable Classifier classifier;
    private final int asked;
    private final int samples;
    private final int repeats;

    /**
     * A way to sample.
     *
     * @param label in a table
     */
    record Sampler(String label, TranslatorOptions options) {}

    /**
     * What was measured.
     *
     * @param distance sliced W2 to held-out data, mean over the repeats
     * @param recognised share of the samples that the classifier finds of the data's class; NaN without classifier
     */
    record Measured(double distance, double recognised) {}

    private BridgeQuality(
            Recipe recipe, Translator translator, @Nullable Classifier classifier, int samples, int repeats) {
        this.recipe = recipe;
        this.translator = translator;
        this.asked = recipe.data() instanceof DataSettings.Idx idx && idx.only() != null ? idx.only() : -1;
        boolean fits = classifier != null
                && classifier.spec().shape().equals(translator.spec().shape());
        this.classifier = fits && asked >= 0 ? classifier : null;
        this.samples = samples;
        this.repeats = repeats;
    }

    /**
     * Opens a model.
     *
     * @param data folder of the data in place of the recipe's, or null
     * @param samples compared at a time; of files at most as many as are held out at either end
     */
    static BridgeQuality of(
            Path model,
            Device device,
            @Nullable Classifier classifier,
            @Nullable String data,
            int samples,
            int repeats) {
        Recipe trained = Checkpoint.of(model).recipe();
        Recipe recipe = data == null ? trained : trained.withFolders(data);
        long held = Math.min(
                HeldOut.source(recipe, 0).data().size(),
                HeldOut.data(recipe, 0).data().size());
        return new BridgeQuality(
                recipe, Translator.load(model, device), classifier, (int) Math.min(samples, held), repeats);
    }

    String title() {
        return recipe.name();
    }

    String about() {
        return "Learned " + fields().toString().toLowerCase(Locale.ROOT) + ", "
                + recipe.training().steps() + " steps of "
                + recipe.training().batch() + ". Sliced W2 (" + PROJECTIONS + " directions) of " + samples
                + " samples to as many held-out data" + (repeats == 1 ? "" : ", mean of " + repeats + " draws")
                + (classifier == null ? "." : "; share recognised as class " + asked + ".");
    }

    private List<InterpolantField> fields() {
        return ((InterpolantConfig) translator.spec().network()).fields();
    }

    /** The ODE by two methods and, for each field beside the drift, the SDE of each diffusion. */
    List<Sampler> samplers(List<Double> diffusions) {
        List<Sampler> all = new ArrayList<>();
        TranslatorOptions euler = TranslatorOptions.DEFAULT;
        all.add(new Sampler("ODE of b, Euler", euler));
        all.add(new Sampler("ODE of b, Heun", euler.withSolver(new Heun(), new CosineSpacing())));
        for (InterpolantField field : fields()) {
            if (field != InterpolantField.B) {
                for (double diffusion : diffusions) {
                    all.add(new Sampler(
                            "SDE of b and " + field.name().toLowerCase(Locale.ROOT) + ", Euler-Maruyama",
                            euler.withDiffusion(diffusion).withScore(field)));
                }
            }
        }
        return all;
    }

    /** Samples at a number of steps against held-out data. */
    Measured measure(Sampler sampler, int steps) {
        return mean(seed ->
                translator.translate(HeldOut.source(recipe, seed).read(samples), 0, steps, seed, sampler.options()));
    }

    /** The source as it is: what a bridge that does nothing would get. */
    Measured source() {
        return mean(seed -> HeldOut.source(recipe, seed).read(samples));
    }

    /** Training data against held-out data: what no sampler can be expected to beat. */
    Measured floor() {
        return mean(seed -> new HeldOut(recipe.data().open(), seed).read(samples));
    }

    private interface Draw {
        float[] at(long seed);
    }

    private Measured mean(Draw draw) {
        int dim = translator.spec().network().dim();
        double distance = 0;
        long recognised = 0;
        for (int seed = 0; seed < repeats; seed++) {
            float[] made = draw.at(seed);
            float[] held = HeldOut.data(recipe, seed).read(samples);
            distance += SlicedWasserstein2.of(made, held, dim, PROJECTIONS, new Rng(seed)) / repeats;
            if (classifier != null) {
                recognised += Arrays.stream(classifier.classify(made))
                        .filter(k -> k == asked)
                        .count();
            }
        }
        return new Measured(
                distance, classifier == null ? Double.NaN : (double) recognised / ((double) samples * repeats));
    }

    @Override
    public void close() {
        translator.close();
    }
}
