package org.fewstep.kernels.cpu;

import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.Buffer;

/** All elements of a list of buffers, cut into chunks that do not cross from one buffer to the next. */
final class Chunks {
    private final List<Buffer> buffers;
    private final int size;

    /** Number of the first chunk of each buffer and, behind, of all chunks. */
    private final int[] firsts;

    private final long elements;

    Chunks(List<Buffer> buffers, int size) {
        this.buffers = buffers;
        this.size = size;
        this.firsts = new int[buffers.size() + 1];
        long sum = 0;
        for (int i = 0; i < buffers.size(); i++) {
            int length = buffers.get(i).size();
            firsts[i + 1] = firsts[i] + (length + size - 1) / size;
            sum += length;
        }
        this.elements = sum;
    }

    int count() {
        return firsts[buffers.size()];
    }

    long elements() {
        return elements;
    }

    /** Number of the first chunk of buffer i. */
    int first(int i) {
        return firsts[i];
    }

    /** The buffer that a chunk lies in. */
    int list(int chunk) {
        int i = Arrays.binarySearch(firsts, 0, buffers.size(), chunk);
        if (i < 0) {
            return -i - 2;
        }
        // Buffers without elements have no chunk of their own.
        while (firsts[i + 1] == chunk) {
            i++;
        }
        return i;
    }

    /** First element of a chunk. */
    int from(int chunk) {
        return (chunk - firsts[list(chunk)]) * size;
    }

    /** End of a chunk. */
    int to(int chunk) {
        int i = list(chunk);
        return Math.min((chunk - firsts[i] + 1) * size, buffers.get(i).size());
    }
}
