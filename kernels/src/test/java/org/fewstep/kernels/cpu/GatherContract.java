package org.fewstep.kernels.cpu;

import static org.fewstep.kernels.cpu.Blocks.assertClose;

import org.fewstep.kernels.Buffer;
import org.fewstep.kernels.Gather;
import org.fewstep.kernels.Gather.Code;

/** Rows by index and back; an index outside the table is refused before anything is written, or harms nothing. */
final class GatherContract {
    private GatherContract() {}

    static void check(Blocks blocks) {
        for (int width : new int[] {0, 1, 3, 64, 200}) {
            for (int count : new int[] {0, 1, 5, 300}) {
                rows(blocks, 7, count, width);
            }
        }
        for (int bad : new int[] {-1, 3, Integer.MIN_VALUE}) {
            Buffer out = blocks.of(4, 5);
            if (!(blocks.device() instanceof CpuDevice)) {
                // A GPU learns of an index only while it works: nothing beside the operands is read or written.
                beside(blocks, bad, out);
                continue;
            }
            try {
                blocks.device().run(new Gather(Code.PICK, 3, 2, 1, blocks.ints(0, bad), blocks.of(1, 2, 3), out));
            } catch (IllegalArgumentException e) {
                assertClose("untouched", new double[] {4, 5}, blocks.read(out), 0);
                continue;
            }
            throw new AssertionError("gather: got no refusal of index " + bad);
        }
    }

    private static void rows(Blocks blocks, int tableRows, int count, int width) {
        double[] table = Blocks.random(1, tableRows * width, -1, 1);
        double[] rows = Blocks.random(2, count * width, -1, 1);
        int[] index = new java.util.Random(3).ints(count, 0, tableRows).toArray();
        double[] picked = new double[count * width];
        double[] added = new double[tableRows * width];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < width; j++) {
                picked[i * width + j] = table[index[i] * width + j];
                added[index[i] * width + j] = blocks.rounded(added[index[i] * width + j] + rows[i * width + j]);
            }
        }
        String what = " of " + count + " rows of " + width;
        Buffer out = blocks.blank(count * width);
        blocks.device().run(new Gather(Code.PICK, tableRows, count, width, blocks.ints(index), blocks.of(table), out));
        assertClose("pick" + what, picked, blocks.read(out), 0);
        Buffer sum = blocks.blank(tableRows * width);
        blocks.device()
                .run(new Gather(Code.SCATTER_ADD, tableRows, count, width, blocks.ints(index), blocks.of(rows), sum));
        assertClose("scatter" + what, added, blocks.read(sum), 0);
    }

    private static void beside(Blocks blocks, int bad, Buffer out) {
        blocks.device().run(new Gather(Code.PICK, 3, 2, 1, blocks.ints(0, bad), blocks.of(1, 2, 3), out));
        assertClose("index " + bad, new double[] {1, Double.NaN}, blocks.read(out), 0);
        Buffer table = blocks.of(4, 5, 6);
        blocks.device().run(new Gather(Code.SCATTER_ADD, 3, 2, 1, blocks.ints(0, bad), blocks.of(1, 2), table));
        assertClose("added at " + bad, new double[] {1, 0, 0}, blocks.read(table), 0);
    }
}
