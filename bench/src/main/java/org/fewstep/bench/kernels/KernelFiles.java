package org.fewstep.bench.kernels;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The kernel files below {@code kernels/} on the class path: in folders and in jars. */
final class KernelFiles {
    private static final String FOLDER = "kernels";

    private KernelFiles() {}

    /** All of them, read, in the order of their names. */
    static List<KernelFile> onClassPath() {
        Set<String> names = new TreeSet<>();
        try {
            for (URL url : Collections.list(KernelFiles.class.getClassLoader().getResources(FOLDER))) {
                add(url, names);
            }
        } catch (IOException | URISyntaxException e) {
            throw new UncheckedIOException(
                    "class path: " + FOLDER, e instanceof IOException io ? io : new IOException(e));
        }
        List<KernelFile> files = new ArrayList<>();
        names.forEach(name -> files.add(KernelFile.onClassPath(name)));
        return files;
    }

    private static void add(URL url, Set<String> to) throws IOException, URISyntaxException {
        if (url.getProtocol().equals("file")) {
            try (Stream<Path> list = Files.list(Path.of(new URI(url.toString())))) {
                list.map(path -> String.valueOf(path.getFileName()))
                        .filter(KernelFiles::isOne)
                        .forEach(to::add);
            }
        } else if (url.openConnection() instanceof JarURLConnection jar) {
            try (JarFile file = new JarFile(Path.of(jar.getJarFileURL().toURI()).toFile())) {
                file.stream()
                        .map(entry -> entry.getName())
                        .filter(name -> name.startsWith(FOLDER + "/") && isOne(name))
                        .map(name -> name.substring(FOLDER.length() + 1))
                        .filter(name -> !name.contains("/"))
                        .forEach(to::add);
            }
        }
    }

    private static boolean isOne(String name) {
        return name.endsWith(".cl") || name.endsWith(".cu");
    }
}
