package dev.openmath.worker.store;

import java.util.Map;

/**
 * What a store knows of an object.
 *
 * @param etag changes with every write
 * @param bytes size of the content
 * @param metadata names in lower case
 */
public record ObjectHead(String key, String etag, long bytes, Map<String, String> metadata) {
    public ObjectHead {
        metadata = Map.copyOf(metadata);
    }
}
