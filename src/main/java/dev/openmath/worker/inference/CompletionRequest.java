package dev.openmath.worker.inference;

import java.util.List;

/**
 * One round of a conversation.
 *
 * @param prompt everything so far
 * @param maxTokens of this round
 * @param seed the sample's, the same in every round
 * @param stop strings that end the completion; the one that matched is part of the text
 */
public record CompletionRequest(
        String prompt, int maxTokens, long seed, List<String> stop, SamplingParameters sampling) {}
