package org.fewstep.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A recipe as YAML text, built in or from a file.
 *
 * @param source what messages call it
 * @param yaml the text
 */
record RecipeText(String source, String yaml) {
    /** Names of the recipes that come with the program, in the order they are listed. */
    static final List<String> BUILT_IN = List.of(
            "eight-gaussians-flow",
            "eight-gaussians-meanflow",
            "eight-gaussians-lsd",
            "eight-gaussians-esd",
            "eight-gaussians-psd",
            "eight-gaussians-imm",
            "eight-gaussians-shortcut",
            "eight-gaussians-two-time",
            "eight-gaussians-ayf",
            "eight-gaussians-ayf-lmd",
            "eight-gaussians-emd",
            "eight-gaussians-lmd",
            "eight-gaussians-fmm",
            "eight-gaussians-pfmm",
            "eight-gaussians-improved-meanflow",
            "eight-gaussians-pixel-meanflow",
            "eight-gaussians-alpha-flow",
            "eight-gaussians-split-meanflow",
            "eight-gaussians-tvm",
            "two-moons-flow",
            "two-moons-meanflow",
            "checkerboard-flow",
            "checkerboard-meanflow",
            "two-moons-to-eight-gaussians",
            "ring-edm",
            "ring-cd",
            "ring-ct",
            "ring-continuous",
            "ring-ect",
            "ring-sct",
            "ring-scd",
            "ring-rcm",
            "ring-scott",
            "ring-ctm",
            "ring-tcm",
            "ring-kd",
            "ring-pd",
            "ring-multistep",
            "ring-guidance",
            "ring-lcm",
            "ring-dmd",
            "ring-dmd-pairs",
            "ring-diff-instruct",
            "ring-sid",
            "ring-dmd2",
            "ring-f-distill",
            "ring-sida",
            "ring-vsd",
            "ring-sds",
            "ring-sjc",
            "ring-ladd",
            "ring-add",
            "ring-drifting",
            "ring-flow",
            "ring-reflow",
            "glyphs-flow",
            "glyphs-meanflow",
            "glyphs-improved-meanflow",
            "mnist-flow",
            "mnist-meanflow",
            "mnist-dit-meanflow",
            "mnist-edm",
            "mnist-cd",
            "mnist-ect",
            "mnist-scd",
            "mnist-rcm",
            "mnist-dmd2",
            "mnist-sid",
            "mnist-lsd",
            "mnist-ayf",
            "mnist-shortcut",
            "mnist-imm",
            "mnist-three-to-eight",
            "mnist-classifier");

    /**
     * The built-in recipe of that name, else the file.
     *
     * @throws IllegalArgumentException when there is neither; the message has the nearest name
     */
    static RecipeText of(String nameOrFile) {
        if (BUILT_IN.contains(nameOrFile)) {
            return builtIn(nameOrFile);
        }
        Path file = path(nameOrFile);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("--recipe: got \"" + nameOrFile
                    + "\"; expected a file or one of " + String.join(", ", BUILT_IN)
                    + Text.nearest(nameOrFile, BUILT_IN)
                            .map(near -> "; nearest is " + near)
                            .orElse(""));
        }
        try (InputStream in = Files.newInputStream(file)) {
            // One character more than is allowed, so that a file of any size ends in YamlFile's message.
            byte[] bytes = in.readNBytes(4 * YamlFile.MAX_LENGTH + 4);
            return new RecipeText(
                    nameOrFile,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(java.nio.ByteBuffer.wrap(bytes))
                            .toString());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(nameOrFile + ": got bytes that are not UTF-8; expected a YAML text", e);
        } catch (IOException e) {
            throw new UncheckedIOException("read " + file, e);
        }
    }

    /** The built-in recipe of that name. */
    static RecipeText builtIn(String name) {
        String resource = "/org/fewstep/recipes/" + name + ".yaml";
        try (InputStream in = RecipeText.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("recipes: got \"" + name + "\"; expected one of "
                        + String.join(", ", BUILT_IN)
                        + Text.nearest(name, BUILT_IN)
                                .map(near -> "; nearest is " + near)
                                .orElse(""));
            }
            return new RecipeText(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("read " + resource, e);
        }
    }

    /** The text as nested maps. */
    Map<String, Object> map() {
        return YamlFile.parse(yaml, source);
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "--recipe: got a name that no file can have; expected a file or one of "
                            + String.join(", ", BUILT_IN),
                    e);
        }
    }
}
