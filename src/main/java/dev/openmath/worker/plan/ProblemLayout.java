package dev.openmath.worker.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.openmath.api.Problems;
import dev.openmath.worker.grading.ExpectedAnswers;
import org.jspecify.annotations.Nullable;

/** Which fields of a source's objects mean what. */
sealed interface ProblemLayout {
    /**
     * Takes an object apart.
     *
     * @throws IllegalArgumentException naming the field that is wrong and what to write, never its text
     */
    ProblemRecord read(JsonNode object);

    static ProblemLayout of(Problems.Source source) {
        return switch (source.format()) {
            case GSM8K -> new Gsm8k();
            case MATH -> new Math();
            case JSONLines -> Mapped.of(source.fields());
        };
    }

    /** {@code question, answer}; the answer ends with a line {@code #### N}. */
    record Gsm8k() implements ProblemLayout {
        @Override
        public ProblemRecord read(JsonNode object) {
            String answer = required(object, "answer");
            return new ProblemRecord(
                    null,
                    required(object, "question"),
                    named("answer", () -> ExpectedAnswers.ofGsm8k(answer)),
                    ExpectedAnswers.gsm8kReferenceSolution(answer),
                    null,
                    null);
        }
    }

    /** {@code problem, solution, level, type}; the answer is the solution's last box. */
    record Math() implements ProblemLayout {
        @Override
        public ProblemRecord read(JsonNode object) {
            String question = required(object, "problem");
            String solution = required(object, "solution");
            String answer = named("solution", () -> {
                String boxed = ExpectedAnswers.ofMath(question, solution);
                return boxed == null ? "" : boxed;
            });
            return new ProblemRecord(
                    null, question, answer, solution, optional(object, "type"), optional(object, "level"));
        }
    }

    /** Any JSON Lines, with the names of their fields. */
    record Mapped(
            @Nullable String id,
            String question,
            String expectedAnswer,
            @Nullable String referenceSolution,
            @Nullable String subject,
            @Nullable String level)
            implements ProblemLayout {
        static Mapped of(Problems.@Nullable Fields f) {
            return f == null
                    ? new Mapped(null, "question", "expected_answer", null, null, null)
                    : new Mapped(
                            f.id(),
                            f.question() == null ? "question" : f.question(),
                            f.expectedAnswer() == null ? "expected_answer" : f.expectedAnswer(),
                            f.referenceSolution(),
                            f.subject(),
                            f.level());
        }

        @Override
        public ProblemRecord read(JsonNode object) {
            return new ProblemRecord(
                    id == null ? null : required(object, id),
                    required(object, question),
                    answer(object),
                    optional(object, referenceSolution),
                    optional(object, subject),
                    optional(object, level));
        }

        /** Null and blank are an empty answer, which is reported; a missing field is a wrong mapping. */
        private String answer(JsonNode object) {
            if (!object.has(expectedAnswer)) {
                throw new IllegalArgumentException("field \"" + expectedAnswer
                        + "\" is missing; name the field of the answer in fields.expectedAnswer");
            }
            String text = optional(object, expectedAnswer);
            return text == null ? "" : text;
        }
    }

    private static String required(JsonNode object, String field) {
        String text = optional(object, field);
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException("field \"" + field + "\" is " + (object.has(field) ? "empty" : "missing")
                    + "; it must be text that is not blank");
        }
        return text;
    }

    private static @Nullable String optional(JsonNode object, @Nullable String field) {
        JsonNode value = field == null ? null : object.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isValueNode()) {
            throw new IllegalArgumentException("field \"" + field + "\" is not text or a number");
        }
        return value.asText();
    }

    private static String named(String field, java.util.function.Supplier<String> read) {
        try {
            return read.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("field \"" + field + "\": " + e.getMessage(), e);
        }
    }
}
