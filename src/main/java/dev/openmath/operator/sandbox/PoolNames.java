package dev.openmath.operator.sandbox;

import dev.openmath.api.Labels;
import dev.openmath.api.SandboxPool;
import dev.openmath.operator.Children;
import java.util.Map;
import java.util.TreeMap;

/** Names and labels of a pool's children; a job finds its pool's service and token by them too. */
public final class PoolNames {
    /** Port of sessions and verification, with the pool's token. */
    public static final int SESSIONS_PORT = 8080;
    /** Port of health, metrics, demand and capabilities, without a token and without any text. */
    public static final int MANAGEMENT_PORT = 8081;
    /** Value of app.kubernetes.io/name on the pods. */
    public static final String APP = "openmath-sandbox";
    /** Key of the token in the access Secret. */
    public static final String TOKEN_KEY = "token";

    private PoolNames() {}

    /** Name of every child but the Secret; never the pool's own, which could be that of a ServiceAccount. */
    public static String child(String pool) {
        return pool + "-sandbox";
    }

    /** Name of the Secret with the access token. */
    public static String accessSecret(String pool) {
        return pool + "-sandbox-access";
    }

    /** DNS name whose address records are the pool's ready pods. */
    public static String host(String pool, String namespace) {
        return child(pool) + "." + namespace + ".svc";
    }

    /** Labels of every child. */
    static Map<String, String> labels(SandboxPool pool) {
        Map<String, String> labels = Children.labels(APP, pool.getMetadata().getName(), "sandbox");
        labels.put(Labels.SANDBOX_POOL, pool.getMetadata().getName());
        return labels;
    }

    /** What selects the pool's pods; a Deployment can't change it later. */
    static Map<String, String> selector(SandboxPool pool) {
        Map<String, String> selector = new TreeMap<>();
        selector.put(Labels.NAME, APP);
        selector.put(Labels.SANDBOX_POOL, pool.getMetadata().getName());
        return selector;
    }
}
