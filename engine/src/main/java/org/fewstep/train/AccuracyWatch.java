package org.fewstep.train;

import java.util.Map;
import java.util.Optional;
import org.fewstep.data.Dataset;
import org.jspecify.annotations.Nullable;

/**
 * Measures a classifier in training on data that it does not learn from, every so many steps and after the last, and logs
 * the shares as {@code test-accuracy}. It does nothing in a run of another method.
 */
public final class AccuracyWatch implements Callback {
    /** Most samples of a test set without end. */
    private static final int MOST = 10_000;

    private @Nullable Dataset test;
    private @Nullable Accuracy last;
    private int every;

    @Override
    public void onStart(Trainer trainer) {
        if (trainer.recipe().method() instanceof MethodSettings.Classification method) {
            test = trainer.recipe().data().test();
            every = method.testEvery();
        }
    }

    @Override
    public void onStep(Trainer trainer, StepReport report) {
        Dataset data = test;
        if (data == null || (report.step() % every != 0 && report.step() != report.steps())) {
            return;
        }
        Accuracy accuracy = Accuracy.of(trainer.classifier(), data, MOST);
        last = accuracy;
        trainer.log(Map.of("test-accuracy", accuracy.share()));
    }

    @Override
    public void onEnd(Trainer trainer) {
        Dataset data = test;
        if (data != null && last == null) {
            last = Accuracy.of(trainer.classifier(), data, MOST);
        }
    }

    /** What was measured last in this process. */
    public Optional<Accuracy> last() {
        return Optional.ofNullable(last);
    }
}
