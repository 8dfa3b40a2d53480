package dev.openmath.operator;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real API server with etcd, without controllers and kubelets, started once for all test classes. The CRDs and the
 * permissions that are shipped are in it. Binaries come from the folder that KUBE_API_TEST_DIR names.
 */
final class ApiServer implements AutoCloseable {
    static final String VERSION = "1.35.4";
    private static final AtomicInteger NAMESPACES = new AtomicInteger();

    private final KubeAPIServer server;
    private final KubernetesClient admin;
    private final String kubeConfig;

    private ApiServer() throws IOException {
        server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withApiServerVersion(VERSION)
                .withUpdateKubeConfig(false)
                .build());
        server.start();
        kubeConfig = server.getKubeConfigYaml();
        admin = client(new ConfigBuilder(Config.fromKubeconfig(kubeConfig)).build());
        for (String file : List.of("00-namespace.yaml", "10-crds.yaml", "20-rbac.yaml")) {
            try (InputStream in = Files.newInputStream(Path.of("manifests/install", file))) {
                List<HasMetadata> objects = admin.load(in).items();
                objects.forEach(o -> admin.resource(o).serverSideApply());
            }
        }
        for (String crd : List.of("generationjobs.openmath.dev", "sandboxpools.openmath.dev")) {
            admin.apiextensions()
                    .v1()
                    .customResourceDefinitions()
                    .withName(crd)
                    .waitUntilCondition(
                            c -> c != null
                                    && c.getStatus() != null
                                    && c.getStatus().getConditions().stream()
                                            .anyMatch(x ->
                                                    "Established".equals(x.getType()) && "True".equals(x.getStatus())),
                            30,
                            TimeUnit.SECONDS);
        }
    }

    /** The server of this test run. */
    static ApiServer of(ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .getOrComputeIfAbsent(
                        ApiServer.class,
                        _ -> {
                            try {
                                return new ApiServer();
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        },
                        ApiServer.class);
    }

    /** A client that may do everything. */
    KubernetesClient admin() {
        return admin;
    }

    /** A client that may do what the shipped permissions allow the operator. */
    KubernetesClient operator() {
        return client(operatorConfig());
    }

    /** The same, telling {@code writes} of every request that changes something. */
    KubernetesClient operator(Consumer<String> writes) {
        return new KubernetesClientBuilder()
                .withConfig(operatorConfig())
                .withHttpClientBuilderConsumer(b -> b.addOrReplaceInterceptor("writes", new Interceptor() {
                    @Override
                    public void before(BasicBuilder builder, HttpRequest request, Interceptor.RequestTags tags) {
                        if (!request.method().equals("GET")) {
                            writes.accept(request.method() + " " + request.uri().getPath());
                        }
                    }
                }))
                .build();
    }

    private Config operatorConfig() {
        return new ConfigBuilder(Config.fromKubeconfig(kubeConfig))
                .withImpersonateUsername("system:serviceaccount:openmath-system:openmath-operator")
                .withImpersonateGroups("system:serviceaccounts", "system:authenticated")
                .build();
    }

    /** A new namespace of its own. */
    String namespace() {
        String name = "t" + NAMESPACES.incrementAndGet();
        admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        return name;
    }

    private static KubernetesClient client(Config config) {
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    @Override
    public void close() {
        admin.close();
        server.stop();
    }
}
