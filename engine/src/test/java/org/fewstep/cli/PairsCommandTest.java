package org.fewstep.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.data.PairsChunk;
import org.fewstep.data.PairsManifest;
import org.fewstep.train.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pairs, what trains on them, and the straightness of flows, from the command line. */
class PairsCommandTest {
    @TempDir
    Path folder;

    private CliRun train(String recipe, String name, Object... options) {
        List<Object> args = new ArrayList<>(List.of("train", "--recipe", recipe, "--out", folder.resolve(name)));
        for (String setting : List.of(
                "training.steps=4", "training.batch=16", "network.width=16", "sample.rows=2", "sample.columns=5")) {
            args.addAll(List.of("--set", setting));
        }
        args.addAll(Arrays.asList(options));
        return CliRun.of(args.toArray());
    }

    private Path checkpoint(String name) {
        return folder.resolve(name).resolve(Checkpoint.FILE);
    }

    private CliRun pairs(String teacher, String name, Object... options) {
        List<Object> args = new ArrayList<>(
                List.of("pairs", checkpoint(teacher), "--out", folder.resolve(name), "--n", "5000", "--steps", "2"));
        args.addAll(Arrays.asList(options));
        return CliRun.of(args.toArray());
    }

    @Test
    void aStudentLearnsATeachersPairs() throws IOException {
        train("ring-edm", "teacher").succeeded();
        CliRun made = pairs("teacher", "pairs").succeeded();
        assertTrue(made.out().contains("5,000 pairs"), made.out());
        assertTrue(made.out().contains("edm-heun on Karras"), made.out());

        Path last = folder.resolve("pairs").resolve(PairsChunk.file(1));
        byte[] whole = Files.readAllBytes(last);
        Files.delete(last);
        train("ring-kd", "student", "--data", folder.resolve("pairs")).failed(3, "no such file");
        assertFalse(Files.exists(folder.resolve("student")), "nothing is left of a refused run");
        pairs("teacher", "pairs").failed(2, "--resume");
        pairs("teacher", "pairs", "--resume", "--seed", "1").failed(2, "seed 1");
        pairs("teacher", "pairs", "--resume", "--threads", "1").succeeded();
        assertArrayEquals(whole, Files.readAllBytes(last));

        train("ring-kd", "student", "--data", folder.resolve("pairs")).succeeded();
        assertTrue(Files.isRegularFile(folder.resolve("student").resolve("samples-steps-1.png")));
        CliRun.of("straightness", checkpoint("student")).failed(2, "expected a flow");

        String taught = "teacher=" + checkpoint("teacher");
        train("ring-dmd-pairs", "dmd", "--data", folder.resolve("pairs"), "--set", taught)
                .succeeded();
    }

    @Test
    void aFlowIsMadeStraighter() {
        train("ring-flow", "flow").succeeded();
        pairs("flow", "pairs", "--solver", "heun").succeeded();
        train("ring-reflow", "reflow", "--data", folder.resolve("pairs")).succeeded();
        CliRun made = CliRun.of("straightness", checkpoint("flow"), checkpoint("reflow"), "--n", "50", "--steps", "4")
                .succeeded();
        assertTrue(made.out().contains("straightness S"), made.out());
        assertTrue(made.out().contains(checkpoint("reflow").toString()), made.out());
    }

    @Test
    void badWishesLeaveNothing() {
        train("ring-edm", "teacher").succeeded();
        pairs("none", "pairs").failed(3, "no such file");
        pairs("teacher", "pairs", "--n", "0").failed(2, "--n");
        pairs("teacher", "pairs", "--steps", "0").failed(2, "--steps");
        pairs("teacher", "pairs", "--threads", "-1").failed(2, "--threads");
        pairs("teacher", "pairs", "--solver", "ddim-eta1.0").failed(2, "draws noise");
        pairs("teacher", "pairs", "--guidance", "2").failed(2, "guidance");
        pairs("teacher", "pairs", "--resume").failed(2, "leave --resume out");
        assertFalse(Files.exists(folder.resolve("pairs").resolve(PairsManifest.FILE)));
        train("ring-reflow", "run").failed(2, "data.folder");
    }
}
