# The promises about arrays and callbacks, kept by an addon with the address sanitizer in Node itself: memory of JavaScript that is read
# too late. What Node itself does not free at its end is left out.
source "$(dirname "$0")/../common.sh"

configureSanitize -DNONCONVEX_TESTS=OFF && cmake --build build-sanitize --parallel "$jobs" --target nonconvex &&
  inNodeWith asan detect_leaks=0 build-sanitize test/contract/arrays.test.ts test/core/arrayCopies.test.ts \
    test/nlp/callbackFailures.test.ts
