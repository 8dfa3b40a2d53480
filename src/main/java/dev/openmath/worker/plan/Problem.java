package dev.openmath.worker.plan;

import org.jspecify.annotations.Nullable;

/**
 * One problem of a source.
 *
 * @param dataset the value of the rows' {@code dataset} field, such as {@code gsm8k}
 * @param id unique within the dataset
 * @param question the text shown to the model
 * @param expectedAnswer normalised for the dataset, see {@code worker.grading.ExpectedAnswers}
 * @param referenceSolution the source's own worked solution, where it has one
 * @param subject such as {@code Algebra}, where the source says so
 * @param level difficulty as the source writes it, such as {@code Level 5}
 */
public record Problem(
        String dataset,
        String id,
        String question,
        String expectedAnswer,
        @Nullable String referenceSolution,
        @Nullable String subject,
        @Nullable String level) {}
