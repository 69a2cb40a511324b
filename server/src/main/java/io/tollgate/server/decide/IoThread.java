/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import io.grpc.netty.shaded.io.netty.util.concurrent.FastThreadLocalThread;

/** An event loop's thread, which carries its lane in a field: finding it costs a type check and a load. */
final class IoThread extends FastThreadLocalThread {
    final Lane lane;

    IoThread(final Runnable task, final String name, final Lane lane) {
        super(task, name);
        this.lane = lane;
        setDaemon(true);
    }
}
