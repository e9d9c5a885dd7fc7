package dev.weft.node.capture.openlineage;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.weft.proto.Reason;
import dev.weft.proto.VerificationException;
import java.util.List;

/**
 * What the specification's own facets must have (facets ParentRunFacet, OwnershipJobFacet, OwnershipDatasetFacet,
 * DataQualityMetricsInputDatasetFacet, OutputStatisticsOutputDatasetFacet): who sends half of one has a fault that should
 * come to light where it is. Facets that nobody here knows are kept as they are.
 */
final class FacetRules {

    private FacetRules() {}

    static void check(JsonObject event) throws VerificationException {
        JsonObject run = Parts.object(event, "run").orElseGet(JsonObject::new);
        JsonObject job = Parts.object(event, "job").orElseGet(JsonObject::new);
        JsonObject parent = Parts.facet(run, "facets", "parent");
        if (!parent.isEmpty()) {
            String path = "run.facets.parent.";
            JsonObject parentJob = Parts.required(parent, "job", path);
            String unused = Parts.name(Parts.required(parent, "run", path), "runId", path + "run.")
                    + Parts.name(parentJob, "namespace", path + "job.")
                    + Parts.name(parentJob, "name", path + "job.");
        }
        owners(Parts.facet(job, "facets", "ownership"), "job");
        for (String side : List.of("inputs", "outputs")) {
            for (JsonObject dataset : Parts.objects(event, side)) {
                owners(Parts.facet(dataset, "facets", "ownership"), side);
                quality(Parts.facet(dataset, "inputFacets", "dataQualityMetrics"));
                statistics(Parts.facet(dataset, "outputFacets", "outputStatistics"));
            }
        }
    }

    private static void owners(JsonObject ownership, String where) throws VerificationException {
        for (JsonObject owner : Parts.objects(ownership, "owners")) {
            String unused = Parts.name(owner, "name", where + ".facets.ownership.owners.");
        }
    }

    /** The specification asks for columnMetrics; real producers count rows alone. */
    private static void quality(JsonObject facet) throws VerificationException {
        if (!facet.isEmpty() && !facet.has("rowCount") && !(facet.get("columnMetrics") instanceof JsonObject)) {
            throw Parts.missing("inputs.inputFacets.dataQualityMetrics.columnMetrics");
        }
    }

    private static void statistics(JsonObject facet) throws VerificationException {
        for (String name : List.of("rowCount", "size", "fileCount")) {
            JsonElement value = facet.get(name);
            boolean fine = value == null
                    || value.isJsonNull()
                    || (value.isJsonPrimitive() && value.getAsString().matches("-?[0-9]{1,18}(\\.0+)?"));
            if (!fine) {
                throw new VerificationException(
                        Reason.BAD_VALUE,
                        "\"outputs.outputFacets.outputStatistics.%s\" must be a whole number".formatted(name));
            }
        }
    }
}
