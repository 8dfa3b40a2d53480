package dev.openmath.packaging;

import dev.openmath.api.GenerationJob;
import dev.openmath.api.SandboxPool;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Puts printer columns in the order in which the annotations stand; the generator sorts them by path. */
final class PrinterColumns {
    private PrinterColumns() {}

    static List<CustomResourceColumnDefinition> inDeclaredOrder(
            String kind, List<CustomResourceColumnDefinition> columns) {
        Class<?> type = kind.equals("GenerationJob") ? GenerationJob.class : SandboxPool.class;
        List<String> order = Arrays.stream(type.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
        return columns.stream()
                .sorted(Comparator.comparingInt(c -> order.indexOf(c.getName())))
                .toList();
    }
}
