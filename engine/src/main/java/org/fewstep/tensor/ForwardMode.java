package org.fewstep.tensor;

/**
 * This thread's forward-mode pass: which tangents are valid and whether they are recorded. Opened by
 * {@code org.fewstep.autodiff.Jvp}; passes do not nest.
 */
public final class ForwardMode implements AutoCloseable {
    private static final class State {
        long level;
        long next = 1;
        boolean recorded;
    }

    private static final ThreadLocal<State> STATE = ThreadLocal.withInitial(State::new);

    private ForwardMode() {}

    /**
     * Starts a pass.
     *
     * @param recorded true when gradients flow through the tangents
     * @throws IllegalStateException inside another pass
     */
    public static ForwardMode open(boolean recorded) {
        State state = STATE.get();
        if (state.level != 0) {
            throw new IllegalStateException("jvp: got a forward-mode pass inside another one; expected none; "
                    + "take the inner derivative by reverse mode with createGraph, or outside");
        }
        state.level = state.next++;
        state.recorded = recorded;
        return new ForwardMode();
    }

    /** The running pass, 0 when there is none. */
    static long level() {
        return STATE.get().level;
    }

    static boolean isRecorded() {
        return STATE.get().recorded;
    }

    @Override
    public void close() {
        STATE.get().level = 0;
    }
}
