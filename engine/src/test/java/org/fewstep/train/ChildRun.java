package org.fewstep.train;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.fewstep.kernels.Devices;

/** A training run in a JVM of its own: starts the run of a folder or goes on with it. */
final class ChildRun {
    private ChildRun() {}

    /** Arguments: folder, milliseconds to wait after each step, method, assignments. Prints the steps done. */
    public static void main(String[] args) {
        Path folder = Path.of(args[0]);
        long pause = Long.parseLong(args[1]);
        Callback pace = new Callback() {
            @Override
            public void onStart(Trainer trainer) {
                System.out.println(trainer.step());
            }

            @Override
            public void onStep(Trainer trainer, StepReport report) {
                System.out.println(report.step());
                if (pause > 0) {
                    try {
                        Thread.sleep(pause);
                    } catch (InterruptedException e) {
                        trainer.stop();
                    }
                }
            }
        };
        List<String> overrides = Arrays.asList(args).subList(3, args.length);
        try (Trainer trainer = Trainer.holdsRun(folder)
                ? Trainer.resume(folder, Devices.require("cpu"), pace)
                : Trainer.start(
                        Recipe.from(TinyRecipe.glyphs(args[2]), overrides), folder, Devices.require("cpu"), pace)) {
            trainer.run();
        }
    }

    /** Starts the JVM; its errors go to those of this one. */
    static Process start(List<String> jvm, Path folder, long pause, String method, String... overrides)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // The provider decides the bits: the child uses the one of this JVM.
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (argument.startsWith("--add-modules")) {
                command.add(argument);
            }
        }
        String provider = System.getProperty("fewstep.cpu");
        if (provider != null) {
            command.add("-Dfewstep.cpu=" + provider);
        }
        command.addAll(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ChildRun.class.getName()));
        command.addAll(List.of(folder.toString(), Long.toString(pause), method));
        command.addAll(Arrays.asList(overrides));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Waits until the training loop has begun and made so many steps; the step it began at. */
    static long awaitSteps(Process process, int steps) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        long first = -1;
        for (int i = 0; i <= steps; i++) {
            String line = out.readLine();
            if (line == null) {
                throw new IOException("the child ended after " + i + " lines");
            }
            first = i == 0 ? Long.parseLong(line) : first;
        }
        return first;
    }
}
