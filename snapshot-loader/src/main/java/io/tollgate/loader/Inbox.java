/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.loader;

import io.tollgate.loader.transfer.ControlPlaneClient.Failure;
import io.tollgate.loader.transfer.ControlPlaneClient.Listener;
import java.util.function.Consumer;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The way from the transport's threads to the loader's thread. Flow control of the streams bounds what can wait here.
 *
 * <p>Guarantees: any number of producers, one consumer; what a producer adds is taken in its order.
 */
final class Inbox {
    private final ManyToOneConcurrentLinkedQueue<Runnable> queue = new ManyToOneConcurrentLinkedQueue<>();

    /** Any thread. */
    void add(Runnable event) {
        queue.add(event);
    }

    /** Runs what waits, up to a limit; loader's thread. Returns how many. */
    int drain(int limit) {
        int count = 0;
        while (count < limit) {
            Runnable event = queue.poll();
            if (event == null) {
                break;
            }
            count++;
            event.run();
        }
        return count;
    }

    /** A stream's listener whose events are handled on the loader's thread. */
    <T> Listener<T> listener(Consumer<T> onMessage, Consumer<@Nullable Failure> onEnd) {
        return new Listener<>() {
            @Override
            public void onMessage(T message) {
                add(() -> onMessage.accept(message));
            }

            @Override
            public void onEnd(@Nullable Failure failure) {
                add(() -> onEnd.accept(failure));
            }
        };
    }
}
