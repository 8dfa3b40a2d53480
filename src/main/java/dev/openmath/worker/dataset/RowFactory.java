package dev.openmath.worker.dataset;

import dev.openmath.api.EffectiveSettings;
import dev.openmath.api.Model;
import dev.openmath.api.Profile;
import dev.openmath.worker.grading.AnswerExtraction;
import dev.openmath.worker.grading.Grader;
import dev.openmath.worker.loop.Conversation;
import dev.openmath.worker.loop.Transcript;
import dev.openmath.worker.sandbox.BlockClass;

/** Makes rows of finished conversations. Pure. */
public final class RowFactory {
    private static final String WITHOUT_REFERENCE = "without_reference_solution";

    private final EffectiveSettings settings;
    private final Model model;
    private final String runId;
    private final Grader grader;
    private final AnswerExtraction extraction;

    public RowFactory(
            EffectiveSettings settings, Model model, String runId, Grader grader, AnswerExtraction extraction) {
        this.settings = settings;
        this.model = model;
        this.runId = runId;
        this.grader = grader;
        this.extraction = extraction;
    }

    public Row row(Transcript done) {
        Conversation conversation = done.conversation();
        return new Row(
                done.task().problem().question(),
                done.task().problem().expectedAnswer(),
                done.predictedAnswer(),
                conversation.errorMessage(),
                Boolean.TRUE.equals(done.verdict().isEqual()),
                WITHOUT_REFERENCE,
                done.task().problem().dataset(),
                conversation.solution(),
                done.task().problem().id(),
                done.task().key().variant(),
                done.task().key().sampleIndex(),
                done.task().seed(),
                conversation.rounds(),
                conversation.blocks().size(),
                conversation.blocks().stream().map(BlockClass::label).toList(),
                done.finishReason().label(),
                conversation.promptTokens(),
                conversation.outputTokens(),
                done.engineMillis(),
                settings.profile() == Profile.MODERN ? "modern" : "openmathinstruct-1",
                model.name(),
                model.revision(),
                settings.semantics().name(),
                extraction.label(),
                grader.kind().label() + "/" + grader.version(),
                done.verdict().method(),
                done.verdict().verdictClass().label(),
                runId,
                done.task().shard());
    }
}
