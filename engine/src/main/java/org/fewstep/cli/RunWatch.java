package org.fewstep.cli;

import org.fewstep.train.Callback;
import org.fewstep.train.StepReport;
import org.fewstep.train.Trainer;

/** Shows the progress of a run and passes on the wish to stop it. */
final class RunWatch implements Callback {
    private final Screen screen;
    private final String name;
    private final ShutdownStop stop;
    private ProgressLine progress;

    RunWatch(Screen screen, String name, ShutdownStop stop) {
        this.screen = screen;
        this.name = name;
        this.stop = stop;
        this.progress = new ProgressLine(screen, name, 0, 0);
    }

    @Override
    public void onStart(Trainer trainer) {
        progress = new ProgressLine(screen, name, trainer.recipe().training().steps(), trainer.step());
    }

    @Override
    public void onStep(Trainer trainer, StepReport report) {
        progress.step(report.step(), report.loss());
        if (stop.requested()) {
            trainer.stop();
        }
    }

    @Override
    public void onEnd(Trainer trainer) {
        progress.end();
    }
}
