package dev.openmath.worker.prompt;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the code blocks of one conversation with the host's Python, showing what an interactive shell would. */
final class PythonBlocks {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String DRIVER = """
            import ast, contextlib, io, json, sys
            namespace, outputs = {}, []
            for code in json.load(open(sys.argv[1])):
                out = io.StringIO()
                with contextlib.redirect_stdout(out):
                    tree = ast.parse(code)
                    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
                    exec(compile(tree, "block", "exec"), namespace)
                    if last is not None:
                        value = eval(compile(ast.Expression(last.value), "block", "eval"), namespace)
                        if value is not None:
                            print(repr(value))
                outputs.append(out.getvalue().strip())
            json.dump(outputs, sys.stdout)
            """;

    private PythonBlocks() {}

    /** Output of each block, or null if this host's Python lacks SymPy and a block imports it. */
    static List<String> run(List<String> blocks) throws IOException, InterruptedException {
        Path file = Files.createTempFile("blocks", ".json");
        try {
            JSON.writeValue(file.toFile(), blocks);
            Process python = new ProcessBuilder("python3", "-c", DRIVER, file.toString()).start();
            String errors;
            String output;
            try (var in = python.getInputStream();
                    var err = python.getErrorStream()) {
                output = new String(in.readAllBytes());
                errors = new String(err.readAllBytes());
            }
            if (!python.waitFor(30, TimeUnit.SECONDS)) {
                python.destroyForcibly();
                throw new AssertionError("python3 took longer than 30 s on " + blocks);
            }
            if (errors.contains("No module named 'sympy'")) {
                return null;
            }
            if (python.exitValue() != 0) {
                throw new AssertionError("python3 failed on " + blocks + "\n" + errors);
            }
            return JSON.readValue(output, new TypeReference<>() {});
        } finally {
            Files.delete(file);
        }
    }
}
