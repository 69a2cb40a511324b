/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stand-in for a model: streams the words it is asked for (?words=7), one after the other, and says in a trailer how many they were. Asked
 * for none it fails (503). Runs without a build: {@code java StreamingService.java PORT}. Started by examples/envoy/run for settle.yaml.
 */
public final class StreamingService {
    private static final Pattern WORDS = Pattern.compile("[?&]words=(\\d{1,4})");
    private static final long PAUSE_MS = 20;

    private StreamingService() {}

    public static void main(final String[] arguments) throws IOException {
        try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[0]), 100, InetAddress.getLoopbackAddress())) {
            while (true) {
                final Socket caller = server.accept();
                final Thread thread = new Thread(() -> serve(caller));
                thread.setDaemon(true);
                thread.start();
            }
        }
    }

    private static void serve(final Socket caller) {
        try (caller) {
            final BufferedReader in = new BufferedReader(new InputStreamReader(caller.getInputStream(), StandardCharsets.ISO_8859_1));
            final OutputStream out = caller.getOutputStream();
            String line = in.readLine();
            while (line != null) {
                final Matcher words = WORDS.matcher(line);
                final int count = words.find() ? Integer.parseInt(words.group(1)) : 10;
                while (line != null && !line.isEmpty()) {
                    line = in.readLine(); // headers; a body is not expected
                }
                answer(out, count);
                line = in.readLine();
            }
        } catch (final IOException | InterruptedException ex) {
            // the caller is gone
        }
    }

    private static void answer(final OutputStream out, final int count) throws IOException, InterruptedException {
        if (count == 0) {
            write(out, "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n");
            return;
        }
        write(out, "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\ntrailer: x-used-tokens\r\n\r\n");
        for (int i = 1; i <= count; i++) {
            final String word = "word" + i + "\n";
            write(out, Integer.toHexString(word.length()) + "\r\n" + word + "\r\n");
            Thread.sleep(PAUSE_MS);
        }
        write(out, "0\r\nx-used-tokens: " + count + "\r\n\r\n");
    }

    private static void write(final OutputStream out, final String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }
}
