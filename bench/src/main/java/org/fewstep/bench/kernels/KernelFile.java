package org.fewstep.bench.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.fewstep.io.BadFileException;
import org.fewstep.io.FileBytes;
import org.fewstep.kernels.Workload;
import org.fewstep.kernels.gpu.KernelCall;
import org.fewstep.kernels.gpu.KernelLab;
import org.fewstep.kernels.gpu.OwnKernels;
import org.jspecify.annotations.Nullable;

/**
 * A researcher's file of kernels, whose first comment says what they are for.
 *
 * <pre>
 * // family: matmul
 * // kernel: my_matmul in place of matmul_tiles
 * // groups: n / 16, m / 16, items
 * // threads: 16, 16
 * </pre>
 *
 * <p>A kernel gets the arguments of the shipped kernel in whose place it is called, and its index space where there are no
 * groups and threads ({@link IndexSpace}). There may be several kernels. Without any, each kernel of the file that has a
 * shipped one's name stands in for it: so a copy of a shipped file may be edited. {@code portable.h} and other files beside
 * the shipped kernels may be included, and files beside the own one.
 *
 * @param name as messages show it
 * @param folder where it is, or null on the class path
 * @param text the whole of it
 * @param family the family it is for
 * @param heads its kernels, none where names decide
 */
record KernelFile(String name, @Nullable Path folder, String text, Workload.Family family, List<Head> heads) {
    /** Largest file that is read. */
    private static final int MOST_BYTES = 4 << 20;

    /** Where files lie on the class path. */
    private static final String FOLDER = "kernels/";

    private static final Pattern FIELD = Pattern.compile("(family|kernel|groups|threads)\\s*:\\s*(.*\\S)");
    private static final Pattern PLACE = Pattern.compile("(\\w+)\\s+in\\s+place\\s+of\\s+(\\w+)");

    /** What the first comment says of one kernel. */
    record Head(
            int line,
            String kernel,
            String inPlaceOf,
            @Nullable String groups,
            @Nullable String threads) {}

    KernelFile {
        heads = List.copyOf(heads);
    }

    /**
     * Reads a file: a path, or else the name of one below {@code kernels/} on the class path.
     *
     * @throws BadFileException when it is not there, or its first comment does not say what it is for
     */
    static KernelFile read(String name) {
        Path path = Path.of(name);
        if (Files.exists(path)) {
            String text = new String(FileBytes.read(path, MOST_BYTES), StandardCharsets.UTF_8);
            return parse(
                    String.valueOf(path.getFileName()), path.toAbsolutePath().getParent(), text);
        }
        return onClassPath(name);
    }

