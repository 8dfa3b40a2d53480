package dev.openmath.worker.prompt;

import dev.openmath.worker.plan.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns the problems of one prompt variant into prompts. Immutable. */
public final class PromptRenderer {
    private static final Pattern PLACEHOLDER =
            Pattern.compile(List.of(PromptTemplate.QUESTION, PromptTemplate.CONTEXT, PromptTemplate.SOLUTION).stream()
                    .map(Pattern::quote)
                    .collect(Collectors.joining("|")));

    private final PromptTemplate template;
    private final PromptContext context;
    private final List<FewShotExample> examples;
    private final CodeMarkers markers;
    /** The same for every problem, so that an engine's prefix cache holds it. */
    private final String head;

    /**
     * Makes a renderer.
     *
     * @throws IllegalArgumentException if an example lacks what the context shows
     */
    public PromptRenderer(
            PromptTemplate template, PromptContext context, List<FewShotExample> examples, CodeMarkers markers) {
        this.template = template;
        this.context = context;
        this.examples = List.copyOf(examples);
        this.markers = markers;
        StringBuilder shared = new StringBuilder(template.prefix());
        for (int i = 0; i < examples.size(); i++) {
            FewShotExample example = examples.get(i);
            shared.append(fill(
                            "few-shot example " + (i + 1),
                            example.question(),
                            example.referenceSolution(),
                            example.maskedReferenceSolution(),
                            markers.apply(example.solution())))
                    .append(template.delimiter());
        }
        this.head = shared.toString();
    }

    /**
     * The prompt of a problem.
     *
     * @param maskedReferenceSolution shown where the context is {@link PromptContext#MASKED_SOLUTION}
     * @throws IllegalArgumentException if the problem lacks what the context shows
     */
    public String render(Problem problem, @Nullable String maskedReferenceSolution) {
        return head
                + fill(
                        "problem " + problem.id(),
                        problem.question(),
                        problem.referenceSolution(),
                        maskedReferenceSolution,
                        "");
    }

    /** The prompt of a problem for which there is no masked solution. */
    public String render(Problem problem) {
        return render(problem, null);
    }

    /** What ends a model's turn: the delimiter and the end of a code block. */
    public List<String> stopStrings() {
        return List.of(template.delimiter(), markers.codeEnd());
    }

    /** A solution ends where this begins. */
    public String delimiter() {
        return template.delimiter();
    }

    public CodeMarkers markers() {
        return markers;
    }

    /** SHA-256, in hex, over everything that prompts of this variant have in common. */
    public String contentHash() {
        MessageDigest digest = sha256();
        for (String part :
                List.of(template.prefix(), template.item(), template.delimiter(), context.name(), markers.toString())) {
            update(digest, part);
        }
        for (FewShotExample example : examples) {
            update(digest, example.question());
            update(digest, example.solution());
            update(digest, example.referenceSolution());
            update(digest, example.maskedReferenceSolution());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private String fill(
            String whose, String question, @Nullable String reference, @Nullable String masked, String solution) {
        String shown;
        try {
            shown = context.render(reference, masked);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(whose + " " + e.getMessage(), e);
        }
        // Filled in one pass: a question may itself contain the text of a placeholder.
        return PLACEHOLDER
                .matcher(template.item())
                .replaceAll(match -> Matcher.quoteReplacement(
                        switch (match.group()) {
                            case PromptTemplate.QUESTION -> question;
                            case PromptTemplate.CONTEXT -> shown;
                            default -> solution;
                        }));
    }

    /** Length before content, so that parts can't run into each other; null differs from empty. */
    private static void update(MessageDigest digest, @Nullable String part) {
        if (part == null) {
            digest.update((byte) '-');
            return;
        }
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
