package org.fewstep.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 (FIPS 180-4) in lower-case hexadecimal. */
public final class Sha256 {
    private Sha256() {}

    /** Of some bytes. */
    public static String of(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    /**
     * Of a file's bytes.
     *
     * @throws UncheckedIOException if reading fails
     */
    public static String of(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            DigestInputStream hashing = new DigestInputStream(in, digest());
            hashing.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(hashing.getMessageDigest().digest());
        } catch (IOException e) {
            throw new UncheckedIOException("read " + file, e);
        }
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
