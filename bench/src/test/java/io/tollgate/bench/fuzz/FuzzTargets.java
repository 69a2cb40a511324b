/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** All targets by name, and the way to lay their seeds down for Jazzer. */
final class FuzzTargets {
    static final Map<String, Supplier<FuzzTarget>> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("TransferFuzz", TransferFuzz::new);
        BY_NAME.put("RecordsFuzz", RecordsFuzz::new);
        BY_NAME.put("SnapshotFileFuzz", SnapshotFileFuzz::new);
        BY_NAME.put("DeltaFuzz", DeltaFuzz::new);
        BY_NAME.put("DeltaLogFuzz", DeltaLogFuzz::new);
        BY_NAME.put("JournalFuzz", JournalFuzz::new);
        BY_NAME.put("CheckFuzz", CheckFuzz::new);
        BY_NAME.put("AccessLogFuzz", AccessLogFuzz::new);
        BY_NAME.put("RateLimitFuzz", RateLimitFuzz::new);
        BY_NAME.put("StateFilesFuzz", StateFilesFuzz::new);
        BY_NAME.put("RequestFuzz", RequestFuzz::new);
        BY_NAME.put("ConditionFuzz", ConditionFuzz::new);
        BY_NAME.put("BundleFuzz", BundleFuzz::new);
    }

    private FuzzTargets() {}

    /** Prints the names, or with a name and a folder writes that target's seeds into the folder. */
    public static void main(final String[] arguments) throws IOException {
        if (arguments.length == 0) {
            BY_NAME.keySet().forEach(System.out::println);
            return;
        }
        final Path folder = Files.createDirectories(Path.of(arguments[1]));
        final List<byte[]> seeds = BY_NAME.get(arguments[0]).get().seeds();
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(folder.resolve("seed-" + i), seeds.get(i));
        }
    }
}
