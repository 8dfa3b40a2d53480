package dev.openmath.worker.prompt;

import java.util.List;

/** The tags that enclose code blocks and their outputs in a conversation. */
public record CodeMarkers(String codeBegin, String codeEnd, String outputBegin, String outputEnd) {
    /** The tags of OpenMathInstruct-1; few-shot sets are written with these. */
    public static final CodeMarkers OPENMATH =
            new CodeMarkers("<llm-code>", "</llm-code>", "<llm-code-output>", "</llm-code-output>");

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
