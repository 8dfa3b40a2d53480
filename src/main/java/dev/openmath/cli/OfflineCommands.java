package dev.openmath.cli;

import dev.openmath.worker.RoleFailedException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The commands for people and pipelines: on files and pipes, without a cluster. */
@Command(
        name = "openmath",
        description = "Turns math problems into instruction-tuning data: the commands that need no cluster.",
        mixinStandardHelpOptions = true,
        version = "openmath 0.1.0",
        subcommands = {
            GradeCommand.class,
            ExtractCommand.class,
            SandboxCommand.class,
            RunCommand.class,
            VerifyCommand.class,
            HelpCommand.class
        })
public final class OfflineCommands {
    private OfflineCommands() {}

    /**
     * Runs a command.
     *
     * @return the exit code: 0 done, 1 the work failed, 2 the input was wrong
     */
    public static int run(String... args) {
        return commandLine().execute(args);
    }

    static CommandLine commandLine() {
        return new CommandLine(new OfflineCommands())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    boolean input = failure instanceof WrongInputException
                            || failure instanceof RoleFailedException role
                                    && role.reason().exitCode() == ExitCodes.WRONG_INPUT;
                    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
                    command.getErr().println("openmath " + command.getCommandName() + ": " + message);
                    return input ? ExitCodes.WRONG_INPUT : ExitCodes.FAILED;
                });
    }
}
