package dev.openmath.worker.plan;

import dev.openmath.api.Problems;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The problems of a job, with ids, filtered, in the job's order.
 *
 * @param sources one entry for each source, with the number of its problems that are left
 * @param repeated problems whose id or question occurred before in their dataset
 * @param withoutAnswer problems whose expected answer is empty; every sample of theirs will be incorrect
 */
public record ProblemSet(List<PlanEntry.SourceEntry> sources, List<Problem> problems, int repeated, int withoutAnswer) {
    public ProblemSet {
        sources = List.copyOf(sources);
        problems = List.copyOf(problems);
    }

    /** Gives ids to what the sources hold and applies the filter. */
    public static ProblemSet of(Problems spec, List<ProblemFiles.Content> contents) {
        Problems.Filter filter = spec.filter();
        Set<String> ids = filter == null || filter.ids() == null ? null : Set.copyOf(filter.ids());
        Set<String> subjects = filter == null || filter.subjects() == null ? null : Set.copyOf(filter.subjects());
        long limit = filter == null || filter.limit() == null ? Long.MAX_VALUE : filter.limit();

        Map<String, Map<String, Integer>> seen = new HashMap<>();
        List<PlanEntry.SourceEntry> entries = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        int repeated = 0;
        int withoutAnswer = 0;
        for (int i = 0; i < contents.size(); i++) {
            Problems.Source source = spec.sources().get(i);
            Map<String, Integer> idsOfDataset = seen.computeIfAbsent(source.dataset(), d -> new HashMap<>());
            int before = problems.size();
            for (ProblemRecord read : contents.get(i).records()) {
                String base = read.id() != null ? read.id() : idOf(read.question());
                int occurrence = idsOfDataset.merge(base, 1, Integer::sum);
                String id = occurrence == 1 ? base : base + "-" + occurrence;
                // A source's own ids may look like ours.
                while (occurrence > 1 && idsOfDataset.putIfAbsent(id, 1) != null) {
                    id = base + "-" + idsOfDataset.merge(base, 1, Integer::sum);
                }
                boolean wanted = (ids == null || ids.contains(id))
                        && (subjects == null || (read.subject() != null && subjects.contains(read.subject())))
                        && problems.size() < limit;
                if (wanted) {
                    repeated += occurrence > 1 ? 1 : 0;
                    withoutAnswer += read.expectedAnswer().isBlank() ? 1 : 0;
                    problems.add(new Problem(
                            source.dataset(),
                            id,
                            read.question(),
                            read.expectedAnswer(),
                            read.referenceSolution(),
                            read.subject(),
                            read.level()));
                }
            }
            entries.add(new PlanEntry.SourceEntry(
                    source.name(),
                    source.dataset(),
                    contents.get(i).sha256(),
                    problems.size() - before,
                    problems.subList(before, problems.size()).stream()
                            .map(Problem::id)
                            .toList()));
        }
        return new ProblemSet(entries, problems, repeated, withoutAnswer);
    }

    /** The id of a problem whose source gives none: it stays the same wherever the problem stands in the file. */
    public static String idOf(String question) {
        byte[] text = Normalizer.normalize(question, Normalizer.Form.NFC).getBytes(StandardCharsets.UTF_8);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
