package org.fewstep.cli;

import java.io.Console;
import java.io.PrintStream;
import java.lang.reflect.Method;

/**
 * Where a command writes.
 *
 * @param out results and progress
 * @param err the one message of a command that failed
 * @param terminal whether {@code out} is a terminal, whose last line can be written again
 */
record Screen(PrintStream out, PrintStream err, boolean terminal) {
    /** System property that says whether there is a terminal, for a JVM that cannot see it itself. */
    static final String TERMINAL = "fewstep.terminal";

    /** The streams of this process. */
    static Screen system() {
        return new Screen(System.out, System.err, isTerminal());
    }

    /** One line of output. */
    void line(String text) {
        out.println(text);
    }

    /** One formatted line of output. */
    void line(String format, Object... values) {
        out.println(Text.format(format, values));
    }

    /** Since JDK 22 there is a console without a terminal too, and a method to ask. */
    private static boolean isTerminal() {
        String known = System.getProperty(TERMINAL);
        if (known != null) {
            return Boolean.parseBoolean(known);
        }
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            Method asks = Console.class.getMethod("isTerminal");
            return (boolean) asks.invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
