package dev.openmath.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** SandboxPools on a real API server, under the shipped permissions. */
@Tag("apiserver")
@ExtendWith(WithApiServer.class)
@SuppressWarnings("NullAway")
class SandboxPoolIT {
    private ApiServer server;
    private Cluster cluster;

    @BeforeEach
    void namespace(ApiServer apiServer) {
        server = apiServer;
        cluster = new Cluster(server.admin(), server.namespace());
    }

    @Test
    void poolGetsItsChildrenAndServes() {
        try (var operator = new RunningOperator(server, cluster.namespace)) {
            cluster.apply(Manifests.POOL);
            var starting = cluster.awaitPoolReady("default", "False", "Starting");
            assertThat(starting.tokenSecretName()).isEqualTo("default-sandbox-access");
            assertThat(children().keySet())
                    .contains(
                            "ConfigMap/default-sandbox",
                            "Deployment/default-sandbox",
                            "NetworkPolicy/default-sandbox",
                            "PodDisruptionBudget/default-sandbox",
                            "Secret/default-sandbox-access",
                            "Service/default-sandbox",
                            "ServiceAccount/default-sandbox");

            Pod pod = cluster.readyPoolPod("default-sandbox");
            String name = pod.getMetadata().getName();
            operator.answer(name, "/v1/demand", "{\"open\":3,\"queued\":0,\"running\":1,\"capacity\":32}");
            operator.answer(name, "/v1/capabilities", "{\"tier\":\"Process\",\"runtime\":\"runc\",\"proven\":true}");

            cluster.awaitPoolReady("default", "True", "Serving");
            var status = cluster.await(
                            "sessions in status",
                            () -> cluster.pool("default"),
                            p -> p.getStatus().sessions() != null
                                    && Objects.equals(p.getStatus().sessions().open(), 3)
                                    && Cluster.is(
                                            p.getStatus().conditions(), "IsolationProven", "True", "SelfTestPassed"))
                    .getStatus();
            assertThat(status.sessions().idle()).isEqualTo(2);
            assertThat(cluster.client
                            .v1()
                            .events()
                            .inNamespace(cluster.namespace)
                            .list()
                            .getItems())
                    .extracting(Event::getReason)
                    .containsExactlyInAnyOrder("Starting", "Serving");
            assertThat(status.readyReplicas()).isEqualTo(1);
            assertThat(status.updatedReadyReplicas()).isEqualTo(1);
            assertThat(status.isolation().tier()).isEqualTo("Process");
        }
    }

    @Test
    void secondReconciliationWritesNothing() throws InterruptedException {
        try (var _ = new RunningOperator(server, cluster.namespace)) {
            cluster.apply(Manifests.POOL);
            cluster.awaitPoolReady("default", "False", "Starting");
            Thread.sleep(1_000);
            Map<String, String> before = children();
            before.put("pool", cluster.pool("default").getMetadata().getResourceVersion());
            // Wakes the reconciler, beside its own interval.
            cluster.client.resource(cluster.pool("default")).edit(p -> {
                p.getMetadata().setAnnotations(Map.of("touched", "yes"));
                return p;
            });
            String touched = cluster.pool("default").getMetadata().getResourceVersion();
            Thread.sleep(2_000);
            Map<String, String> after = children();
            after.put("pool", before.get("pool"));
            assertThat(after).isEqualTo(before);
            assertThat(cluster.pool("default").getMetadata().getResourceVersion())
                    .isEqualTo(touched);
        }
        // A new operator finds everything as it should be, too, and makes sure of the Secret only.
        List<String> requests = new CopyOnWriteArrayList<>();
        try (var _ = new RunningOperator(server.operator(requests::add), cluster.namespace)) {
            Thread.sleep(2_000);
            assertThat(requests).containsExactly("POST /api/v1/namespaces/%s/secrets".formatted(cluster.namespace));
        }
    }

