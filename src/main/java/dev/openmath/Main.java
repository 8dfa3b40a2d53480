package dev.openmath;

import dev.openmath.cli.OfflineCommands;
import dev.openmath.operator.OperatorApplication;
import dev.openmath.worker.RoleProcess;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Role switch of the one program, nothing else. */
@QuarkusMain
public final class Main {
    private Main() {}

    public static void main(String... args) {
        String role = args.length == 0 ? "" : args[0];
        switch (role) {
            case "operator" -> Quarkus.run(OperatorApplication.class, args);
            case "plan", "generate", "finalize" -> System.exit(RoleProcess.run(role));
            default -> System.exit(OfflineCommands.run(args));
        }
    }
}
