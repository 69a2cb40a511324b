/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.diff;

import io.tollgate.v1.RegistryRecord;

/** Names of what records refer to by number. A number that refers to nothing is shown as it is. */
final class Names {
    private final RegistryRecord registry;

    Names(RegistryRecord registry) {
        this.registry = registry;
    }

    RegistryRecord registry() {
        return registry;
    }

    int moneyScale() {
        return Math.min(registry.getMoneyScale(), 18);
    }

    String unit(int id) {
        return id >= 0 && id < registry.getUnitsCount() ? registry.getUnits(id).getName() : "#" + id;
    }

    String dimension(int id) {
        return id >= 0 && id < registry.getDimensionsCount()
                ? registry.getDimensions(id).getName()
                : "#" + id;
    }

    String feature(int id) {
        return id >= 0 && id < registry.getFeaturesCount()
                ? registry.getFeatures(id).getLookupKey()
                : "#" + id;
    }

    String operation(int id) {
        if (id < 0 || id >= registry.getOperationsCount()) {
            return "#" + id;
        }
        var operation = registry.getOperations(id);
        return operation.getProduct() + "/" + operation.getResourceType() + "/" + operation.getAction();
    }

    /** Whether a number means the same in both. */
    boolean meansTheSameAs(Names other) {
        return registry.getUnitsList().equals(other.registry.getUnitsList())
                && registry.getDimensionsList().equals(other.registry.getDimensionsList())
                && registry.getFeaturesList().equals(other.registry.getFeaturesList())
                && registry.getOperationsList().equals(other.registry.getOperationsList())
                && registry.getMoneyScale() == other.registry.getMoneyScale();
    }
}
