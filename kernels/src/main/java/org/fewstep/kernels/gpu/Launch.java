package org.fewstep.kernels.gpu;

import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.DType;
import org.jspecify.annotations.Nullable;

/**
 * One kernel call: the kernel, its arguments in their order and its index space. Made once, submitted once or again and
 * again; a submission makes no objects.
 */
final class Launch {
    /** Most groups of the first dimension that are asked for; kernels loop over the rest. */
    static final int MOST_GROUPS = 1 << 20;

    private final Driver.Function function;
    private final int[] groups = {1, 1, 1};
    private final int[] threads = {1, 1, 1};
    private Driver.@Nullable Memory[] memories = new Driver.Memory[16];
    private int[] ends = new int[16];
    private int shared;
    private int count;
    private int[] words = new int[24];
    private int size;

    Launch(Driver.Function function) {
        this.function = function;
    }

    /** As many threads of the first dimension as there are things, in groups of {@code group}, within bounds. */
    Launch over(long things, int group) {
        threads[0] = group;
        groups[0] = (int) Math.max(1, Math.min((things + group - 1) / group, MOST_GROUPS));
        return this;
    }

    /** Groups and threads of a group in three dimensions. */
    Launch grid(int groupsX, int groupsY, int groupsZ, int threadsX, int threadsY) {
        groups[0] = groupsX;
        groups[1] = groupsY;
        groups[2] = groupsZ;
        threads[0] = threadsX;
        threads[1] = threadsY;
        return this;
    }

    /** Bytes of shared memory beside what the kernel declares (CUDA). */
    Launch shared(int bytes) {
        shared = bytes;
        return this;
    }

    /** A buffer. */
    Launch buffer(Buffer buffer) {
        return memory(((GpuBuffer) buffer).memory());
    }

    Launch memory(Driver.Memory memory) {
        next();
        memories[count++] = memory;
        return this;
    }

    /** The addresses of several memories as a structure; a null address for none (CUDA alone). */
    Launch addresses(List<Driver.Memory> list, int places) {
        int[] halves = new int[2 * places];
        for (int i = 0; i < list.size(); i++) {
            long address = list.get(i).address();
            halves[2 * i] = (int) address;
            halves[2 * i + 1] = (int) (address >>> 32);
        }
        return int32(halves);
    }

    /** A whole number of 32 bits, or several as a structure. */
    Launch int32(int... values) {
        room(values.length);
        for (int value : values) {
            words[size++] = value;
        }
        next();
        count++;
        return this;
    }

    /** Several whole numbers, each an argument of its own. */
    Launch ints(int... values) {
        for (int value : values) {
            int32(value);
        }
        return this;
    }

    /** A number of the arithmetic's type. */
    Launch real(DType dtype, double value) {
        if (dtype == DType.F64) {
            long bits = Double.doubleToRawLongBits(value);
            // Both machines that kernels run on are little-endian.
            return int32((int) bits, (int) (bits >>> 32));
        }
        return int32(dtype == DType.F32 ? Float.floatToRawIntBits((float) value) : (int) value);
    }

    /** The same call of another kernel. */
    Launch of(Driver.Function other) {
        Launch launch = new Launch(other);
        System.arraycopy(groups, 0, launch.groups, 0, 3);
        System.arraycopy(threads, 0, launch.threads, 0, 3);
        launch.memories = memories;
        launch.ends = ends;
        launch.count = count;
        launch.words = words;
        launch.size = size;
        launch.shared = shared;
        return launch;
    }

    /** The arguments that are whole numbers of 32 bits; 0 for the others. */
    int[] numbers() {
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = memories[i] == null && end(i) - start(i) == 1 ? words[start(i)] : 0;
        }
        return numbers;
    }

    private void next() {
        if (count == memories.length) {
            memories = Arrays.copyOf(memories, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        ends[count] = size;
    }

    private void room(int more) {
        if (size + more > words.length) {
            words = Arrays.copyOf(words, 2 * (size + more));
        }
    }

    Driver.Function function() {
        return function;
    }

    /** Number of groups in dimension d. */
    int groups(int d) {
        return groups[d];
    }

    /** Threads of a group in dimension d. */
    int threads(int d) {
        return threads[d];
    }

    /** Bytes of shared memory beside what the kernel declares. */
    int shared() {
        return shared;
    }

    /** Number of arguments. */
    int count() {
        return count;
    }

    /** Argument i's memory, or null where it is made of words. */
    Driver.@Nullable Memory memory(int i) {
        return memories[i];
    }

    /** First of argument i's words. */
    int start(int i) {
        return i == 0 ? 0 : ends[i - 1];
    }

    /** Behind argument i's last word. */
    int end(int i) {
        return ends[i];
    }

    /** All arguments' words; the first {@link #size} count. */
    int[] words() {
        return words;
    }

    int size() {
        return size;
    }
}
