/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli;

import io.tollgate.cli.render.Page;
import io.tollgate.cli.render.Paint.Style;
import io.tollgate.client.Settlement;
import io.tollgate.client.TollgateClient;
import io.tollgate.client.TransportFailure;
import io.tollgate.v1.SettleResponse;
import java.time.Duration;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Where a sidecar answers applications, for one call. */
final class SidecarAddress {
    @Option(
            names = "--address",
            paramLabel = "ADDRESS",
            defaultValue = TollgateClient.DEFAULT_ADDRESS,
            description = "The sidecar: HOST:PORT or unix:/PATH; default ${DEFAULT-VALUE}.")
    String address;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = TimeSpan.class,
            description = "How long to wait for the answer; default ${DEFAULT-VALUE}.")
    Duration timeout;

    /** Asks. @throws CommandFailure for an address or a request that makes no sense */
    <T> T ask(Function<TollgateClient, T> question) {
        try (TollgateClient client =
                TollgateClient.builder().address(address).deadline(timeout).build()) {
            return question.apply(client);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
    }

    /** Shows what became of a reservation. {@return the exit code for it} */
    int show(Settlement settlement, OutputOptions output) {
        if (settlement.cause().isPresent()) {
            throw noAnswer(settlement.cause().get());
        }
        final SettleResponse answer = SettleResponse.newBuilder()
                .setOutcome(settlement.outcome())
                .setMessage(settlement.message())
                .build();
        output.print(answer, paint -> {
            final Page page = new Page(paint);
            page.line(
                    settlement.acknowledged() ? Style.BOLD : Style.CAREFUL,
                    settlement.outcome().name().substring("RESERVATION_OUTCOME_".length()));
            page.fact("message", settlement.message());
            return page.toString();
        });
        return settlement.acknowledged() ? ExitCode.OK : ExitCode.NO;
    }

    CommandFailure noAnswer(TransportFailure cause) {
        return switch (cause.kind()) {
            case TIMEOUT ->
                CommandFailure.unreachable(
                        "no sidecar answered at " + address + " within " + timeout.toMillis() + " ms (--timeout)");
            case UNREACHABLE ->
                CommandFailure.unreachable(
                        "no sidecar answers at " + address + "; is it running?\n" + cause.getMessage());
            default -> CommandFailure.unreachable("no answer that counts: " + cause.getMessage());
        };
    }
}
