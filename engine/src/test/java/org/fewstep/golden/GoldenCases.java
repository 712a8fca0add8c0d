package org.fewstep.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.fewstep.io.Json;
import org.fewstep.io.JsonObject;
import org.fewstep.io.JsonValue;

/** The case files of a folder: FAMILY/FILE.json. */
final class GoldenCases {
    /**
     * One file.
     *
     * @param family folder
     * @param file name without {@code .json}
     */
    record Case(String family, String file, Path path) {
        String name() {
            return family + "/" + file;
        }

        /** The content, with the arrays of a weights file in place. */
        JsonObject read() {
            JsonValue value = Json.read(path);
            if (!(value instanceof JsonObject root)) {
                throw new AssertionError(name() + ": got " + value.kind() + "; expected an object");
            }
            return WeightsFile.inline(path, root);
        }
    }

    private GoldenCases() {}

    /** The folder that {@code -Dgolden.dir} names, or the project's own; a relative one is meant from the module or root. */
    static Path folder() {
        Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        String given = System.getProperty("golden.dir", "");
        if (given.isEmpty()) {
            return module.resolve("src/test/resources/golden");
        }
        Path fromModule = module.resolve(given);
        Path fromRoot = module.resolveSibling(given);
        return Files.isDirectory(fromModule) || !Files.isDirectory(fromRoot) ? fromModule : fromRoot;
    }

    /** The families that {@code -Dgolden.families} limits a run to; all when it is empty. */
    static List<String> families() {
        return Arrays.stream(System.getProperty("golden.families", "").split(","))
                .map(String::strip)
                .filter(f -> !f.isEmpty())
                .toList();
    }

    /**
     * The files of the given families, sorted by name.
     *
     * @param families none for all
     * @throws AssertionError when the folder or a family holds no file
     */
    static List<Case> in(Path folder, List<String> families) {
        if (!Files.isDirectory(folder)) {
            throw new AssertionError("golden: no folder " + folder);
        }
        List<Case> cases = new ArrayList<>();
        List<String> wanted = families.isEmpty() ? names(folder, "") : families;
        for (String family : wanted) {
            Path home = folder.resolve(family);
            if (!Files.isDirectory(home)) {
                if (families.isEmpty()) {
                    continue; // a text beside the families
                }
                throw new AssertionError("golden: no family " + family + " in " + folder);
            }
            List<String> files = names(home, ".json");
            if (files.isEmpty()) {
                throw new AssertionError("golden: no case in " + home);
            }
            for (String file : files) {
                String bare = file.substring(0, file.length() - ".json".length());
                cases.add(new Case(family, bare, home.resolve(file)));
            }
        }
        if (cases.isEmpty()) {
            throw new AssertionError("golden: no case in " + folder);
        }
        return cases;
    }

    private static List<String> names(Path folder, String ending) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(p -> p.getFileName().toString())
                    .filter(n -> n.endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
