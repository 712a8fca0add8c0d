package org.fewstep.kernels;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Notes the workloads that one thread runs on one device, so that a {@link Plan} can run them again.
 *
 * <pre>
 * try (Scope scope = device.scope(); Recording recording = device.record()) {
 *     ... workloads, which run at once as usual ...
 *     recording.keep(result);
 *     plan = recording.finish();
 * }
 * </pre>
 *
 * <p>Buffers allocated meanwhile come from an arena of the recording's own. What varies from replay to replay stands in
 * buffers made before: fixed inputs, {@link Slots} and counters, which are written before {@link Plan#replay}. So inside
 * a recording nothing is copied from or to the host and nothing is allocated outside scopes; both throw. Numbers that are
 * the same each time come from {@link Device#constant}. Other threads are not affected.
 */
public final class Recording implements AutoCloseable {
    private final Device device;
    private final ScopeStack stack;
    private final Arena arena;
    private final List<Workload> work = new ArrayList<>();
    private final List<Buffer> kept = new ArrayList<>();
    private boolean open = true;

    private Recording(Device device, ScopeStack stack) {
        this.device = device;
        this.stack = stack;
        this.arena = device.arena();
    }

    static Recording open(Device device) {
        ScopeStack stack = ScopeStack.mine();
        Recording outer = stack.recording();
        if (outer != null) {
            throw new IllegalStateException("record: got a recording inside one on " + outer.device.name()
                    + "; expected none on this thread; finish or close the first");
        }
        Recording recording = new Recording(device, stack);
        stack.recording(recording);
        return recording;
    }

    /** This thread's open recording of the device. */
    static boolean isOpen(Device device) {
        Recording recording = ScopeStack.mine().recording();
        return recording != null && recording.device == device;
    }

    Device device() {
        return device;
    }

    Arena arena() {
        return arena;
    }

    void note(Workload workload) {
        work.add(workload);
    }

    /**
     * Keeps a result readable after each replay, until the plan is closed.
     *
     * @return the same buffer
     */
    public Buffer keep(Buffer buffer) {
        requireOpen("keep");
        buffer.hold();
        kept.add(buffer);
        return buffer;
    }

    /**
     * Ends the recording.
     *
     * @throws IllegalStateException when it has ended, or on another thread
     */
    public Plan finish() {
        requireOpen("finish");
        Set<Buffer> outside = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Workload workload : work) {
            addOutside(workload.reads(), outside);
            addOutside(workload.writes(), outside);
        }
        Plan plan =
                new Plan(device, device.prepare(work, arena), work.size(), arena, kept, outside.toArray(new Buffer[0]));
        end();
        return plan;
    }

    private void addOutside(List<Buffer> buffers, Set<Buffer> outside) {
        for (Buffer buffer : buffers) {
            if (!arena.owns(buffer)) {
                outside.add(buffer);
            }
        }
    }

    /** Ends a recording that was not finished, without a plan. */
    @Override
    public void close() {
        if (open) {
            requireOpen("close");
            end();
            kept.forEach(Buffer::release);
            arena.close();
        }
    }

    private void end() {
        open = false;
        stack.recording(null);
    }

    private void requireOpen(String what) {
        if (!open) {
            throw new IllegalStateException(
                    what + ": got a recording on " + device.name() + " that has ended; expected an open one");
        }
        if (ScopeStack.mine() != stack) {
            throw new IllegalStateException(what + ": got thread "
                    + Thread.currentThread().getName() + "; expected the one that started the recording on "
                    + device.name());
        }
    }
}
