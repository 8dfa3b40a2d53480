package dev.openmath;

import dev.openmath.operator.OperatorApplication;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Role switch of the one program, nothing else. */
@QuarkusMain
public final class Main {
    private Main() {}

    public static void main(String... args) {
        if (args.length == 1 && args[0].equals("operator")) {
            Quarkus.run(OperatorApplication.class, args);
            return;
        }
        System.err.println("The first argument is the role: operator");
        System.exit(2);
    }
}
