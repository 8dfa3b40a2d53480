package dev.openmath;

import io.quarkus.runtime.annotations.QuarkusMain;

/** Role switch of the one program, nothing else. */
@QuarkusMain
public final class Main {
    private Main() {}

    public static void main(String... args) {
        System.exit(2);
    }
}
