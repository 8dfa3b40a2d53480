package dev.openmath.worker.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.openmath.worker.grading.AnswerPair;
import dev.openmath.worker.grading.GraderKind;
import dev.openmath.worker.grading.SymbolicVerifier;
import dev.openmath.worker.grading.Verdict;
import dev.openmath.worker.grading.VerdictClass;
import dev.openmath.worker.sandbox.HttpSandbox.Answer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Compares answers in the sandboxes. An outage is waited out for as long as the caller's patience lasts. */
public final class ExecutorVerifier implements SymbolicVerifier {
    /** Few enough that one slow pair does not hold up many. */
    private static final int PAIRS_PER_REQUEST = 16;
    /** The executor refuses bodies over 1 MiB; a character takes up to 6 bytes in JSON. */
    private static final int CHARACTERS_PER_REQUEST = 160_000;

    private static final int IN_FLIGHT = 8;

    private static final int LONGEST_ANSWER = 10_000;
    /** Comparisons that a sandbox itself could not make are tried this often in all. */
    private static final int TRIES = 3;

    private final ExecutorClient client;
    private final Duration patience;

    public ExecutorVerifier(ExecutorClient client, Duration patience) {
        this.client = client;
        this.patience = patience;
    }

    @Override
    public List<Verdict> verify(List<AnswerPair> pairs, GraderKind grader, Duration timeout) {
        List<List<AnswerPair>> requests = requests(pairs);
        if (requests.size() == 1) {
            return verifyBatch(requests.getFirst(), grader, timeout);
        }
        try (ExecutorService asking =
                Executors.newFixedThreadPool(IN_FLIGHT, Thread.ofVirtual().factory())) {
            List<Future<List<Verdict>>> answers = new ArrayList<>();
            requests.forEach(request -> answers.add(asking.submit(() -> verifyBatch(request, grader, timeout))));
            List<Verdict> verdicts = new ArrayList<>(pairs.size());
            for (Future<List<Verdict>> answer : answers) {
                verdicts.addAll(answer.get());
            }
            return verdicts;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return pairs.stream().map(pair -> Verdict.infra("interrupted")).toList();
        }
    }

    private static List<List<AnswerPair>> requests(List<AnswerPair> pairs) {
        List<List<AnswerPair>> requests = new ArrayList<>();
        List<AnswerPair> request = new ArrayList<>();
        int characters = 0;
        for (AnswerPair pair : pairs) {
            int length = isTooLong(pair) ? 0 : length(pair.predicted()) + length(pair.expected());
            boolean full = request.size() == PAIRS_PER_REQUEST || characters + length > CHARACTERS_PER_REQUEST;
            if (full && !request.isEmpty()) {
                requests.add(request);
                request = new ArrayList<>();
                characters = 0;
            }
            request.add(pair);
            characters += length;
        }
        requests.add(request);
        return requests;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private List<Verdict> verifyBatch(List<AnswerPair> pairs, GraderKind grader, Duration timeout) {
        List<Verdict> verdicts = new ArrayList<>();
        pairs.forEach(pair -> verdicts.add(isTooLong(pair) ? Verdict.unequal("too-long") : Verdict.infra("sandbox")));
        for (int tries = 1; tries <= TRIES; tries++) {
            List<Integer> open = new ArrayList<>();
            for (int i = 0; i < verdicts.size(); i++) {
                if (verdicts.get(i).verdictClass() == VerdictClass.INFRA) {
                    open.add(i);
                }
            }
            if (open.isEmpty()) {
                break;
            }
            List<AnswerPair> asked = open.stream().map(pairs::get).toList();
            Optional<List<Verdict>> answers = askPatiently(asked, grader, timeout);
            if (answers.isEmpty()) {
                break;
            }
            for (int i = 0; i < open.size(); i++) {
                verdicts.set(open.get(i), answers.get().get(i));
            }
        }
        return verdicts;
    }

    private Optional<List<Verdict>> askPatiently(List<AnswerPair> pairs, GraderKind grader, Duration timeout) {
        Instant deadline = Instant.now().plus(patience);
        for (int tries = 1; ; tries++) {
            try {
                Optional<List<Verdict>> answer = ask(pairs, grader, timeout);
                if (answer.isPresent()) {
                    return answer;
                }
                if (Instant.now().isAfter(deadline)) {
                    return Optional.empty();
                }
                long ceiling = Math.min(5000, 100L << Math.min(tries, 6));
                Thread.sleep(ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
    }

    private Optional<List<Verdict>> ask(List<AnswerPair> pairs, GraderKind grader, Duration timeout)
            throws InterruptedException {
        Optional<URI> pod = client.anyPod();
        if (pod.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode body = HttpSandbox.JSON.createObjectNode();
        ArrayNode list = body.putArray("pairs");
        pairs.forEach(
                pair -> list.addObject().put("predicted", pair.predicted()).put("expected", pair.expected()));
        body.put("timeoutMs", timeout.toMillis());
        body.put("grader", grader.label());
        try {
            Duration limit = Duration.ofSeconds(65).plus(timeout.multipliedBy(pairs.size()));
            Answer answer = client.http().post(pod.get(), "/v1/verify", body, limit);
            JsonNode verdicts = answer.body().path("verdicts");
            if (answer.status() == 200 && verdicts.size() == pairs.size()) {
                List<Verdict> read = new ArrayList<>();
                verdicts.forEach(verdict -> read.add(parsed(verdict)));
                return Optional.of(read);
            }
            if (answer.status() == 400 || answer.status() == 413) {
                // Asking again would not help; the caller sees what was not compared.
                return Optional.of(
                        pairs.stream().map(pair -> Verdict.infra("rejected")).toList());
            }
            client.avoid(pod.get(), answer.retryAfter().orElse(null));
            return Optional.empty();
        } catch (IOException e) {
            client.avoid(pod.get(), null);
            return Optional.empty();
        } finally {
            client.release(pod.get());
        }
    }

    /** Text this long that is not equal as text is not an answer; the executor would refuse it. */
    private static boolean isTooLong(AnswerPair pair) {
        return length(pair.predicted()) > LONGEST_ANSWER || length(pair.expected()) > LONGEST_ANSWER;
    }

    private static Verdict parsed(JsonNode verdict) {
        String method = verdict.path("method").asText("sandbox");
        return switch (verdict.path("class").asText("infra")) {
            case "ok" ->
                verdict.path("equal").isBoolean()
                        ? Verdict.of(verdict.path("equal").asBoolean(), method)
                        : Verdict.infra("malformed");
            case "infra" -> Verdict.infra(method);
            // The comparison itself ran out of time, memory or stack.
            default -> Verdict.timeout(method);
        };
    }
}
