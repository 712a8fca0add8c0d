package org.fewstep.kernels.gpu;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fewstep.kernels.Attention;
import org.fewstep.kernels.Combine;
import org.fewstep.kernels.Conv2d;
import org.fewstep.kernels.Gather;
import org.fewstep.kernels.MatMul;
import org.fewstep.kernels.ModulatedNorm;
import org.fewstep.kernels.Norm;
import org.fewstep.kernels.Random;
import org.fewstep.kernels.Reduce;
import org.fewstep.kernels.Scan;
import org.fewstep.kernels.Softmax;
import org.fewstep.kernels.Workload;

/**
 * The sizes that a tuned choice may depend on, each rounded up to a power of two.
 *
 * <p>These are the sizes of one row of the result, never the number of rows: a batch that is split must give the bits of
 * the whole batch, so two numbers of rows must not take versions with different sums. The number of rows is a size of its
 * own, {@code m}, for versions that all give the same bits. A class is written {@code n1024-k256} or
 * {@code m64-n1024-k256}.
 */
final class SizeClass {
    /** Bits of a power of two's exponent; 0 stands for the size 0, e + 1 for 2^e. */
    private static final int BITS = 6;

    private static final Pattern SIZE = Pattern.compile("([a-z])(0|[1-9]\\d{0,9})");

    private SizeClass() {}

    /** Letters of a family's sizes, in the order of a class. */
    static String letters(Workload.Family family) {
        return switch (family) {
            case MATMUL -> "nk";
            case REDUCE, SCAN, MODULATED_NORM -> "ni";
            case SOFTMAX, NORM -> "n";
            case CONV2D -> "odp";
            case ATTENTION -> "ct";
            case GATHER -> "rw";
            case RANDOM -> "w";
            case COMBINE -> "t";
            case ELEMENTWISE, UPDATE -> "";
        };
    }

    /** The class without the number of rows. */
    static long of(Workload work) {
        return switch (work.family()) {
            case MATMUL -> pack(((MatMul) work).n(), ((MatMul) work).k());
            case REDUCE -> pack(((Reduce) work).n(), ((Reduce) work).inner());
            case SCAN -> pack(((Scan) work).n(), ((Scan) work).inner());
            case MODULATED_NORM ->
                pack(((ModulatedNorm) work).n(), ((ModulatedNorm) work).places().inner());
            case SOFTMAX -> exponent(((Softmax) work).n());
            case NORM -> exponent(((Norm) work).n());
            case CONV2D -> of(((Conv2d) work).geometry());
            case ATTENTION ->
                pack(((Attention) work).in().channels(), ((Attention) work).in().tokens());
            case GATHER -> pack(((Gather) work).tableRows(), ((Gather) work).width());
            case RANDOM -> exponent(((Random) work).width());
            case COMBINE -> exponent(((Combine) work).terms());
            case ELEMENTWISE, UPDATE -> 0;
        };
    }

    private static long of(Conv2d.Geometry g) {
        return pack(g.outChannels(), g.depth()) << BITS | exponent(g.places());
    }

    private static long pack(int first, int second) {
        return exponent(first) << BITS | exponent(second);
    }

    /** The number of rows, as a size of a class. */
    static long rows(Workload work) {
        long rows = switch (work.family()) {
            case MATMUL -> (long) ((MatMul) work).batch() * ((MatMul) work).m();
            case REDUCE -> ((Reduce) work).outer();
            case SCAN -> ((Scan) work).outer();
            case MODULATED_NORM -> ((ModulatedNorm) work).rows();
            case SOFTMAX -> ((Softmax) work).rows();
            case NORM -> ((Norm) work).rows();
            case CONV2D -> ((Conv2d) work).geometry().batch();
            case ATTENTION -> {
                Attention.Heads in = ((Attention) work).in();
                yield (long) in.batch() * in.heads();
            }
            case GATHER -> ((Gather) work).count();
            case RANDOM -> ((Random) work).samples();
            case COMBINE -> ((Combine) work).points();
            case ELEMENTWISE, UPDATE -> work.writes().get(0).size();
        };
        return exponent(rows);
    }

    private static long exponent(long size) {
        return size == 0 ? 0 : 65 - Long.numberOfLeadingZeros(size - 1);
    }

    /** A class in words; with rows where {@code rows} is not negative. */
    static String text(Workload.Family family, long rows, long sizes) {
        StringBuilder text = new StringBuilder();
        if (rows >= 0) {
            text.append('m').append(size(rows));
        }
        String letters = letters(family);
        for (int i = 0; i < letters.length(); i++) {
            long exponent = sizes >> BITS * (letters.length() - 1 - i) & (1 << BITS) - 1;
            text.append(text.length() == 0 ? "" : "-").append(letters.charAt(i)).append(size(exponent));
        }
        return text.toString();
    }

    private static long size(long exponent) {
        return exponent == 0 ? 0 : 1L << exponent - 1;
    }

    /**
     * A class from its words.
     *
     * @param rows of one number, which receives the rows' size, or -1 where the class has none
     * @throws IllegalArgumentException for anything else
     */
    static long parse(Workload.Family family, String text, long[] rows) {
        String[] parts = text.split("-", -1);
        String letters = letters(family);
        boolean withRows = parts.length == letters.length() + 1;
        if (!withRows && (parts.length != letters.length() || letters.isEmpty())) {
            throw unlike(family, text);
        }
        rows[0] = withRows ? part(family, text, parts[0], 'm') : -1;
        long sizes = 0;
        for (int i = 0; i < letters.length(); i++) {
            sizes = sizes << BITS | part(family, text, parts[withRows ? i + 1 : i], letters.charAt(i));
        }
        return sizes;
    }

    private static long part(Workload.Family family, String text, String part, char letter) {
        Matcher matcher = SIZE.matcher(part);
        if (matcher.matches() && part.charAt(0) == letter) {
            long size = Long.parseLong(matcher.group(2));
            if (Long.bitCount(size) <= 1) {
                return exponent(size);
            }
        }
        throw unlike(family, text);
    }

    private static IllegalArgumentException unlike(Workload.Family family, String text) {
        StringBuilder form = new StringBuilder();
        for (char letter : letters(family).toCharArray()) {
            form.append('-').append(letter).append("64");
        }
        String bare = form.length() == 0 ? "nothing" : form.substring(1);
        return new IllegalArgumentException("sizes: got \"" + text + "\"; expected " + bare + " or m64" + form + " for "
                + family.name().toLowerCase(Locale.ROOT) + ", powers of two");
    }
}
