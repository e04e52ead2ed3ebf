# The C++ tests with address and undefined behaviour sanitizers: the library, and tests of what stands in headers; the others are
# linked as `build` compiled them. The C++ benchmarks compile. -Og: half of the time that -O1 takes to compile what the
# sanitizers put in. The simulated device, which `test` has without sanitizers, is left to the nightly check.
source "$(dirname "$0")/../common.sh"

simulated=OFF
[ "$nightly" = yes ] && simulated=ON
configureSanitize -DNONCONVEX_TESTS=ON -DNONCONVEX_SIMULATED_DEVICE=$simulated &&
  cmake --build build-sanitize --parallel "$jobs" &&
  ctest --test-dir build-sanitize --output-on-failure --parallel "$jobs" -LE '^long$'
