/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.jmh;

import io.tollgate.bench.world.BenchWorld;
import io.tollgate.bench.world.CeilingChoice;
import io.tollgate.examples.generator.GeneratedShape;
import java.io.IOException;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A generated world, shared by all threads of a fork. */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls open() first
public class WorldState {
    private static final int WORKERS = 64;

    /** Principals of the data set; each owns an API key. */
    @Param("1000000")
    public int principals;

    /** Rows that lie in an overlay, as deltas leave them; 0 = the world is as it was written. Measure with 1000 and 50000. */
    @Param("0")
    public int patchedRows;

    BenchWorld bench;

    /** Opens it; the first fork of a size builds it. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        bench = BenchWorld.open(GeneratedShape.of(principals), CeilingChoice.ALL, WORKERS, patchedRows);
    }

    /** Closes it. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        bench.close();
    }
}
