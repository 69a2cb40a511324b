/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.control;

import java.util.List;
import org.agrona.concurrent.Agent;

/** Makes snapshots of deltas in the background, one bundle after the other, and lets old states go. Belongs to its agent's thread. */
final class Checkpoints implements Agent {
    private final List<BundleHost> hosts;

    Checkpoints(List<BundleHost> hosts) {
        this.hosts = hosts;
    }

    @Override
    public int doWork() {
        int work = 0;
        for (BundleHost host : hosts) {
            work += host.checkpointWhenDue();
        }
        return work;
    }

    @Override
    public String roleName() {
        return "tollgate-control-checkpoint";
    }
}
