package dev.openmath.worker.grading;

import com.fasterxml.jackson.databind.JsonNode;
import dev.openmath.support.Conformance;
import java.util.Optional;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** What the exact rules read is what a strong parser reads; what is unsure they refuse. */
class LatexReadingTest {
    @Test
    void agreesWithAStrongParserOrRefuses() {
        SoftAssertions soft = new SoftAssertions();
        int agreed = 0;
        int refused = 0;
        int incomparable = 0;
        for (JsonNode row : Conformance.rows("latex_parse_cases.jsonl")) {
            String latex = row.get("latex").asText();
            Optional<RationalFunction> read = read(latex);
            Optional<RationalFunction> expected = printed(row.get("sympy").asText());
            if (read.isEmpty()) {
                refused++;
            } else if (expected.isEmpty()) {
                incomparable++;
            } else if (read.get().minus(expected.get()).isZero()) {
                agreed++;
            } else if (read.get().isOpaque() || expected.get().isOpaque()) {
                incomparable++;
            } else {
                soft.fail(latex + " was read as " + read.get() + ", not as "
                        + row.get("sympy").asText());
            }
        }
        System.out.println("LaTeX: " + agreed + " read alike, " + refused + " refused, " + incomparable
                + " read into forms that can't be compared here");
        soft.assertThat(agreed).as("read alike").isGreaterThan(130);
        soft.assertAll();
    }

    private static Optional<RationalFunction> read(String latex) {
        try {
            return AnswerParser.parse(AnswerText.clean(latex)) instanceof Answer.Value value
                            && value.unit() == null
                            && !value.percent()
                    ? Optional.of(value.value())
                    : Optional.empty();
        } catch (NotUnderstoodException e) {
            return Optional.empty();
        }
    }

    /** Reads what SymPy prints. */
    private static Optional<RationalFunction> printed(String sympy) {
        try {
            return Optional.of(ExpressionParser.parse(sympy.replace("_{\\theta}", "_\\theta")
                    .replaceAll("\\bI\\b", "i")
                    .replaceAll("\\bE\\b", "e")
                    .replaceAll(
                            "\\b(alpha|beta|gamma|theta|lambda|omega|epsilon|delta|mu|rho|sigma|phi)\\b", "\\\\$1 ")));
        } catch (NotUnderstoodException e) {
            return Optional.empty();
        }
    }
}
