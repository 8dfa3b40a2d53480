package dev.openmath.worker.sandbox;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The pods of a pool, as its headless service's name tells: each address is a pod. Chooses the one with the fewest
 * sessions of this worker; leaves out for a while those that were full or did not answer. Safe for use by many threads.
 */
final class SandboxPods {
    private static final Duration RESOLVE_EVERY = Duration.ofSeconds(5);

    private final Resolver resolver;
    private final Clock clock;
    private List<URI> pods = List.of();
    private Instant resolvedAt = Instant.MIN;
    private final Map<URI, Integer> sessions = new HashMap<>();
    private final Map<URI, Instant> avoidUntil = new HashMap<>();

    /** Finds the base addresses of all pods. */
    interface Resolver {
        List<URI> resolve() throws UnknownHostException;
    }

    SandboxPods(Resolver resolver, Clock clock) {
        this.resolver = resolver;
        this.clock = clock;
    }

    /** A fixed address. */
    static Resolver fixed(URI base) {
        return () -> List.of(base);
    }

    /** Every address of a host name. */
    static Resolver ofHost(String host, int port) {
        return () -> {
            TreeSet<String> addresses = new TreeSet<>();
            for (InetAddress address : InetAddress.getAllByName(host)) {
                String text = address.getHostAddress();
                addresses.add(text.contains(":") ? "[" + text + "]" : text);
            }
            return addresses.stream()
                    .map(a -> URI.create("http://" + a + ":" + port))
                    .toList();
        };
    }

    /** The pod to open the next session on; empty if there is none at the moment. */
    synchronized Optional<URI> choose() {
        Instant now = clock.instant();
        if (resolvedAt == Instant.MIN || now.isAfter(resolvedAt.plus(RESOLVE_EVERY))) {
            try {
                pods = new ArrayList<>(resolver.resolve());
            } catch (UnknownHostException e) {
                pods = List.of();
            }
            resolvedAt = now;
            avoidUntil.keySet().retainAll(pods);
        }
        Optional<URI> chosen = pods.stream()
                .filter(pod -> !now.isBefore(avoidUntil.getOrDefault(pod, Instant.MIN)))
                .min(Comparator.comparingInt(pod -> sessions.getOrDefault(pod, 0)));
        chosen.ifPresent(pod -> sessions.merge(pod, 1, Integer::sum));
        return chosen;
    }

    /** A session chosen for a pod has ended, or never began. */
    synchronized void left(URI pod) {
        sessions.computeIfPresent(pod, (p, count) -> count <= 1 ? null : count - 1);
    }

    /** Leaves a pod out for a while. */
    synchronized void avoid(URI pod, @Nullable Duration asked) {
        avoidUntil.put(pod, clock.instant().plus(asked == null ? Duration.ofSeconds(1) : asked));
    }

    /** All pods, for a health check. */
    synchronized List<URI> known() {
        return List.copyOf(pods);
    }
}
