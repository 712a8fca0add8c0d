#!/bin/sh
# Fewstep's CUDA tests and benchmarks on Linux x86-64 with an NVIDIA driver; needs no Java.
#   run.sh test [DEVICE]            contract, golden and training tests; DEVICE is cuda:0, or opencl:0, ...
#   run.sh sanitize TOOL [DEVICE]   the kernels' contract under compute-sanitizer: memcheck, racecheck, initcheck, synccheck
#   run.sh bench ARGUMENTS          the benchmarks' program, for instance: bench kernels race --device cuda:0
#   run.sh fewstep ARGUMENTS        the command line, for instance: fewstep doctor
set -eu

here=$(cd "$(dirname "$0")" && pwd)

usage() {
    sed -n '2,6s/^# *//p' "$0" >&2
    exit 2
}

# The runtime is unpacked at its first use, beside this script or, where that cannot be written, in the temporary folder.
runtime() {
    if [ -x "$here/runtime/bin/java" ]; then
        java=$here/runtime/bin/java
        return
    fi
    folder=$here
    [ -w "$here" ] || folder=$(mktemp -d)
    tar -xzf "$here/runtime.tar.gz" -C "$folder"
    java=$folder/runtime/bin/java
}

# tests DEVICE PATTERN: the test classes whose names match, on that device.
tests() {
    ${SANITIZER:-} "$java" --add-modules=jdk.incubator.vector -Dtest.device="$1" -Dgolden.device="$1" \
        -Drequire."${1%%:*}"=true -Dgolden.dir="$here/tests/engine/golden" \
        -cp "$here/benchmarks.jar:$here/tests/kernels:$here/tests/engine:$here/tests/lib/*" \
        org.junit.platform.console.ConsoleLauncher execute --disable-banner --details=summary --fail-if-no-tests \
        --scan-classpath="$here/tests/kernels:$here/tests/engine" --include-classname="$2"
}

[ $# -gt 0 ] || usage
what=$1
shift
runtime
case $what in
    test)
        tests "${1:-cuda:0}" '.*\.(GpuContractTest|GpuDeviceTest|KernelMutationTest|ProgramCacheTest|OpenClRecordingTest|OpContractTest|GoldenTest|DeviceAgreementTest)'
        ;;
    sanitize)
        [ $# -gt 0 ] || usage
        SANITIZER="compute-sanitizer --tool $1 --error-exitcode 1"
        tests "${2:-cuda:0}" '.*\.GpuContractTest'
        ;;
    bench)
        exec "$java" --add-modules=jdk.incubator.vector -jar "$here/benchmarks.jar" "$@"
        ;;
    fewstep)
        exec "$java" --add-modules=jdk.incubator.vector -jar "$here/fewstep.jar" "$@"
        ;;
    *)
        usage
        ;;
esac
