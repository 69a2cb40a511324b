/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.decide;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A generated service, method by method, with our own reader of messages in place of the generated one: bytes that are no such message
 * reach the handler as {@link Malformed}. Used once, by one thread.
 */
final class ServiceMethods {
    private final ServiceDescriptor generated;
    private final List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();

    ServiceMethods(final ServiceDescriptor generated) {
        this.generated = generated;
    }

    /**
     * How a method's messages are read.
     *
     * @param parser   of the generated class; null = the handler gets the bytes
     * @param typeName full name of the message, for errors
     * @param maxBytes largest message
     * @param limitKey the configuration key of that limit, for errors
     */
    record Reading(@Nullable Parser<? extends MessageLite> parser, String typeName, int maxBytes, String limitKey) {}

    /** Adds a method. */
    <R> ServiceMethods add(
            final MethodDescriptor<?, R> method, final Reading reading, final ServerCallHandler<Object, R> handler) {
        return add(
                method,
                new InboundMarshaller(reading.parser(), reading.typeName(), reading.maxBytes(), reading.limitKey()),
                handler);
    }

    /** Adds a method whose messages are read by a marshaller of its own. */
    <Q, R> ServiceMethods add(
            final MethodDescriptor<?, R> method,
            final MethodDescriptor.Marshaller<Q> reader,
            final ServerCallHandler<Q, R> handler) {
        final MethodDescriptor<Q, R> ours =
                method.toBuilder(reader, method.getResponseMarshaller()).build();
        methods.add(ServerMethodDefinition.create(ours, handler));
        return this;
    }

    /** {@return the service of the methods that were added} */
    ServerServiceDefinition define() {
        final ServiceDescriptor.Builder descriptor =
                ServiceDescriptor.newBuilder(generated.getName()).setSchemaDescriptor(generated.getSchemaDescriptor());
        methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        final ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(service::addMethod);
        return service.build();
    }
}
