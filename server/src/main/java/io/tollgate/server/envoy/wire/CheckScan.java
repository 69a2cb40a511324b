/* Licensed under the Apache License, Version 2.0. See the LICENSE file at the root of this repository. */
package io.tollgate.server.envoy.wire;

import io.tollgate.server.envoy.wire.WireCheck.Text;
import org.jspecify.annotations.Nullable;

/**
 * The one pass over a CheckRequest: field numbers of envoy.service.auth.v3, as in our protos. Every field that the generated classes would
 * read is checked as they do, also those that nobody asks for, so that one and the same message is never read by one and refused by the
 * other. Belongs to one thread.
 */
final class CheckScan extends StructScan {
    // CheckRequest
    private static final int ATTRIBUTES = 1 << 3 | DELIMITED;
    // AttributeContext
    private static final int SOURCE = 1 << 3 | DELIMITED;
    private static final int DESTINATION = 2 << 3 | DELIMITED;
    private static final int REQUEST = 4 << 3 | DELIMITED;
    private static final int CONTEXT_EXTENSIONS = 10 << 3 | DELIMITED;
    private static final int METADATA_CONTEXT = 11 << 3 | DELIMITED;
    private static final int TLS_SESSION = 12 << 3 | DELIMITED;
    private static final int ROUTE_METADATA_CONTEXT = 13 << 3 | DELIMITED;
    // Peer
    private static final int ADDRESS = 1 << 3 | DELIMITED;
    private static final int SERVICE = 2 << 3 | DELIMITED;
    private static final int LABELS = 3 << 3 | DELIMITED;
    private static final int PRINCIPAL = 4 << 3 | DELIMITED;
    // Address
    private static final int SOCKET_ADDRESS = 1 << 3 | DELIMITED;
    private static final int PIPE = 2 << 3 | DELIMITED;
    private static final int SOCKET_ADDRESS_ADDRESS = 2 << 3 | DELIMITED;
    private static final int PIPE_PATH = 1 << 3 | DELIMITED;
    // Request
    private static final int TIME = 1 << 3 | DELIMITED;
    private static final int HTTP = 2 << 3 | DELIMITED;
    // TLSSession
    private static final int SNI = 1 << 3 | DELIMITED;
    // HttpRequest
    private static final int HTTP_ID = 1 << 3 | DELIMITED;
    private static final int HTTP_METHOD = 2 << 3 | DELIMITED;
    private static final int HTTP_HEADERS = 3 << 3 | DELIMITED;
    private static final int HTTP_PATH = 4 << 3 | DELIMITED;
    private static final int HTTP_HOST = 5 << 3 | DELIMITED;
    private static final int HTTP_SCHEME = 6 << 3 | DELIMITED;
    private static final int HTTP_QUERY = 7 << 3 | DELIMITED;
    private static final int HTTP_FRAGMENT = 8 << 3 | DELIMITED;
    private static final int HTTP_PROTOCOL = 10 << 3 | DELIMITED;
    private static final int HTTP_BODY = 11 << 3 | DELIMITED;
    private static final int HTTP_RAW_BODY = 12 << 3 | DELIMITED;
    private static final int HTTP_HEADER_MAP = 13 << 3 | DELIMITED;
    // HeaderMap, and Metadata's filter_metadata
    private static final int FIRST_MESSAGE = 1 << 3 | DELIMITED;
    // HeaderValue, and the entries of maps
    private static final int KEY = 1 << 3 | DELIMITED;
    private static final int VALUE = 2 << 3 | DELIMITED;
    private static final int RAW_VALUE = 3 << 3 | DELIMITED;

    private final WireCheck check;

    CheckScan(final WireCheck check) {
        this.check = check;
    }

    boolean read(final byte[] message) {
        bytes = message;
        at = 0;
        while (at < message.length) {
            final int tag = nextTag(message.length);
            if (tag == ATTRIBUTES ? !attributes(nextEnd(message.length)) : !skip(tag, message.length)) {
                return false;
            }
        }
        return true;
    }

    private boolean attributes(final int end) {
        while (at < end) {
            final int tag = nextTag(end);
            final boolean taken =
                    switch (tag) {
                        case SOURCE -> peer(nextEnd(end), true);
                        case DESTINATION -> peer(nextEnd(end), false);
                        case REQUEST -> request(nextEnd(end));
                        case CONTEXT_EXTENSIONS -> texts(nextEnd(end), check.context);
                        case METADATA_CONTEXT -> metadata(nextEnd(end), check.metadata);
                        case TLS_SESSION -> onlyText(nextEnd(end), SNI);
                        case ROUTE_METADATA_CONTEXT -> metadata(nextEnd(end), check.routeMetadata);
                        default -> skip(tag, end);
                    };
            if (!taken) {
                return false;
            }
        }
        return end >= 0;
    }