    /** Reads a file below {@code kernels/} on the class path. */
    static KernelFile onClassPath(String name) {
        try (InputStream in = KernelFile.class.getClassLoader().getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw bad(name, "no such file", "a path, or a file below " + FOLDER + " on the class path");
            }
            return parse(name, null, new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    /** Reads a text. */
    static KernelFile parse(String name, @Nullable Path folder, String text) {
        Workload.@Nullable Family family = null;
        List<Head> heads = new ArrayList<>();
        int line = 0;
        for (String comment : comments(text)) {
            line++;
            Matcher field = FIELD.matcher(comment);
            if (!field.matches()) {
                continue;
            }
            String where = name + " line " + line;
            String value = String.valueOf(field.group(2));
            switch (String.valueOf(field.group(1))) {
                case "family" -> family = family(where, value, family);
                case "kernel" -> heads.add(head(where, line, value));
                case "groups" -> heads.add(with(where, heads, value, null));
                default -> heads.add(with(where, heads, null, value));
            }
        }
        if (family == null) {
            throw bad(name, "no line \"// family: NAME\" in the first comment", "one such as // family: matmul");
        }
        for (Head head : heads) {
            if ((head.groups() == null) != (head.threads() == null)) {
                throw bad(
                        name + " line " + head.line(),
                        "groups or threads alone for " + head.kernel(),
                        "both, or neither for the index space of " + head.inPlaceOf());
            }
        }
        return new KernelFile(name, folder, text, family, heads);
    }

    /** The lines of the first comments, without what makes them comments. */
    private static List<String> comments(String text) {
        List<String> lines = new ArrayList<>();
        boolean inside = false;
        for (String line : text.split("\\R", -1)) {
            String bare = line.strip();
            if (!inside && !bare.isEmpty() && !bare.startsWith("//") && !bare.startsWith("/*")) {
                break;
            }
            if (bare.startsWith("/*")) {
                inside = true;
            }
            if (bare.endsWith("*/")) {
                inside = false;
            }
            lines.add(bare.replaceFirst("^(//+|/\\*+|\\*(?!/))", "")
                    .replaceFirst("\\*/$", "")
                    .strip());
        }
        return lines;
    }

    private static Workload.Family family(String where, String value, Workload.@Nullable Family before) {
        if (before != null) {
            throw bad(where, "a second family", "one");
        }
        try {
            return Families.of(value);
        } catch (IllegalArgumentException e) {
            throw new BadFileException(
                    where, BadFileException.NO_OFFSET, BadFileException.quote(value), Families.ALL, "name one", e);
        }
    }

    private static Head head(String where, int line, String value) {
        Matcher place = PLACE.matcher(value);
        if (!place.matches()) {
            throw bad(where, BadFileException.quote(value), "NAME in place of NAME");
        }
        return new Head(line, String.valueOf(place.group(1)), String.valueOf(place.group(2)), null, null);
    }

    /** The last kernel, with its groups or threads. */
    private static Head with(String where, List<Head> heads, @Nullable String groups, @Nullable String threads) {
        if (heads.isEmpty()) {
            throw bad(where, "an index space before any kernel", "a line \"// kernel: NAME in place of NAME\" above");
        }
        Head last = heads.remove(heads.size() - 1);
        return new Head(
                last.line(),
                last.kernel(),
                last.inPlaceOf(),
                groups == null ? last.groups() : groups,
                threads == null ? last.threads() : threads);
    }

    private static BadFileException bad(String where, String got, String expected) {
        return new BadFileException(
                where, BadFileException.NO_OFFSET, got, expected, "see benchmarks.jar kernels race --help");
    }

    /** True for CUDA C++ that is no OpenCL C. */
    boolean isCuda() {
        return name.toLowerCase(Locale.ROOT).endsWith(".cu");
    }

    /**
     * The file as what stands in for shipped kernels on a device.
     *
     * @throws BadFileException when it names kernels that are not there, or their parameters are too many or too few
     */
    OwnKernels on(KernelLab lab) {
        Map<String, KernelCall> shipped = new LinkedHashMap<>();
        lab.uses(family).forEach(use -> shipped.putIfAbsent(use.call().kernel(), use.call()));
        List<OwnKernels.Own> own = new ArrayList<>();
        for (Head head : heads.isEmpty() ? sameNames(shipped) : heads) {
            KernelCall call = shipped.get(head.inPlaceOf());
            String where = head.line() == 0 ? name : name + " line " + head.line();
            if (call == null) {
                throw bad(
                        where,
                        "kernel " + head.inPlaceOf() + " to stand in for",
                        "one of " + String.join(", ", shipped.keySet()));
            }
            List<String> parameters = parameters(where, head.kernel());
            if (parameters.size() != call.arguments()) {
                throw bad(
                        where,
                        parameters.size() + " parameters of " + head.kernel(),
                        call.arguments() + ", those of " + call.kernel() + " in " + call.file()
                                + " (benchmarks.jar kernels list --source " + call.file() + ")");
            }
            own.add(new OwnKernels.Own(head.kernel(), head.inPlaceOf(), space(where, head, parameters, lab.units())));
        }
        return new OwnKernels(name, KernelLab.expand(name, text, folder), own);
    }

    private List<Head> sameNames(Map<String, KernelCall> shipped) {
        List<Head> same = new ArrayList<>();
        for (String kernel : shipped.keySet()) {
            if (signature(kernel) != null) {
                same.add(new Head(0, kernel, kernel, null, null));
            }
        }
        if (same.isEmpty()) {
            throw bad(
                    name,
                    "no kernel with the name of a shipped one, and no line \"// kernel: NAME in place of NAME\"",
                    "one of " + String.join(", ", shipped.keySet()));
        }
        return same;
    }

    /** What stands between a kernel's parentheses, or null. */
    private @Nullable String signature(String kernel) {
        String code = text.replaceAll("(?s)/\\*.*?\\*/|//[^\\n]*", " ");
        Matcher matcher = Pattern.compile("\\b" + Pattern.quote(kernel) + "\\s*\\(([^(){};]*)\\)\\s*\\{")
                .matcher(code);
        return matcher.find() ? String.valueOf(matcher.group(1)).strip() : null;
    }

    private List<String> parameters(String where, String kernel) {
        String signature = signature(kernel);
        if (signature == null) {
            throw bad(where, "no kernel " + kernel + " in the file", "its definition, not made by a macro");
        }
        List<String> names = new ArrayList<>();
        for (String parameter : signature.split(",")) {
            String[] words = parameter.strip().split("\\W+");
            names.add(words[words.length - 1]);
        }
        return names;
    }

    private static @Nullable IndexSpace space(String where, Head head, List<String> parameters, int units) {
        String groups = head.groups();
        String threads = head.threads();
        if (groups == null || threads == null) {
            return null;
        }
        return new IndexSpace(where, groups, threads, parameters, Map.of("units", units));
    }
}
