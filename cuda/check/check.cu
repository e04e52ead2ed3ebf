// nonconvex_cuda_check [--small]: see check.hpp. --small is for compute-sanitizer, under which everything is slow.
#include <cstdio>
#include <cstring>

#include "cuda/check/check.hpp"

int main(int argc, char** argv) {
  try {
    using namespace nonconvex;
    const bool small = argc > 1 && std::strcmp(argv[1], "--small") == 0;
    const checks::Sizes sizes = small ? checks::Sizes{{0, 1, 2, 33, 70}, 100, 100, 20, 10, 1}
                                      : checks::Sizes{{0, 1, 2, 33, 257, 700}, 8192, 50000, 3072, 100, 10};
    return checks::Check(cuda::realTables(), sizes).run();
  } catch (const std::exception& error) {
    std::printf("FAILED: %s\n", error.what());
    return 1;
  }
}
