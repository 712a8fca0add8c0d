package org.fewstep.io;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * At most 256 colours for a set of frames: exact if they have no more, otherwise by median cut (Heckbert, 1982).
 *
 * <p>Median cut works on colours of 5 bits a channel: the box with the widest channel, weighted by its pixels, is halved
 * at the median pixel until there are 256; each box becomes its mean colour. No dithering, so that still parts of an
 * animation stay still.
 */
final class GifPalette {
    static final int MAX_COLOURS = 256;

    private static final int BITS = 5;
    private static final int BINS = 1 << 3 * BITS;

    private final int[] colours;
    private final int[] indexOfBin = new int[BINS];
    private final boolean exact;

    private GifPalette(int[] colours, boolean exact) {
        this.colours = colours;
        this.exact = exact;
        Arrays.fill(indexOfBin, -1);
    }

    static GifPalette of(List<Raster> frames) {
        BitSet distinct = new BitSet(1 << 24);
        for (Raster frame : frames) {
            for (int y = 0; y < frame.height(); y++) {
                for (int x = 0; x < frame.width(); x++) {
                    distinct.set(frame.get(x, y));
                }
            }
        }
        if (distinct.cardinality() <= MAX_COLOURS) {
            return new GifPalette(distinct.stream().toArray(), true);
        }
        return new GifPalette(medianCut(frames), false);
    }

    /** The colours as 0xRRGGBB. */
    int[] colours() {
        return colours.clone();
    }

    /** The index for a colour: the exact one, or the nearest to the middle of the colour's 5-bit bin. */
    int indexOf(int colour) {
        if (exact) {
            return Arrays.binarySearch(colours, colour);
        }
        int bin = bin(colour);
        if (indexOfBin[bin] < 0) {
            indexOfBin[bin] = nearest(bin);
        }
        return indexOfBin[bin];
    }

    private int nearest(int bin) {
        int best = 0;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < colours.length; i++) {
            int distance = 0;
            for (int channel = 0; channel < 3; channel++) {
                int middle = (level(bin, channel) << 8 - BITS) + (1 << 7 - BITS);
                int difference = middle - (colours[i] >> 16 - 8 * channel & 0xff);
                distance += difference * difference;
            }
            if (distance < least) {
                least = distance;
                best = i;
            }
        }
        return best;
    }

    private static int[] medianCut(List<Raster> frames) {
        long[] count = new long[BINS];
        long[][] sum = new long[3][BINS];
        for (Raster frame : frames) {
            for (int y = 0; y < frame.height(); y++) {
                for (int x = 0; x < frame.width(); x++) {
                    int colour = frame.get(x, y);
                    int bin = bin(colour);
                    count[bin]++;
                    for (int channel = 0; channel < 3; channel++) {
                        sum[channel][bin] += colour >> 16 - 8 * channel & 0xff;
                    }
                }
            }
        }
        List<Box> boxes = new ArrayList<>();
        boxes.add(Box.of(IntStream.range(0, BINS).filter(b -> count[b] > 0).toArray(), count));
        while (boxes.size() < MAX_COLOURS) {
            int widest = 0;
            for (int i = 1; i < boxes.size(); i++) {
                if (boxes.get(i).urgency() > boxes.get(widest).urgency()) {
                    widest = i;
                }
            }
            if (boxes.get(widest).urgency() == 0) {
                break; // every box is a single bin
            }
            boxes.addAll(boxes.remove(widest).halves(count));
        }
        return boxes.stream()
                .mapToInt(box -> box.mean(count, sum))
                .sorted()
                .distinct()
                .toArray();
    }

    private static int bin(int colour) {
        int red = colour >> 24 - BITS & 0x1f;
        int green = colour >> 16 - BITS & 0x1f;
        int blue = colour >> 8 - BITS & 0x1f;
        return red << 2 * BITS | green << BITS | blue;
    }

    private static int level(int bin, int channel) {
        return bin >> (2 - channel) * BITS & 0x1f;
    }

    /** Some bins, the channel in which they spread most, and spread x pixels as urgency of the next cut. */
    private record Box(int[] bins, int channel, long urgency) {
        static Box of(int[] bins, long[] count) {
            long pixels = 0;
            int[] low = {Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE};
            int[] high = new int[3];
            for (int bin : bins) {
                pixels += count[bin];
                for (int channel = 0; channel < 3; channel++) {
                    low[channel] = Math.min(low[channel], level(bin, channel));
                    high[channel] = Math.max(high[channel], level(bin, channel));
                }
            }
            int widest = 0;
            for (int channel = 1; channel < 3; channel++) {
                if (high[channel] - low[channel] > high[widest] - low[widest]) {
                    widest = channel;
                }
            }
            return new Box(bins, widest, pixels * (high[widest] - low[widest]));
        }

        List<Box> halves(long[] count) {
            int[] sorted = Arrays.stream(bins)
                    .boxed()
                    .sorted(Comparator.<Integer>comparingInt(bin -> level(bin, channel))
                            .thenComparing(b -> b))
                    .mapToInt(Integer::intValue)
                    .toArray();
            long pixels = 0;
            for (int bin : sorted) {
                pixels += count[bin];
            }
            int cut = 1;
            long below = count[sorted[0]];
            while (cut < sorted.length - 1 && 2 * below < pixels) {
                below += count[sorted[cut++]];
            }
            return List.of(
                    of(Arrays.copyOfRange(sorted, 0, cut), count),
                    of(Arrays.copyOfRange(sorted, cut, sorted.length), count));
        }

        int mean(long[] count, long[][] sum) {
            long pixels = 0;
            long[] total = new long[3];
            for (int bin : bins) {
                pixels += count[bin];
                for (int channel = 0; channel < 3; channel++) {
                    total[channel] += sum[channel][bin];
                }
            }
            int colour = 0;
            for (int channel = 0; channel < 3; channel++) {
                colour = colour << 8 | (int) ((total[channel] + pixels / 2) / pixels);
            }
            return colour;
        }
    }
}
