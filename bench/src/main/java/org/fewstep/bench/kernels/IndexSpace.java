package org.fewstep.bench.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.fewstep.io.BadFileException;
import org.fewstep.kernels.gpu.OwnKernels;
import org.jspecify.annotations.Nullable;

/**
 * Groups and threads as expressions of a kernel's whole-number parameters: numbers, names, {@code + - * /}, parentheses,
 * {@code min(a, b)} and {@code max(a, b)}. A division is exact, and each result is rounded up to a whole number of at least
 * 1, so {@code n / 64} is as many groups of 64 as cover n.
 */
final class IndexSpace implements OwnKernels.Geometry {
    private static final int GROUP_DIMENSIONS = 3;
    private static final int THREAD_DIMENSIONS = 2;
    private static final int MOST = 1 << 30;

    /** A part of an expression. */
    @FunctionalInterface
    private interface Term {
        double of(int[] arguments);
    }

    private final List<Term> groups;
    private final List<Term> threads;
    private final String text;

    /**
     * Reads two lists of expressions.
     *
     * @param where they stand, for messages
     * @param groups one to three, with commas between
     * @param threads one or two
     * @param names of the kernel's parameters, in their order
     * @param constants names with fixed values
     * @throws BadFileException when one is none, or names what there is not
     */
    IndexSpace(String where, String groups, String threads, List<String> names, Map<String, Integer> constants) {
        this.groups = new Parser(where, groups, names, constants).list(GROUP_DIMENSIONS);
        this.threads = new Parser(where, threads, names, constants).list(THREAD_DIMENSIONS);
        this.text = groups + " groups of " + threads;
    }

    @Override
    public int[] of(int[] arguments) {
        int[] space = {1, 1, 1, 1, 1};
        for (int i = 0; i < groups.size(); i++) {
            space[i] = size(groups.get(i).of(arguments));
        }
        for (int i = 0; i < threads.size(); i++) {
            space[GROUP_DIMENSIONS + i] = size(threads.get(i).of(arguments));
        }
        return space;
    }

    private int size(double value) {
        if (!(value <= MOST)) {
            throw new IllegalStateException(
                    "index space " + text + ": got " + value + "; expected at most " + MOST + " in each dimension");
        }
        // Quotients such as 0.1 * 30 may lie above the whole number that they mean.
        return Math.max(1, (int) Math.ceil(value - 1e-9));
    }

    /** Reads expressions from left to right. */
    private static final class Parser {
        private final String where;
        private final String text;
        private final List<String> names;
        private final Map<String, Integer> constants;
        private int at;

        Parser(String where, String text, List<String> names, Map<String, Integer> constants) {
            this.where = where;
            this.text = text;
            this.names = names;
            this.constants = constants;
        }

        List<Term> list(int most) {
            List<Term> terms = new ArrayList<>();
            do {
                terms.add(sum());
            } while (take(','));
            if (at < text.length()) {
                throw unlike("an operator or the end");
            }
            if (terms.size() > most) {
                throw bad(terms.size() + " expressions", "at most " + most);
            }
            return terms;
        }

        private Term sum() {
            Term left = product();
            while (true) {
                Term a = left;
                if (take('+')) {
                    Term b = product();
                    left = x -> a.of(x) + b.of(x);
                } else if (take('-')) {
                    Term b = product();
                    left = x -> a.of(x) - b.of(x);
                } else {
                    return a;
                }
            }
        }

        private Term product() {
            Term left = factor();
            while (true) {
                Term a = left;
                if (take('*')) {
                    Term b = factor();
                    left = x -> a.of(x) * b.of(x);
                } else if (take('/')) {
                    Term b = factor();
                    left = x -> a.of(x) / b.of(x);
                } else {
                    return a;
                }
            }
        }

        private Term factor() {
            if (take('(')) {
                Term inside = sum();
                require(')');
                return inside;
            }
            int start = at;
            while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
                at++;
            }
            String word = text.substring(start, at);
            if (word.isEmpty()) {
                throw unlike("a number, a name or (");
            }
            if (word.matches("\\d{1,9}")) {
                int number = Integer.parseInt(word);
                return x -> number;
            }
            if ((word.equals("min") || word.equals("max")) && take('(')) {
                Term a = sum();
                require(',');
                Term b = sum();
                require(')');
                return word.equals("min") ? x -> Math.min(a.of(x), b.of(x)) : x -> Math.max(a.of(x), b.of(x));
            }
            return named(word);
        }

        private Term named(String word) {
            @Nullable Integer constant = constants.get(word);
            if (constant != null) {
                return x -> constant;
            }
            int place = names.indexOf(word);
            if (place < 0) {
                throw bad(
                        BadFileException.quote(word),
                        "a number, min, max, " + String.join(", ", constants.keySet())
                                + " or a parameter of the kernel: " + String.join(", ", names));
            }
            return x -> x[place];
        }

        private void require(char c) {
            if (!take(c)) {
                throw unlike("\"" + c + "\"");
            }
        }

        /** Passes spaces, and one such character if it stands here. */
        private boolean take(char c) {
            skip();
            if (at < text.length() && text.charAt(at) == c) {
                at++;
                skip();
                return true;
            }
            return false;
        }

        private void skip() {
            while (at < text.length() && text.charAt(at) == ' ') {
                at++;
            }
        }

        private BadFileException unlike(String expected) {
            return bad(at < text.length() ? BadFileException.quote(text.substring(at)) : "the end", expected);
        }

        private BadFileException bad(String got, String expected) {
            return new BadFileException(
                    where,
                    BadFileException.NO_OFFSET,
                    got + " in the index space " + BadFileException.quote(text),
                    expected,
                    "see benchmarks.jar kernels race --help");
        }
    }
}
