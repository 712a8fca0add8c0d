package org.fewstep.bench.sample;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.fewstep.kernels.DType;
import org.fewstep.kernels.Devices;
import org.fewstep.kernels.Scope;
import org.fewstep.metric.EnergyDistance;
import org.fewstep.metric.ModeCoverage;
import org.fewstep.metric.SlicedWasserstein2;
import org.fewstep.path.GaussianMixture;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.solver.DormandPrince;
import org.fewstep.solver.ExactFlowMap;
import org.fewstep.tensor.Rng;
import org.fewstep.tensor.Tensor;
import org.fewstep.train.HeldOut;
import org.fewstep.train.Recipe;
import org.jspecify.annotations.Nullable;

/**
 * How near points in the plane come to held-out data, how they spread over the modes of a mixture, and how far they are from
 * where its flow leads.
 *
 * @param sw2 sliced 2-Wasserstein distance, over {@value #DIRECTIONS} directions
 * @param energy unbiased energy distance
 * @param modes of a mixture of Gaussians; null for other data
 * @param fromFlow root mean square distance of a sample to the end of the data's own flow from its noise; NaN where that flow
 *     is not known
 */
record PlaneQuality(double sw2, double energy, @Nullable ModeCoverage modes, double fromFlow) {
    static final int DIRECTIONS = 128;
    static final int FLOWS = 1000;
    private static final int CHUNK = 2000;
    private static final long SEED = 1;

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
            float[] ends = ends(generator, data, Math.min(samples, FLOWS));
            int[] labels = new int[samples];
            int classes = generator.classes();
            Arrays.setAll(labels, i -> classes == 0 ? Generator.NO_LABEL : i % classes);
            return steps.stream()
                    .map(count -> of(
                            generator.sample(0, count, SEED, labels, GeneratorOptions.DEFAULT.withChunk(CHUNK)),
                            held,
                            data,
                            ends))
                    .toList();
        }
    }

    /** Where the data's own flow leads from the first noises, on the path of a model; empty where it is not known. */
    private static float[] ends(Generator generator, Recipe data, int n) {
        GaussianMixture law = data.data().mixture();
        org.fewstep.path.Path path = generator.spec().path();
        if (law == null || path == null) {
            return new float[0];
        }
        try (Scope scope = generator.device().scope()) {
            Tensor noise = Tensor.of(generator.device(), DType.F64, generator.noise(0, n, SEED), n, 2);
            return new ExactFlowMap(law, path, new DormandPrince(1e-6, 1e-7))
                    .map(noise, path.noiseTime(), path.dataTime())
                    .toFloats();
        }
    }

    /** Of another draw of the data, which a perfect model would have. */
    static PlaneQuality floor(Recipe recipe, int samples) {
        return of(HeldOut.data(recipe, 1).read(samples), HeldOut.data(recipe, 0).read(samples), recipe, new float[0]);
    }

    private static PlaneQuality of(float[] made, float[] held, Recipe recipe, float[] ends) {
        return new PlaneQuality(
                SlicedWasserstein2.of(made, held, 2, DIRECTIONS, new Rng(7)),
                EnergyDistance.unbiased(made, held, 2),
                modes(made, recipe.data().mixture()),
                distance(made, ends));
    }

    private static double distance(float[] made, float[] ends) {
        double sum = 0;
        for (int i = 0; i < ends.length; i++) {
            double d = made[i] - ends[i];
            sum += d * d;
        }
        return Math.sqrt(2 * sum / ends.length);
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

    /** A share as a table shows it. */
    static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
