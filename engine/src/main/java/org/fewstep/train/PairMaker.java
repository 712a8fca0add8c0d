package org.fewstep.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.fewstep.data.PairsChunk;
import org.fewstep.data.PairsManifest;
import org.fewstep.io.Settings;
import org.fewstep.sample.Generator;
import org.fewstep.sample.GeneratorOptions;
import org.fewstep.tensor.Rng;
import org.jspecify.annotations.Nullable;

/**
 * Makes a folder of pairs (z, Phi(z)) of noise and the end to which a teacher's ODE leads from it.
 *
 * <p>Pair i is sample i of the seed, with a label of its own drawn where the teacher has classes. It depends on nothing else:
 * threads take file after file, each file is put in place whole, and a folder whose making was broken off is completed to the
 * bytes of one made in one go.
 */
public final class PairMaker {
    /** Takes part in the making, one call at a time. */
    @FunctionalInterface
    public interface Progress {
        /** So many files of all are in place. */
        void inPlace(int files, int of);
    }

    private final Generator teacher;
    private final GeneratorOptions options;
    private final PairsManifest manifest;

    /**
     * Says what to make.
     *
     * @param teacher of the ODE, which need not be the caller's alone
     * @param hash SHA-256 of the teacher's file
     * @param steps of the solver, at least 1
     * @param options solver and guidance; the solver must not draw noise
     * @param seed of noise and labels
     * @param count number of pairs, at least 1
     * @throws IllegalArgumentException when the teacher cannot do so, or there is no ODE to solve
     */
    public PairMaker(Generator teacher, String hash, int steps, GeneratorOptions options, long seed, long count) {
        String solver = teacher.solverName(options);
        if (teacher.draws(steps, options) > 0) {
            throw new IllegalArgumentException("pairs: got solver " + solver + " with " + steps
                    + " steps, which draws noise on the way; expected one of an ODE, whose ends noise alone decides");
        }
        int dim = teacher.spec().network().dim();
        this.teacher = teacher;
        this.options = options;
        this.manifest = new PairsManifest(
                PairsManifest.FORMAT,
                hash,
                solver,
                steps,
                options.guidance(),
                seed,
                count,
                PairsManifest.chunkOf(dim),
                teacher.spec().shape(),
                teacher.classes());
        teacher.sample(0, steps, seed, labels(0, 1), options); // refuses what does not fit before the folder is made
    }

    /** What is made. */
    public PairsManifest manifest() {
        return manifest;
    }

    /**
     * Makes the folder, or what is missing in it.
     *
     * @param threads at least 1
     * @param resume whether the folder holds a part of these pairs
     * @throws IllegalArgumentException when the folder holds pairs and shall not, or holds none or others and shall
     * @throws org.fewstep.io.BadFileException when a file in it is damaged
     * @throws ArithmeticException when the teacher gives numbers that are not finite
     */
    public void make(Path folder, int threads, boolean resume, Progress progress) {
        prepare(folder, resume);
        Making making = new Making(folder, progress);
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < Math.min(threads, manifest.chunks()); i++) {
            Thread worker = new Thread(making, "pairs " + i);
            workers.add(worker);
            worker.start();
        }
        making.finish(workers);
    }

    private void prepare(Path folder, boolean resume) {
        boolean holds = Files.exists(folder.resolve(PairsManifest.FILE));
        if (holds != resume) {
            throw new IllegalArgumentException("pairs: got " + folder
                    + (holds ? ", which holds pairs; expected a fresh folder" : "; expected a folder with pairs")
                    + (holds ? "; complete them with --resume, or choose another folder" : "; leave --resume out"));
        }
        if (resume) {
            requireSame(PairsManifest.read(folder));
            return;
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("make the folder " + folder, e);
        }
        manifest.write(folder);
    }

    private void requireSame(PairsManifest there) {
        Map<String, Object> old = Settings.toMap(there);
        new TreeMap<>(Settings.toMap(manifest)).forEach((key, asked) -> {
            Object had = old.get(key);
            if (!asked.equals(had)) {
                throw new IllegalArgumentException("pairs: got " + key + " " + asked + " for a folder of pairs with "
                        + had + "; expected the same; resume with the options that it was begun with");
            }
        });
    }

    private int[] labels(long first, int n) {
        int[] labels = new int[n];
        if (manifest.classes() == 0) {
            Arrays.fill(labels, Generator.NO_LABEL);
            return labels;
        }
        return new Rng(manifest.seed()).stream("labels").integers(first, n, 0, manifest.classes());
    }

    private PairsChunk chunk(int k) {
        long first = manifest.first(k);
        int n = manifest.size(k);
        int[] labels = labels(first, n);
        float[] noise = teacher.noise(first, n, manifest.seed());
        float[] ends = teacher.sample(first, manifest.steps(), manifest.seed(), labels, options);
        for (float value : ends) {
            if (!Float.isFinite(value)) {
                throw new ArithmeticException("pairs: got an end that is not finite among " + first + " to "
                        + (first + n - 1) + "; expected numbers; was the teacher trained?");
            }
        }
        return new PairsChunk(noise, ends, manifest.classes() == 0 ? null : labels);
    }

    /** The work of all threads on one folder. */
    private final class Making implements Runnable {
        private final Path folder;
        private final Progress progress;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private int inPlace;

        Making(Path folder, Progress progress) {
            this.folder = folder;
            this.progress = progress;
        }

        @Override
        public void run() {
            try {
                for (int k = next.getAndIncrement();
                        k < manifest.chunks() && failure.get() == null;
                        k = next.getAndIncrement()) {
                    if (Files.exists(folder.resolve(PairsChunk.file(k)))) {
                        PairsChunk.read(folder, manifest, k);
                    } else {
                        chunk(k).write(folder, manifest, k);
                    }
                    report();
                }
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            }
        }

        private synchronized void report() {
            progress.inPlace(++inPlace, manifest.chunks());
        }

        /** Waits for all workers; throws what ended the first that failed. */
        void finish(List<Thread> workers) {
            boolean interrupted = false;
            for (Thread worker : workers) {
                while (worker.isAlive()) {
                    try {
                        worker.join();
                    } catch (InterruptedException e) {
                        interrupted = true;
                        failure.compareAndSet(null, new IllegalStateException("pairs: interrupted", e));
                    }
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            Throwable failed = failure.get();
            if (failed instanceof RuntimeException e) {
                throw e;
            }
            if (failed instanceof Error e) {
                throw e;
            }
        }
    }
}
