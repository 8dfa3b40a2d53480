package dev.openmath.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.openmath.api.ConditionTypes;
import dev.openmath.api.SandboxPool;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pools of each runtime on a real node: what their self-test proved is what status says. */
@Tag("cluster")
class SandboxPoolIT {
    private static Playground playground;

    @BeforeAll
    static void start() {
        playground = new Playground("openmath-e2e-pools");
    }

    @AfterAll
    static void stop() {
        playground.close();
    }

    @Test
    void inGVisorEachSessionHasAKernelOfItsOwn() {
        playground.kubectl.apply(playground
                .example("20-sandbox-pool.yaml")
                .replace("spec:\n", "spec:\n  template: {runtimeClassName: gvisor}\n"));
        SandboxPool pool = ready("default");
        assertThat(pool.getStatus().isolation().tier()).isEqualTo("GVisor");
        assertThat(pool.getStatus().isolation().proven()).isTrue();
        assertThat(playground.kubectl.run("exec", "deploy/default-sandbox", "--", "dmesg"))
                .contains("Starting gVisor");
        assertThat(playground.kubectl.run("get", "sbp")).contains("STATUS", "TIER", "GVisor");
    }

    @Test
    void noPodGetsATokenOrMoreRightsThanRestrictedPodsHave() {
        playground.kubectl.apply(
                playground.example("20-sandbox-pool.yaml").replace("name: default", "name: restricted"));
        SandboxPool pool = ready("restricted");
        assertThat(pool.getStatus().isolation().proven()).isTrue();
        assertThat(playground.kubectl.run(
                        "exec",
                        "deploy/restricted-sandbox",
                        "--",
                        "python3",
                        "-c",
                        "import os; print(os.getuid(), os.path.exists('/var/run/secrets/kubernetes.io'))"))
                .startsWith("65532 False");
        playground.kubectl.run("delete", "sbp", "restricted");
        await("children go with their pool")
                .atMost(Duration.ofMinutes(3))
                .until(() -> playground
                        .kubectl
                        .run(
                                "get",
                                "deploy,svc,cm,pdb,netpol,sa",
                                "-l",
                                "openmath.dev/sandbox-pool=restricted",
                                "-o",
                                "name")
                        .isBlank());
    }

    private static SandboxPool ready(String name) {
        var pools = playground.client.resources(SandboxPool.class).inNamespace(playground.namespace);
        await("pool " + name + " is ready").atMost(Duration.ofMinutes(3)).until(() -> {
            SandboxPool pool = pools.withName(name).get();
            return pool.getStatus() != null
                    && pool.getStatus().conditions() != null
                    && "True".equals(Playground.status(pool.getStatus().conditions(), ConditionTypes.READY))
                    && pool.getStatus().isolation() != null;
        });
        return pools.withName(name).get();
    }
}
