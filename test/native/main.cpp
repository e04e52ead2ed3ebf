// Runs the tests of one folder: all of them, or
//   test_linalg --file ldl_dense             those of one file
//   test_linalg --file ldl_dense singular    those of one file whose name contains a word
//   test_linalg singular                     those whose name contains a word
// Prints every failed check with its place and the numbers, and how many there were; with --times before all that, the
// processor time of every test, too.
#include <ctime>
#include <string_view>

#include "check.hpp"

#ifdef NONCONVEX_SANITIZED
const bool check::sanitized = true;
#else
const bool check::sanitized = false;
#endif

namespace {

/// The name of a file without folders and ending.
std::string_view stem(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  return path.substr(0, path.rfind('.'));
}

}  // namespace

int main(int argc, char** argv) {
  const bool times = argc > 1 && std::string_view(argv[1]) == "--times";
  if (times) {
    --argc;
    ++argv;
  }
  const bool ofFile = argc > 2 && std::string_view(argv[1]) == "--file";
  const std::string_view file = ofFile ? argv[2] : "";
  const int word = ofFile ? 3 : 1;
  const std::string_view wanted = argc > word ? argv[word] : "";
  int run = 0;
  for (const check::Test& test : check::tests()) {
    if (ofFile && stem(test.file) != file) continue;
    if (!check::contains(test.name, wanted)) continue;
    ++run;
    const long before = check::failures;
    const std::clock_t begin = std::clock();
    try {
      test.run();
    } catch (const std::exception& error) {
      check::note(false, test.name, 0, std::string("threw ") + error.what());
    } catch (...) {
      check::note(false, test.name, 0, "threw");
    }
    if (times) std::printf("%7.2f s %s\n", static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, test.name);
    if (check::failures != before) std::fprintf(stderr, "FAILED %s\n", test.name);
  }
  std::printf("%d tests, %ld checks, %ld failures\n", run, check::checks.load(), check::failures.load());
  return check::failures == 0 && run > 0 ? 0 : 1;
}
