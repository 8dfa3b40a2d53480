package dev.openmath.operator;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the kubelet says about pods that wait for a volume: it says so in events only. */
public final class VolumeMessages {
    private static final int MAX_PODS = 3;
    private final KubernetesClient client;

    public VolumeMessages(KubernetesClient client) {
        this.client = client;
    }

    /** Newest message by pod name; at most three of the waiting pods are asked for, since they wait for the same. */
    public Map<String, String> of(List<Pod> pods) {
        Map<String, String> messages = new TreeMap<>();
        pods.stream()
                .filter(PodTrouble::waitsForVolumes)
                .limit(MAX_PODS)
                .forEach(pod -> client
                        .v1()
                        .events()
                        .inNamespace(pod.getMetadata().getNamespace())
                        .withField("involvedObject.uid", pod.getMetadata().getUid())
                        .withField("reason", "FailedMount")
                        .list()
                        .getItems()
                        .stream()
                        .max(Comparator.comparing(VolumeMessages::time))
                        .ifPresent(e -> messages.put(pod.getMetadata().getName(), e.getMessage())));
        return messages;
    }

    private static String time(Event event) {
        return event.getLastTimestamp() != null
                ? event.getLastTimestamp()
                : event.getMetadata().getCreationTimestamp();
    }
}
