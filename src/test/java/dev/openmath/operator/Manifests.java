package dev.openmath.operator;

/** Manifests that tests begin with. */
public final class Manifests {
    public static final String POOL = """
            apiVersion: openmath.dev/v1alpha1
            kind: SandboxPool
            metadata: {name: default}
            spec: {}
            """;

    public static final String JOB = """
            apiVersion: openmath.dev/v1alpha1
            kind: GenerationJob
            metadata: {name: demo}
            spec:
              profile: openmathinstruct-1
              problems:
                sources: [{name: gsm8k, dataset: gsm8k, format: GSM8K, type: ConfigMap, configMap: {name: problems}}]
              prompts:
                - name: default
                  type: WithoutReference
                  fewShot: {type: BuiltIn, builtIn: {set: gsm8k-text-with-code, count: 2}}
                  samplesPerProblem: 4
              codeInterpreter: {sandboxPoolRef: {name: default}}
              model:
                name: SmolLM2-135M-Instruct
                maxModelLength: 4096
                source: {type: EngineImage, engineImage: {path: /models/model.gguf}}
              inference:
                type: Colocated
                colocated: {engine: LlamaCpp, image: "openmath-demo-engine:0.1.0", accelerator: {type: None}}
              sharding: {samplesPerShard: 20}
              canary: {samples: 0}
              output:
                s3:
                  endpoint: "http://s3.openmath-demo.svc:7070"
                  addressing: Path
                  bucket: datasets
                  prefix: demo
                  credentialsSecretRef: {name: s3-credentials}
            """;

    private Manifests() {}
}
