package org.fewstep.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.fewstep.metric.SlicedWasserstein2;
import org.fewstep.sample.ModelFile;
import org.fewstep.tensor.Rng;
import org.jspecify.annotations.Nullable;

/**
 * Measures what a model in training makes, every so many steps and after the last, where the recipe says {@code watch}: the losses
 * of adversarial methods and of score distillation do not show whether it becomes better.
 *
 * <p>It logs the sliced Wasserstein distance to data as {@code sw2} and the samples' standard deviation a coordinate as {@code
 * spread}, keeps the model of the least distance in {@value #FILE}, and warns early: of a collapse when the spread is below a quarter
 * of the data's and has fallen since the last measurement, of a divergence when it is above the widest that the method brings back.
 * A run that is broken off and resumed logs and keeps the same.
 */
public final class SampleWatch implements Callback {
    /** Name of the best model in a run folder, an export. */
    public static final String FILE = "best.safetensors";

    private static final String KEY_DISTANCE = "sw2";
    private static final int DIRECTIONS = 128;
    private static final double NARROW = 0.25;
    private static final System.Logger LOG = System.getLogger(SampleWatch.class.getName());

    private final List<String> warnings = new ArrayList<>();
    private @Nullable WatchSettings settings;
    private float[] data = {};
    private int dim;
    private double dataSpread;
    private double last = Double.NaN;
    private double best = Double.POSITIVE_INFINITY;

    @Override
    public void onStart(Trainer trainer) {
        WatchSettings watch = trainer.recipe().watch();
        settings = watch;
        if (watch == null) {
            return;
        }
        dim = trainer.student().config().dim();
        data = Evaluation.data(trainer.dataset(), watch.samples());
        dataSpread = spread(data, dim);
        best = stored(trainer);
    }

    /** The distance of the model that a run has kept. */
    private static double stored(Trainer trainer) {
        Path file = trainer.folder().resolve(FILE);
        if (trainer.step() == 0 || !Files.exists(file)) {
            return Double.POSITIVE_INFINITY;
        }
        try (ModelFile model = ModelFile.open(file)) {
            return Double.parseDouble(model.meta(KEY_DISTANCE));
        }
    }

    @Override
    public void onStep(Trainer trainer, StepReport report) {
        WatchSettings watch = settings;
        if (watch == null || (report.step() % watch.every() != 0 && report.step() != report.steps())) {
            return;
        }
        float[] made = Evaluation.generated(trainer.generator(), watch.samples(), watch.steps());
        for (float v : made) {
            if (!Float.isFinite(v)) {
                warn(report, "samples that are not finite");
                return;
            }
        }
        double spread = spread(made, dim);
        double distance = SlicedWasserstein2.of(made, data, dim, DIRECTIONS, new Rng(0));
        trainer.log(Map.of(KEY_DISTANCE, distance, "spread", spread));
        if (distance < best) {
            best = distance;
            trainer.export(trainer.folder().resolve(FILE), Map.of(KEY_DISTANCE, Double.toString(distance)));
        }
        String danger =
                danger(spread, last, dataSpread, trainer.recipe().method().widest());
        if (danger != null) {
            warn(report, danger);
        }
        last = spread;
    }

    /**
     * What a spread forebodes; null for nothing.
     *
     * @param before spread at the last measurement, NaN for none
     * @param data spread of the data
     * @param widest spread in those of the data from which the method does not come back
     */
    static @Nullable String danger(double spread, double before, double data, double widest) {
        if (spread < NARROW * data && spread < before) {
            return "samples of spread " + spread + ", falling, for data of " + data + ": a collapse";
        }
        return spread > widest * data
                ? "samples of spread " + spread + " for data of " + data + ": the run may diverge"
                : null;
    }

    private void warn(StepReport report, String what) {
        String warning = "step " + report.step() + ": " + what;
        warnings.add(warning);
        LOG.log(System.Logger.Level.WARNING, warning);
    }

    /** Root mean square deviation from the mean, a coordinate's over all of them. */
    private static double spread(float[] x, int dim) {
        int n = x.length / dim;
        double total = 0;
        for (int d = 0; d < dim; d++) {
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < n; i++) {
                double v = x[i * dim + d];
                sum += v;
                squares += v * v;
            }
            total += Math.max(0, squares / n - sum / n * (sum / n));
        }
        return Math.sqrt(total / dim);
    }

    /** What was warned of in this process, in order. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }
}
