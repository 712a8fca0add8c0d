package org.fewstep.data;

/**
 * Grey images of an IDX file.
 *
 * @param count number of images
 * @param rows height in pixels
 * @param cols width in pixels
 * @param pixels 0..255, image after image, row-major; not copied
 * @shape pixels (count, rows, cols)
 */
public record IdxImages(int count, int rows, int cols, byte[] pixels) {}
