package org.fewstep.study;

import java.util.List;
import java.util.Locale;

/**
 * What a study found.
 *
 * @param floor distance of two draws of the data
 * @param rows in the order of the conditions
 * @param comparisons that answer the questions
 */
public record Findings(Measured floor, List<Row> rows, List<Comparison> comparisons) {
    public Findings {
        rows = List.copyOf(rows);
        comparisons = List.copyOf(comparisons);
    }

    /**
     * A row of the table.
     *
     * @param condition what was wrong
     * @param method way of sampling
     * @param evaluations of the denoiser, or calls of the consistency function
     * @param distance from the data
     */
    public record Row(String condition, String method, int evaluations, Measured distance) {}

    /**
     * Two rows compared on the same seeds.
     *
     * @param question what the comparison is about
     * @param first row
     * @param second row
     */
    public record Comparison(String question, Row first, Row second) {
        /** Units of the last digit shown in 1. */
        private static final double SHOWN = 1e4;

        /** The second's distance less the first's. */
        public Measured difference() {
            return second.distance.minus(first.distance);
        }

        /** What the numbers say, and no more: a difference that is 0 in the digits shown is none, however small its interval. */
        public String verdict() {
            Measured d = difference();
            double shown = Math.round(d.mean() * SHOWN) / SHOWN;
            String change = String.format(Locale.ROOT, "%+.4f +- %.4f", shown, d.halfWidth());
            String of =
                    first.method + " (" + first.evaluations + ") to " + second.method + " (" + second.evaluations + ")";
            String said = !d.isClear() || shown == 0 ? "no clear difference" : shown < 0 ? "lower" : "higher";
            return of + ": " + change + ", " + said;
        }
    }

    /** Two rows of one condition by method and evaluations. */
    static Comparison compare(
            String question, List<Row> rows, String condition, String first, int of, String second, int to) {
        return new Comparison(question, find(rows, condition, first, of), find(rows, condition, second, to));
    }

    private static Row find(List<Row> rows, String condition, String method, int evaluations) {
        return rows.stream()
                .filter(r -> r.condition.equals(condition) && r.method.equals(method) && r.evaluations == evaluations)
                .findFirst()
                .orElseThrow();
    }
}
