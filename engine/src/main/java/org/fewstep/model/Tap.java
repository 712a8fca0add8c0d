package org.fewstep.model;

/**
 * A place inside a network whose state can be read as an image.
 *
 * @param name of the part whose result it is
 * @param channels of the image
 * @param size height and width of the image
 */
public record Tap(String name, int channels, int size) {}