    @Test
    void foreignChangesToAChildAreUndone() {
        try (var _ = new RunningOperator(server, cluster.namespace)) {
            cluster.apply(Manifests.POOL);
            cluster.awaitPoolReady("default", "False", "Starting");
            var deployments = cluster.client.apps().deployments().inNamespace(cluster.namespace);
            deployments.withName("default-sandbox").edit(d -> {
                d.getSpec().setReplicas(7);
                d.getSpec().getTemplate().getSpec().setEnableServiceLinks(true);
                return d;
            });
            cluster.await(
                    "undone change",
                    () -> deployments.withName("default-sandbox").get(),
                    d -> d.getSpec().getReplicas() == 1
                            && Boolean.FALSE.equals(
                                    d.getSpec().getTemplate().getSpec().getEnableServiceLinks()));
            cluster.client
                    .network()
                    .v1()
                    .networkPolicies()
                    .inNamespace(cluster.namespace)
                    .withName("default-sandbox")
                    .delete();
            cluster.await(
                    "network policy made again",
                    () -> cluster.client
                            .network()
                            .v1()
                            .networkPolicies()
                            .inNamespace(cluster.namespace)
                            .withName("default-sandbox")
                            .get(),
                    Objects::nonNull);
        }
    }

    @Test
    void foreignObjectOfTheSameNameIsNotAdopted() {
        var foreign = new ConfigMapBuilder()
                .withNewMetadata()
                .withName("default-sandbox")
                .withNamespace(cluster.namespace)
                .endMetadata()
                .addToData("mine", "yes")
                .build();
        cluster.client.resource(foreign).create();
        try (var _ = new RunningOperator(server, cluster.namespace)) {
            cluster.apply(Manifests.POOL);
            var status = cluster.awaitPoolReady("default", "False", "NameConflict");
            assertThat(Conditions.find(status.conditions(), "Stalled")
                            .orElseThrow()
                            .getMessage())
                    .contains("ConfigMap default-sandbox exists")
                    .contains("another name");
            assertThat(cluster.client.resource(foreign).get().getData()).containsOnlyKeys("mine");
            cluster.client.resource(foreign).delete();
            cluster.awaitPoolReady("default", "False", "Starting");
        }
    }

    @Test
    void podThatCannotPullIsSaid() {
        try (var _ = new RunningOperator(server, cluster.namespace)) {
            cluster.apply(Manifests.POOL);
            Pod pod = cluster.readyPoolPod("default-sandbox");
            cluster.awaitPoolReady("default", "True", "Serving");
            cluster.status(
                    new PodBuilder(pod).build(),
                    new PodStatusBuilder()
                            .withPhase("Pending")
                            .addNewCondition()
                            .withType("Ready")
                            .withStatus("False")
                            .endCondition()
                            .addNewContainerStatus()
                            .withName("executor")
                            .withImage("openmath-sandbox:9")
                            .withImageID("")
                            .withReady(false)
                            .withRestartCount(0)
                            .withNewState()
                            .withNewWaiting("Back-off pulling image", "ImagePullBackOff")
                            .endState()
                            .endContainerStatus());
            var status = cluster.awaitPoolReady("default", "False", "ImagePullFailed");
            assertThat(Conditions.isTrue(status.conditions(), "Stalled")).isTrue();
            assertThat(Conditions.isTrue(status.conditions(), "Reconciling")).isFalse();
        }
    }

    @Test
    void operatorMayCreateSecretsAndNeverReadThem() {
        KubernetesClient operator = server.operator();
        assertThatThrownBy(
                        () -> operator.secrets().inNamespace(cluster.namespace).list())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("cannot list resource \"secrets\"");
        assertThatThrownBy(() -> operator.secrets()
                        .inNamespace(cluster.namespace)
                        .withName("any")
                        .get())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("cannot get resource \"secrets\"");
        operator.close();
    }

    private Map<String, String> children() {
        Map<String, String> versions = new TreeMap<>();
        KubernetesClient c = cluster.client;
        String ns = cluster.namespace;
        Stream.of(
                        c.apps().deployments().inNamespace(ns).list().getItems(),
                        c.services().inNamespace(ns).list().getItems(),
                        c.configMaps().inNamespace(ns).list().getItems(),
                        c.secrets().inNamespace(ns).list().getItems(),
                        c.serviceAccounts().inNamespace(ns).list().getItems(),
                        c.network()
                                .v1()
                                .networkPolicies()
                                .inNamespace(ns)
                                .list()
                                .getItems(),
                        c.policy()
                                .v1()
                                .podDisruptionBudget()
                                .inNamespace(ns)
                                .list()
                                .getItems())
                .flatMap(java.util.Collection::stream)
                .map(HasMetadata.class::cast)
                .forEach(o -> versions.put(
                        o.getKind() + "/" + o.getMetadata().getName(),
                        o.getMetadata().getResourceVersion()));
        return versions;
    }
}
