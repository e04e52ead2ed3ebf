# Jobs, callbacks and the ends of threads and environments, with the thread sanitizer in Node itself. What Node does among its own
# threads is not seen, as it was not compiled with it.
source "$(dirname "$0")/../common.sh"

cmake -S . -B build-addon-races "${generator[@]}" -DNONCONVEX_SANITIZE=thread -DNONCONVEX_TESTS=OFF -DCMAKE_BUILD_TYPE=Debug \
  -DCMAKE_CXX_FLAGS_DEBUG=-Og > /dev/null && cmake --build build-addon-races --parallel "$jobs" --target nonconvex || exit 1
if LD_PRELOAD=$("${CXX:-c++}" -print-file-name=libtsan.so) node -e 0 2>&1 | grep "unexpected memory mapping"; then
  echo "skipped: the thread sanitizer does not run on this kernel"
  exit 0
fi
# Two tests ask how fast a solve is beside its listener.
inNodeWith tsan ignore_noninstrumented_modules=1:report_signal_unsafe=0 build-addon-races -t '^(?!.*(time in the queue|slow listener))' \
  test/contract/{solve,arrays,process}.test.ts test/torture/{load,faults}.test.ts
