package org.fewstep.bench.sample;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.fewstep.kernels.Devices;
import org.fewstep.metric.EnergyDistance;
import org.fewstep.metric.ModeCoverage;
import org.fewstep.metric.SlicedWasserstein2;
import org.fewstep.path.GaussianMixture;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.tensor.Rng;
import org.fewstep.train.HeldOut;
import org.fewstep.train.Recipe;
import org.jspecify.annotations.Nullable;

/**
 * How near points in the plane come to held-out data, and how they spread over the modes of a mixture.
 *
 * @param sw2 sliced 2-Wasserstein distance, over {@value #DIRECTIONS} directions
 * @param energy unbiased energy distance
 * @param modes of a mixture of Gaussians; null for other data
 */
record PlaneQuality(double sw2, double energy, @Nullable ModeCoverage modes) {
    static final int DIRECTIONS = 128;
    private static final int CHUNK = 2000;

    /**
     * Measures samples of a model of points.
     *
     * @param data recipe whose data they are compared with
     * @param steps numbers of steps
     * @param samples at least 2
     * @return one for each number of steps
     * @throws IllegalArgumentException for a model of other samples
     */
    static List<PlaneQuality> of(Path model, Recipe data, List<Integer> steps, int samples) {
        try (Generator generator = Generator.load(model, Devices.require("cpu"))) {
            if (!Arrays.equals(generator.shape(), new int[] {2})) {
                throw new IllegalArgumentException("ring: got " + model + ", a model of samples "
                        + Arrays.toString(generator.shape()) + "; expected one of points in the plane");
            }
            float[] held = HeldOut.data(data, 0).read(samples);
            int[] labels = new int[samples];
            int classes = generator.classes();
            Arrays.setAll(labels, i -> classes == 0 ? Generator.NO_LABEL : i % classes);
            return steps.stream()
                    .map(count -> of(
                            generator.sample(0, count, 1, labels, GeneratorOptions.DEFAULT.withChunk(CHUNK)),
                            held,
                            data))
                    .toList();
        }
    }

    /** Of another draw of the data, which a perfect model would have. */
    static PlaneQuality floor(Recipe recipe, int samples) {
        return of(HeldOut.data(recipe, 1).read(samples), HeldOut.data(recipe, 0).read(samples), recipe);
    }

    private static PlaneQuality of(float[] made, float[] held, Recipe recipe) {
        return new PlaneQuality(
                SlicedWasserstein2.of(made, held, 2, DIRECTIONS, new Rng(7)),
                EnergyDistance.unbiased(made, held, 2),
                modes(made, recipe.data().mixture()));
    }

    private static @Nullable ModeCoverage modes(float[] made, @Nullable GaussianMixture law) {
        if (law == null) {
            return null;
        }
        double[] means =
                Arrays.stream(law.means()).flatMapToDouble(Arrays::stream).toArray();
        return ModeCoverage.of(made, 2, means, law.stds()[0]);
    }

    /** Share of the samples at the mode that has least of them; NaN for data without modes. */
    double leastShare() {
        return modes == null
                ? Double.NaN
                : modes.shares().stream().mapToDouble(s -> s).min().orElse(Double.NaN);
    }

    /** The least share as a table shows it. */
    static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
