package org.fewstep.kernels.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Kernel files of the class path, with the files that they include in their place, each once. */
final class Source {
    private static final String INCLUDE = "#include \"";

    private Source() {}

    /**
     * The whole text, in which compilers' messages still name the right files and lines.
     *
     * @param file name of a file beside this class
     */
    static String of(String file) {
        return of(file, Source::read);
    }

    /**
     * The whole text of files that are found elsewhere.
     *
     * @param files the text of a file of that name
     */
    static String of(String file, UnaryOperator<String> files) {
        StringBuilder text = new StringBuilder();
        append(file, files, text, new HashSet<>());
        return text.toString();
    }

    private static void append(String file, UnaryOperator<String> files, StringBuilder to, Set<String> seen) {
        seen.add(file);
        to.append("#line 1 \"").append(file).append("\"\n");
        String[] lines = files.apply(file).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i];
            if (!line.startsWith(INCLUDE)) {
                to.append(line).append('\n');
                continue;
            }
            String included = line.substring(INCLUDE.length(), line.lastIndexOf('"'));
            if (!seen.contains(included)) {
                append(included, files, to, seen);
            }
            to.append("#line ").append(i + 2).append(" \"").append(file).append("\"\n");
        }
    }

    /** The text of a file beside this class, as it stands. */
    static String read(String file) {
        try (InputStream in = Source.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalArgumentException(
                        "kernel file: got " + file + "; expected a file beside " + Source.class.getName());
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("kernel file " + file, e);
        }
    }
}
