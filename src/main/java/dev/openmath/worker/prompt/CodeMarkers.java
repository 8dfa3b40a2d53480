package dev.openmath.worker.prompt;

import java.util.List;

/** The tags that enclose code blocks and their outputs in a conversation. */
public record CodeMarkers(String codeBegin, String codeEnd, String outputBegin, String outputEnd) {
    /** The tags of OpenMathInstruct-1; few-shot sets are written with these. */
    public static final CodeMarkers OPENMATH =
            new CodeMarkers("<llm-code>", "</llm-code>", "<llm-code-output>", "</llm-code-output>");

    private static final List<String> ERROR_PREFIXES =
            List.of("Execution error:", "Syntax error:", "Result is not defined", "timeout", "Undefined error:");

    public CodeMarkers {
        for (String marker : List.of(codeBegin, codeEnd, outputBegin, outputEnd)) {
            if (marker.isEmpty()) {
                throw new IllegalArgumentException("a code marker is empty");
            }
        }
    }

    /** The output block as it follows a code block in a conversation. */
    public String outputBlock(String output) {
        return "\n" + outputBegin + "\n" + output + "\n" + outputEnd + "\n";
    }

    /** The code to execute in a reply: after its last begin tag, up to the end tag that follows; all of it without a begin tag. */
    public String codeIn(String reply) {
        int begin = reply.lastIndexOf(codeBegin);
        String code = begin < 0 ? reply : reply.substring(begin + codeBegin.length());
        int end = code.indexOf(codeEnd);
        return begin < 0 || end < 0 ? code : code.substring(0, end);
    }

    /**
     * The {@code error_message} that a finished conversation shows by its last output block, for conversations run by an
     * engine that keeps no other record. An output that merely begins like an error message is taken for one.
     */
    public String errorShownIn(String conversation) {
        int begin = conversation.lastIndexOf(outputBegin);
        if (begin < 0) {
            return "<not_executed>";
        }
        String output = conversation.substring(begin + outputBegin.length());
        int end = output.indexOf(outputEnd);
        String shown = (end < 0 ? output : output.substring(0, end)).strip();
        return ERROR_PREFIXES.stream().anyMatch(shown::startsWith) ? shown : "";
    }

    /** Exchanges the tags that few-shot sets are written with for these. */
    String apply(String text) {
        if (equals(OPENMATH)) {
            return text;
        }
        return text.replace(OPENMATH.outputBegin, outputBegin)
                .replace(OPENMATH.outputEnd, outputEnd)
                .replace(OPENMATH.codeBegin, codeBegin)
                .replace(OPENMATH.codeEnd, codeEnd);
    }
}
