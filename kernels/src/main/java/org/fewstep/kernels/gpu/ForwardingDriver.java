package org.fewstep.kernels.gpu;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A driver that passes all calls on to another one; whoever extends it changes some. */
abstract class ForwardingDriver implements Driver {
    final Driver driver;

    /** Takes a driver over. */
    ForwardingDriver(Driver driver) {
        this.driver = driver;
    }

    @Override
    public Facts facts() {
        return driver.facts();
    }

    @Override
    public List<String> options() {
        return driver.options();
    }

    @Override
    public Memory allocate(long bytes) {
        return driver.allocate(bytes);
    }

    @Override
    public void free(Memory memory) {
        driver.free(memory);
    }

    @Override
    public ByteBuffer host(int bytes) {
        return driver.host(bytes);
    }

    @Override
    public void release(ByteBuffer host) {
        driver.release(host);
    }

    @Override
    public void upload(Memory to, long place, ByteBuffer from, int at, int bytes) {
        driver.upload(to, place, from, at, bytes);
    }

    @Override
    public void download(Memory from, long place, ByteBuffer to, int bytes) {
        driver.download(from, place, to, bytes);
    }

    @Override
    public byte @Nullable [] shipped(String source, List<String> options) {
        return driver.shipped(source, options);
    }

    @Override
    public Program compile(String file, String source, List<String> options) {
        return driver.compile(file, source, options);
    }

    @Override
    public byte[] binary(Program program) {
        return driver.binary(program);
    }

    @Override
    public Program load(String file, byte[] binary, List<String> options) {
        return driver.load(file, binary, options);
    }

    @Override
    public Function function(Program program, String name) {
        return driver.function(program, name);
    }

    @Override
    public KernelResources resources(Function function) {
        return driver.resources(function);
    }

    @Override
    public void launch(Launch launch) {
        driver.launch(launch);
    }

    @Override
    public Recorded record(List<Launch> launches) {
        return driver.record(launches);
    }

    @Override
    public void run(Recorded recorded) {
        driver.run(recorded);
    }

    @Override
    public void flush() {
        driver.flush();
    }

    @Override
    public void synchronize() {
        driver.synchronize();
    }

    @Override
    public void release(Recorded recorded) {
        driver.release(recorded);
    }

    @Override
    public void release(Function function) {
        driver.release(function);
    }

    @Override
    public void release(Program program) {
        driver.release(program);
    }

    @Override
    public void close() {
        driver.close();
    }
}
