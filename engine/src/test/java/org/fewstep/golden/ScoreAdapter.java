package org.fewstep.golden;

import java.util.function.Consumer;

/**
 * An adapter of score distillation.
 *
 * @param body computes and offers
 * @param f32Bound relative bound in F32
 * @param f64Only whether F32 is left out
 */
record ScoreAdapter(Consumer<ScoreCase> body, double f32Bound, boolean f64Only) implements Adapter {
    private static final double DEFAULT = 2e-4;

    static ScoreAdapter of(Consumer<ScoreCase> body) {
        return new ScoreAdapter(body, DEFAULT, false);
    }

    static ScoreAdapter of(Consumer<ScoreCase> body, double f32Bound) {
        return new ScoreAdapter(body, f32Bound, false);
    }

    static ScoreAdapter inDouble(Consumer<ScoreCase> body) {
        return new ScoreAdapter(body, DEFAULT, true);
    }

    @Override
    public void run(GoldenRun run) {
        body.accept(new ScoreCase(run));
    }
}
