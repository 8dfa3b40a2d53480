package dev.openmath.operator;

import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import org.jspecify.annotations.Nullable;

/** Merges a container's default resources with the user's. Pure. */
public final class Resources {
    private Resources() {}

    /**
     * The user's values, and defaults for the rest. A resource that the user only limits loses our default request,
     * which might exceed that limit; the API server then requests as much as the limit.
     */
    public static ResourceRequirements merge(ResourceRequirements defaults, @Nullable ResourceRequirements own) {
        var merged = new ResourceRequirementsBuilder(defaults);
        if (own != null) {
            if (own.getLimits() != null) {
                own.getLimits().keySet().forEach(merged::removeFromRequests);
                merged.addToLimits(own.getLimits());
            }
            if (own.getRequests() != null) {
                merged.addToRequests(own.getRequests());
            }
        }
        return merged.build();
    }
}
