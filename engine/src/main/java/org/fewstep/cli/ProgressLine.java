package org.fewstep.cli;

import java.util.function.LongSupplier;

/**
 * Progress of a run: on a terminal one line that is written again, elsewhere a plain line every few seconds.
 *
 * <p>The rate is that of the last seconds, so that it follows a machine that slows down, and the time
 * left is what remains at that rate.
 */
final class ProgressLine {
    private static final int WINDOW = 32;
    private static final double REWRITE_S = 0.2;
    private static final double PLAIN_S = 5;

    private final Screen screen;
    private final String name;
    private final long steps;
    private final LongSupplier nanoTime;
    private final double[] times = new double[WINDOW];
    private final long[] done = new long[WINDOW];
    private int reports;
    private double lastNoted;
    private double lastShown = Double.NEGATIVE_INFINITY;
    private double lossSum;
    private long lossCount;
    private int width;

    /**
     * Starts the clock.
     *
     * @param steps steps of the whole run
     * @param first steps done before, by the run that is resumed
     */
    ProgressLine(Screen screen, String name, long steps, long first) {
        this(screen, name, steps, first, System::nanoTime);
    }

    ProgressLine(Screen screen, String name, long steps, long first, LongSupplier nanoTime) {
        this.screen = screen;
        this.name = name;
        this.steps = steps;
        this.nanoTime = nanoTime;
        note(first, seconds());
    }

    /** Takes note of a step and shows it when it is time to, with the mean loss since it was last shown. */
    void step(long step, double loss) {
        lossSum += loss;
        lossCount++;
        double now = seconds();
        if (now - lastNoted < REWRITE_S && step < steps) {
            return;
        }
        note(step, now);
        if (!screen.terminal() && now - lastShown < PLAIN_S && step < steps) {
            return;
        }
        lastShown = now;
        String text = text(step, lossSum / lossCount);
        lossSum = 0;
        lossCount = 0;
        if (screen.terminal()) {
            screen.out().print("\r" + text + " ".repeat(Math.max(0, width - text.length())));
            screen.out().flush();
            width = text.length();
        } else {
            screen.line(text);
        }
    }

    /** Leaves the line as it is and begins a new one. */
    void end() {
        if (screen.terminal() && width > 0) {
            screen.out().println();
            width = 0;
        }
    }

    private void note(long step, double now) {
        times[reports % WINDOW] = now;
        done[reports % WINDOW] = step;
        lastNoted = now;
        reports++;
    }

    private String text(long step, double loss) {
        int newest = (reports - 1) % WINDOW;
        int oldest = reports > WINDOW ? reports % WINDOW : 0;
        double rate = (done[newest] - done[oldest]) / (times[newest] - times[oldest]);
        return Text.format(
                "%s  step %s/%s  loss %s  %s steps/s  %s left",
                name,
                Text.count(step),
                Text.count(steps),
                Text.value(loss),
                Double.isFinite(rate) && rate > 0 ? Text.format(rate < 10 ? "%.2f" : "%.0f", rate) : "-",
                Text.duration((steps - step) / rate));
    }

    private double seconds() {
        return nanoTime.getAsLong() * 1e-9;
    }
}
