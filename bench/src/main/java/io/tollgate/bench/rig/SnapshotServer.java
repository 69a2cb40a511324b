/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.bench.rig;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.tollgate.control.publish.SnapshotFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Serves snapshot files to sidecars on this host, the next one every so often when there are several. */
@Command(
        name = "snapshot-server",
        mixinStandardHelpOptions = true,
        description = "Serves snapshot files to sidecars on this host.")
public final class SnapshotServer implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Snapshot files of one bundle, versions growing.")
    private List<Path> files = List.of();

    @Option(names = "--port", description = "TCP port on 127.0.0.1; 0 = any (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--every-ms", description = "Publish the next file after so long (default: ${DEFAULT-VALUE}).")
    private long everyMs = 10_000;

    /** Runs the server. */
    public static void main(final String[] args) {
        System.exit(new CommandLine(new SnapshotServer()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (FileControlPlane controlPlane = new FileControlPlane()) {
            controlPlane.publish(SnapshotFile.open(files.get(0)));
            final Server server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                    .addService(controlPlane)
                    .build()
                    .start();
            ReadyLine.print(Map.of("tcp", Integer.toString(server.getPort())));
            final Thread publisher = new Thread(() -> publishRest(controlPlane), "publisher");
            publisher.setDaemon(true);
            publisher.start();
            ReadyLine.awaitEndOfInput();
            server.shutdownNow().awaitTermination(1, TimeUnit.SECONDS);
            return 0;
        }
    }

    private void publishRest(final FileControlPlane controlPlane) {
        try {
            for (final Path file : files.subList(1, files.size())) {
                TimeUnit.MILLISECONDS.sleep(everyMs);
                controlPlane.publish(SnapshotFile.open(file));
            }
        } catch (final IOException e) {
            System.err.println("snapshot-server: " + e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
