package org.fewstep.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BadFileExceptionTest {
    @Test
    void messageNamesPlaceFindingExpectationAndHint() {
        BadFileException e = new BadFileException("a.npy", 12, "x", "y", "do z");
        assertEquals("a.npy at byte 12: got x; expected y; do z", e.getMessage());
        assertEquals("a.npy", e.source());
        assertEquals(12, e.offset());
        assertEquals(
                "a.npy: got x; expected y; do z",
                new BadFileException("a.npy", BadFileException.NO_OFFSET, "x", "y", "do z").getMessage());
    }

    @Test
    void foreignTextIsMadeSafe() {
        assertEquals("'a\\u001b[31m\\u20ac'", BadFileException.quote("a\u001b[31m\u20ac"));
        assertEquals("'" + "x".repeat(60) + "...'", BadFileException.quote("x".repeat(100)));
    }
}
