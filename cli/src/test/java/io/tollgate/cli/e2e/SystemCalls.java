/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.cli.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whom a process talks to or listens for, from its first instruction to its last, all threads: every system call that names an address of
 * the Internet, as strace sees it. Look-ups of names are among them: they are datagrams to port 53.
 */
final class SystemCalls {
    private static final Pattern CALL = Pattern.compile("^\\d+ +(connect|bind|sendto|sendmsg|sendmmsg)\\(");
    private static final Pattern IPV4 =
            Pattern.compile("sin_port=htons\\((\\d+)\\), sin_addr=inet_addr\\(\"([^\"]+)\"\\)");
    private static final Pattern IPV6 =
            Pattern.compile("sin6_port=htons\\((\\d+)\\).*?inet_pton\\(AF_INET6, \"([^\"]+)\"");

    private final Path file;

    private SystemCalls(Path file) {
        this.file = file;
    }

    static boolean available() {
        try {
            Process strace = new ProcessBuilder("strace", "-f", "-D", "-e", "trace=connect", "-o", "/dev/null", "true")
                    .redirectErrorStream(true)
                    .start();
            strace.getInputStream().readAllBytes();
            return strace.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What is put before a command. */
    static List<String> prefix(Path file) {
        return List.of(
                "strace",
                "-f",
                "-D",
                "-qq",
                "-s",
                "0",
                "-e",
                "trace=connect,bind,sendto,sendmsg,sendmmsg",
                "-e",
                "signal=none",
                "-o",
                file.toString());
    }

    /** The same, after what the file has. */
    static List<String> appending(Path file) {
        List<String> command = new ArrayList<>(prefix(file));
        command.add(1, "-A");
        return command;
    }

    static SystemCalls of(Path file) {
        return new SystemCalls(file);
    }

    /** {@return "connect 127.0.0.1:7080" and the like, each once} */
    Set<String> addresses() {
        Set<String> found = new TreeSet<>();
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                Matcher call = CALL.matcher(line);
                if (call.find() && line.contains("sa_family=AF_INET")) {
                    found.add(call.group(1) + " " + address(line));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static String address(String line) {
        Matcher four = IPV4.matcher(line);
        if (four.find()) {
            return four.group(2) + ":" + four.group(1);
        }
        Matcher six = IPV6.matcher(line);
        if (six.find()) {
            String host = six.group(2);
            String mapped = host.startsWith("::ffff:") ? host.substring("::ffff:".length()) : "[" + host + "]";
            return mapped + ":" + six.group(1);
        }
        return line;
    }
}
