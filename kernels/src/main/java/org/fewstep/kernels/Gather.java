package org.fewstep.kernels;

import java.util.List;

/** Rows of a table picked by index, and the transpose: rows added to a table by index. */
public final class Gather extends Workload {
    /** Direction. */
    public enum Code {
        /** out[i] = in[index[i]] : (count, width) from (tableRows, width) */
        PICK,
        /** out[r] = sum of in[i] with index[i] == r, i ascending : (tableRows, width) from (count, width) */
        SCATTER_ADD
    }

    private final Code code;
    private final int tableRows;
    private final int count;
    private final int width;
    private final Buffer index;
    private final Buffer in;
    private final Buffer out;

    /**
     * Describes the work. An index outside 0..tableRows-1 fails when the work runs on the CPU; callers check on the
     * host before.
     *
     * @param index I32 (count)
     */
    public Gather(Code code, int tableRows, int count, int width, Buffer index, Buffer in, Buffer out) {
        super(Family.GATHER, Family.GATHER.label(code), out.dtype(), List.of(index, in), List.of(out));
        this.code = code;
        requireFloating(label(), out);
        requireDType(label(), DType.I32, index);
        requireDType(label(), out.dtype(), in);
        requireSize(label(), "the index", index, count);
        requireSize(label(), "the input", in, (long) width * (code == Code.PICK ? tableRows : count));
        requireSize(label(), "the output", out, (long) width * (code == Code.PICK ? count : tableRows));
        this.tableRows = tableRows;
        this.count = count;
        this.width = width;
        this.index = index;
        this.in = in;
        this.out = out;
    }

    public Code code() {
        return code;
    }

    public int tableRows() {
        return tableRows;
    }

    public int count() {
        return count;
    }

    public int width() {
        return width;
    }

    public Buffer index() {
        return index;
    }

    public Buffer in() {
        return in;
    }

    public Buffer out() {
        return out;
    }

    @Override
    public long flops() {
        return code == Code.PICK ? 0 : (long) count * width;
    }
}
