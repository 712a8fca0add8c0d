package org.fewstep.cli;

import java.util.OptionalInt;
import org.fewstep.kernels.cpu.Provider;

/** A program that starts itself as {@link Main} does, then says what it is and was given. */
final class SelfStartProgram {
    private SelfStartProgram() {}

    /** The first argument is the exit code, or {@code wait} for a signal. */
    public static void main(String[] args) throws InterruptedException {
        OptionalInt code = SelfStart.run(SelfStartProgram.class, args);
        if (code.isPresent()) {
            System.exit(code.getAsInt());
        }
        System.out.println(ProcessHandle.current().pid());
        System.out.println(Provider.best().label());
        System.out.println(Runtime.getRuntime().maxMemory());
        for (String argument : args) {
            System.out.println("[" + argument + "]");
        }
        System.err.println("a message");
        if (!args[0].equals("wait")) {
            System.exit(Integer.parseInt(args[0]));
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                Thread.sleep(300);
            } catch (InterruptedException e) {
                return;
            }
            System.out.println("checkpoint");
            System.out.flush();
        }));
        Thread.sleep(600_000);
    }
}
