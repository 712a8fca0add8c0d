package org.fewstep.io;

/** An immutable JSON value (RFC 8259, section 3); {@link JsonCursor} reads it with typed getters. */
public sealed interface JsonValue permits JsonObject, JsonArray, JsonString, JsonNumber, JsonBool, JsonNull {
    /** The kind in words, for messages. */
    String kind();
}
