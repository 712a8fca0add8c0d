package org.fewstep.data;

/**
 * Labels of an IDX file.
 *
 * @param labels 0..255, one an image; not copied
 */
public record IdxLabels(byte[] labels) {
    /** Number of labels. */
    public int count() {
        return labels.length;
    }
}
