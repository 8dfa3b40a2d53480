package dev.openmath.worker.prompt;

/**
 * The frame of a prompt.
 *
 * @param prefix what stands before the first example, to the letter
 * @param item one example or the query, with the placeholders {@code {question}}, {@code {context}} and, at the very
 *     end, {@code {solution}}
 * @param delimiter stands between examples; a model that wrote it has finished
 */
public record PromptTemplate(String name, String prefix, String item, String delimiter) {
    static final String QUESTION = "{question}";
    static final String CONTEXT = "{context}";
    static final String SOLUTION = "{solution}";

    public PromptTemplate {
        if (!item.contains(QUESTION)) {
            throw new IllegalArgumentException("template \"" + name + "\": item lacks " + QUESTION);
        }
        if (!item.endsWith(SOLUTION)) {
            throw new IllegalArgumentException("template \"" + name + "\": item must end with " + SOLUTION
                    + ", because the model goes on from there");
        }
        if (delimiter.isEmpty()) {
            throw new IllegalArgumentException("template \"" + name + "\": delimiter is empty");
        }
    }
}
