#!/bin/sh
# Fewstep's CUDA tests and benchmarks on Linux x86-64 with an NVIDIA driver; needs no Java.
#   run.sh test [DEVICE]            contract, golden and training tests; DEVICE is cuda:0, or opencl:0, ...
#   run.sh sanitize TOOL [DEVICE]   the kernels' contract under compute-sanitizer: memcheck, racecheck, initcheck, synccheck
#   run.sh bench ARGUMENTS          the benchmarks' program, for instance: bench kernels race --device cuda:0
#   run.sh doctor                   the devices that there are, with reasons
set -eu

here=$(cd "$(dirname "$0")" && pwd)

usage() {
    sed -n '2,6s/^# *//p' "$0" >&2
    exit 2
}

# The runtime and the tests are unpacked at their first use, beside this script or, where that cannot be written, in the
# temporary folder.
unpacked() {
    place=$here
    if [ ! -x "$place/runtime/bin/java" ]; then
        [ -w "$here" ] || place=$(mktemp -d)
        tar -xzf "$here/portable.tar.gz" -C "$place"
    fi
    java=$place/runtime/bin/java
    tests=$place/tests
}

# junit DEVICE PATTERN: the test classes whose names match, on that device.
junit() {
    ${SANITIZER:-} "$java" --add-modules=jdk.incubator.vector -Dtest.device="$1" -Dgolden.device="$1" \
        -Drequire."${1%%:*}"=true -Dgolden.dir="$tests/engine/golden" \
        -cp "$here/benchmarks.jar:$tests/kernels:$tests/engine:$tests/lib/*" \
        org.junit.platform.console.ConsoleLauncher execute --disable-banner --details=summary --fail-if-no-tests \
        --scan-classpath="$tests/kernels:$tests/engine" --include-classname="$2"
}

[ $# -gt 0 ] || usage
what=$1
shift
unpacked
case $what in
    test)
        junit "${1:-cuda:0}" '.*\.(GpuContractTest|GpuDeviceTest|KernelMutationTest|ProgramCacheTest|OpenClRecordingTest|OpContractTest|GoldenTest|DeviceAgreementTest)'
        ;;
    sanitize)
        [ $# -gt 0 ] || usage
        SANITIZER="compute-sanitizer --tool $1 --error-exitcode 1"
        junit "${2:-cuda:0}" '.*\.GpuContractTest'
        ;;
    bench)
        exec "$java" --add-modules=jdk.incubator.vector -jar "$here/benchmarks.jar" "$@"
        ;;
    doctor)
        exec "$java" --add-modules=jdk.incubator.vector -cp "$here/benchmarks.jar" org.fewstep.cli.Main doctor
        ;;
    *)
        usage
        ;;
esac
