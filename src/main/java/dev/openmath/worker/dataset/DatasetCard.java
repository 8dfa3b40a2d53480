package dev.openmath.worker.dataset;

import dev.openmath.api.EffectiveSettings;
import dev.openmath.api.Model;
import dev.openmath.api.Profile;
import java.util.Locale;
import java.util.Map;

/** The data set's README in Hugging Face's form. Pure: figures in, text out. */
public final class DatasetCard {
    private DatasetCard() {}

    /**
     * @param name what the data set is called
     * @param withIncorrect whether incorrect rows are exported
     */
    public static String markdown(
            String name,
            EffectiveSettings settings,
            Model model,
            String runId,
            boolean withIncorrect,
            DatasetStatistics.Summary s) {
        StringBuilder card = new StringBuilder();
        card.append("---\npretty_name: ").append(yaml(name)).append('\n');
        card.append("task_categories:\n- text-generation\nconfigs:\n");
        card.append("- config_name: default\n  default: true\n  data_files:\n  - split: train\n")
                .append("    path: data/train-*.jsonl\n");
        if (withIncorrect) {
            card.append("- config_name: incorrect\n  data_files:\n  - split: train\n")
                    .append("    path: incorrect/train-*.jsonl\n");
        }
        card.append("---\n\n# ").append(name).append("\n\n");
        card.append("Math problems with solutions that mix text and executed Python code, written by `")
                .append(model.name())
                .append("`")
                .append(model.revision() == null ? "" : " (revision `" + model.revision() + "`)")
                .append(", each graded against the known answer.\n\n");

        card.append("| | |\n|---|---|\n");
        line(card, "Rows", number(s.rows().samples()));
        line(
                card,
                "Correct",
                number(s.rows().correct()) + " ("
                        + percent(s.rows().correct(), s.rows().samples()) + ")");
        line(card, "Incorrect", number(s.rows().incorrect()));
        line(card, "Without an answer", number(s.rows().noAnswer()));
        line(card, "Not made (infrastructure failed)", number(s.failed()));
        line(card, "Problems", number(s.problems()));
        line(
                card,
                "Problems with a correct solution (coverage)",
                number(s.problemsSolved()) + " (" + percent(s.problemsSolved(), s.problems()) + ")");
        line(card, "Rows whose last code block failed", number(s.rows().codeErrors()));
        line(card, "Rows that ran out of time", number(s.rows().timeouts()));
        line(card, "Rows without code", number(s.rows().textOnly()));

        card.append(
                "\n## By prompt\n\n| prompt | rows | correct | unique correct | coverage |\n|---|---|---|---|---|\n");
        s.variants()
                .forEach((variant, v) -> card.append(String.format(
                        Locale.ROOT,
                        "| %s | %s | %s | %s | %s |%n",
                        variant,
                        number(v.rows().samples()),
                        number(v.rows().correct()),
                        number(v.uniqueCorrect()),
                        percent(v.problemsSolved(), s.problems()))));

        card.append(
                "\n## pass@k\n\nThe share of problems of which one of k samples is correct, estimated without bias.\n\n");
        table(card, "k", "pass@k", s.passAtK(), value -> String.format(Locale.ROOT, "%.1f %%", 100 * value));
        card.append("\n## Correct solutions per problem\n\n![Histogram](plots/correct-per-problem.svg)\n");
        card.append("\n## Code blocks per row\n\n");
        table(card, "blocks", "rows", s.codeBlocks(), DatasetCard::number);
        card.append("\n## How the last code block ended\n\n");
        table(card, "result", "rows", s.errors(), DatasetCard::number);

        card.append("\n## How it was made\n\n| | |\n|---|---|\n");
        line(card, "Profile", settings.profile() == Profile.MODERN ? "modern" : "openmathinstruct-1");
        line(
                card,
                "Sampling",
                "temperature " + settings.temperature().toPlainString() + ", top-p "
                        + settings.topP().toPlainString() + ", top-k " + settings.topK() + ", " + settings.maxTokens()
                        + " tokens " + (settings.sharedTokenBudget() ? "over all rounds" : "per round"));
        line(
                card,
                "Code interpreter",
                settings.maxExecutions() + " blocks, " + settings.timeoutSeconds() + " s each, semantics "
                        + settings.semantics());
        line(card, "Grader", settings.grader().name());
        line(card, "Output tokens", number(s.usage().outputTokens()));
        line(card, "Code executions", number(s.usage().executions()));
        line(card, "Run", "`" + runId + "`");

        card.append("\n## Fields\n\n`question`, `expected_answer`, `predicted_answer`, `error_message`, `is_correct`,"
                + " `generation_type`, `dataset`, `generated_solution`. Text only solutions have the error message"
                + " `<not_executed>`, which is no error.\n");
        return card.toString();
    }

    private static <K, V> void table(
            StringBuilder card,
            String keys,
            String values,
            Map<K, V> rows,
            java.util.function.Function<V, String> format) {
        card.append("| ").append(keys).append(" | ").append(values).append(" |\n|---|---|\n");
        rows.forEach((key, value) -> line(card, String.valueOf(key), format.apply(value)));
    }

    private static void line(StringBuilder card, String name, String value) {
        card.append("| ").append(name).append(" | ").append(value).append(" |\n");
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String percent(long part, long whole) {
        return whole == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
    }

    private static String yaml(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
