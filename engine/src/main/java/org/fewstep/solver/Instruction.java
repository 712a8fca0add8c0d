package org.fewstep.solver;

import java.util.List;
import org.fewstep.path.GridPoint;

/** One line of a {@link StepPlan}; it makes one value, and each value is made once. */
public sealed interface Instruction {
    /** Number of the value that it makes. */
    int value();

    /** Numbers of the values that it reads. */
    List<Integer> reads();

    /**
     * value = field(state, at).
     *
     * @param value number of the result
     * @param state number of the state
     * @param at point of evaluation
     */
    record Evaluate(int value, int state, GridPoint at) implements Instruction {
        @Override
        public List<Integer> reads() {
            return List.of(state);
        }

        @Override
        public String toString() {
            return "v" + value + " = field(v" + state + ", t = " + at.t() + ")";
        }
    }

    /**
     * value = standard normal draw.
     *
     * @param value number of the result
     * @param like number of a value of the same shape
     * @param number of the draw, from 0
     */
    record DrawNoise(int value, int like, int number) implements Instruction {
        @Override
        public List<Integer> reads() {
            return List.of(like);
        }

        @Override
        public String toString() {
            return "v" + value + " = noise " + number;
        }
    }

    /**
     * value = sum of coefficient times value.
     *
     * @param value number of the result
     * @param terms at least one, added in this order
     */
    record Combine(int value, List<Term> terms) implements Instruction {
        public Combine {
            terms = List.copyOf(terms);
        }

        @Override
        public List<Integer> reads() {
            return terms.stream().map(Term::value).toList();
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("v" + value + " =");
            for (int i = 0; i < terms.size(); i++) {
                Term term = terms.get(i);
                double c = term.coefficient();
                boolean minus = c < 0;
                text.append(i == 0 ? (minus ? " -" : " ") : (minus ? " - " : " + "));
                text.append(Math.abs(c) == 1 ? "" : Math.abs(c) + " ")
                        .append('v')
                        .append(term.value());
            }
            return text.toString();
        }
    }

    /**
     * A weighted value.
     *
     * @param coefficient finite
     * @param value number of the value
     */
    record Term(double coefficient, int value) {}
}
