/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;

/** Talks to whom nobody has configured, for a moment each: what a test that watches connections has to see. */
final class Chatty {
    private Chatty() {}

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[0]);
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
        }
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(new byte[] {1}, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), 9));
        }
        try {
            InetAddress.getByName("deliberately.invalid");
        } catch (UnknownHostException e) {
            System.out.println("said it");
        }
    }
}