    private boolean peer(final int end, final boolean isSource) {
        while (at < end) {
            final int tag = nextTag(end);
            final boolean taken =
                    switch (tag) {
                        case ADDRESS -> address(nextEnd(end));
                        case SERVICE -> text(end);
                        case LABELS -> entry(nextEnd(end), null);
                        case PRINCIPAL -> text(end) && (!isSource || note(Text.PRINCIPAL));
                        default -> skip(tag, end);
                    };
            if (!taken) {
                return false;
            }
        }
        return end >= 0;
    }

    private boolean address(final int end) {
        while (at < end) {
            final int tag = nextTag(end);
            final boolean taken =
                    switch (tag) {
                        case SOCKET_ADDRESS -> onlyText(nextEnd(end), SOCKET_ADDRESS_ADDRESS);
                        case PIPE -> onlyText(nextEnd(end), PIPE_PATH);
                        default -> skip(tag, end);
                    };
            if (!taken) {
                return false;
            }
        }
        return end >= 0;
    }

    /** A message with one text in it, and numbers. */
    private boolean onlyText(final int end, final int text) {
        while (at < end) {
            final int tag = nextTag(end);
            if (tag == text ? !text(end) : !skip(tag, end)) {
                return false;
            }
        }
        return end >= 0;
    }

    private boolean numbers(final int end) {
        while (at < end) {
            if (!skip(nextTag(end), end)) {
                return false;
            }
        }
        return end >= 0;
    }

    private boolean request(final int end) {
        while (at < end) {
            final int tag = nextTag(end);
            final boolean taken =
                    switch (tag) {
                        case TIME -> numbers(nextEnd(end));
                        case HTTP -> http(nextEnd(end));
                        default -> skip(tag, end);
                    };
            if (!taken) {
                return false;
            }
        }
        return end >= 0;
    }

    private boolean http(final int end) {
        while (at < end) {
            final int tag = nextTag(end);
            final boolean taken =
                    switch (tag) {
                        case HTTP_ID -> text(end) && note(Text.ID);
                        case HTTP_METHOD -> text(end) && note(Text.METHOD);
                        case HTTP_HEADERS -> texts(nextEnd(end), check.headers);
                        case HTTP_PATH -> text(end) && note(Text.TARGET);
                        case HTTP_HOST -> text(end) && note(Text.HOST);
                        case HTTP_SCHEME, HTTP_QUERY, HTTP_FRAGMENT, HTTP_PROTOCOL -> text(end);
                        case HTTP_BODY -> text(end) && note(Text.BODY);
                        case HTTP_RAW_BODY -> octets(end) && note(Text.RAW_BODY);
                        case HTTP_HEADER_MAP -> headerMap(nextEnd(end));
                        default -> skip(tag, end);
                    };
            if (!taken) {
                return false;
            }
        }
        return end >= 0;
    }

    private boolean note(final Text which) {
        check.text(which, from, to);
        return true;
    }

    private boolean headerMap(final int end) {
        check.hasHeaderMap = true;
        while (at < end) {
            final int tag = nextTag(end);
            if (tag == FIRST_MESSAGE ? !texts(nextEnd(end), check.rawHeaders) : !skip(tag, end)) {
                return false;
            }
        }
        return end >= 0;
    }

    /** A name and a value, noted in a row of its own. */
    private boolean texts(final int end, final Slices rows) {
        rows.add();
        return entry(end, rows);
    }

    private boolean entry(final int end, final @Nullable Slices row) {
        while (at < end) {
            final int tag = nextTag(end);
            final boolean taken =
                    switch (tag) {
                        case KEY, VALUE -> text(end);
                        // of a HeaderValue; entries of maps have no such field
                        case RAW_VALUE -> octets(end);
                        default -> skip(tag, end);
                    };
            if (!taken) {
                return false;
            }
            if (row != null) {
                note(tag, row);
            }
        }
        return end >= 0;
    }

    private void note(final int tag, final Slices row) {
        if (tag == KEY) {
            row.name(from, to);
        } else if (tag == VALUE) {
            row.value(from, to);
        } else if (tag == RAW_VALUE) {
            row.second(from, to);
        }
    }

    private boolean metadata(final int end, final Slices rows) {
        while (at < end) {
            final int tag = nextTag(end);
            if (tag == FIRST_MESSAGE ? !filter(nextEnd(end), rows) : !skip(tag, end)) {
                return false;
            }
        }
        return end >= 0;
    }

    /** A filter's name and what it found out. */
    private boolean filter(final int end, final Slices rows) {
        rows.add();
        boolean hasValue = false;
        while (at < end) {
            final int tag = nextTag(end);
            final boolean taken;
            if (tag == KEY) {
                taken = text(end);
                rows.name(from, to);
            } else if (tag == VALUE && !hasValue) {
                hasValue = true;
                final int structEnd = nextEnd(end);
                rows.value(at, structEnd);
                taken = struct(structEnd, 0);
            } else {
                // Two values of one entry would be merged: left to the generated class.
                taken = tag != VALUE && skip(tag, end);
            }
            if (!taken) {
                return false;
            }
        }
        return end >= 0;
    }
}
