package dev.openmath.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.crd.generator.annotation.PrinterColumnFormat;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** Makes one data set: problems x prompts x samples, each sample executed, graded and stored exactly once. */
@Group(Labels.GROUP)
@Version("v1alpha1")
@ShortNames("gj")
@AdditionalPrinterColumn(
        name = "Status",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
        type = Type.STRING)
@AdditionalPrinterColumn(name = "Progress", jsonPath = ".status.progress.summary", type = Type.STRING)
@AdditionalPrinterColumn(name = "Samples", jsonPath = ".status.plan.samples", type = Type.INTEGER, priority = 1)
@AdditionalPrinterColumn(name = "Coverage", jsonPath = ".status.results.coverage", type = Type.STRING)
@AdditionalPrinterColumn(name = "Correct", jsonPath = ".status.results.correct", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Samples/s", jsonPath = ".status.throughput.samplesPerSecond", type = Type.STRING)
@AdditionalPrinterColumn(name = "Workers", jsonPath = ".status.workers.ready", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "ETA", jsonPath = ".status.progress.remaining", type = Type.STRING)
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
@AdditionalPrinterColumn(
        name = "Message",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].message",
        type = Type.STRING,
        format = PrinterColumnFormat.NONE,
        priority = 1)
public class GenerationJob extends CustomResource<GenerationJobSpec, GenerationJobStatus> implements Namespaced {
    private static final long serialVersionUID = 1L;

    @Override
    protected @Nullable GenerationJobSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable GenerationJobStatus initStatus() {
        return null;
    }
}
