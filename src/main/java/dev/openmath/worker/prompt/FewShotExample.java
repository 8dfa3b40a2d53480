package dev.openmath.worker.prompt;

import org.jspecify.annotations.Nullable;

/**
 * A solved problem shown to the model.
 *
 * @param solution with the tags of {@link CodeMarkers#OPENMATH}
 * @param referenceSolution needed where the context shows reference solutions
 * @param maskedReferenceSolution the same with numbers replaced by symbols, needed where the context shows masked ones
 */
public record FewShotExample(
        String question,
        String solution,
        @Nullable String referenceSolution,
        @Nullable String maskedReferenceSolution) {}
