package dev.openmath.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** Asks several pods the same question at once, in bounded time. */
public interface PodRequests {
    /**
     * GETs {@code http://address:port/path} of every pod.
     *
     * @param addresses pod name to pod IP
     * @return pod name to answered JSON object; pods that did not answer in time are absent
     */
    Map<String, JsonNode> get(Map<String, String> addresses, int port, String path);
}
