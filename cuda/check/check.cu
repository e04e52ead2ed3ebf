// nonconvex_cuda_check [--small]: see check.hpp. --small is for compute-sanitizer, under which everything is slow.
#include <cstdio>
#include <cstring>

#include "cuda/check/check.hpp"

int main(int argc, char** argv) {
  try {
    using namespace nonconvex;
    const bool isSmall = argc > 1 && std::strcmp(argv[1], "--small") == 0;
    const checks::Sizes whole = {{0, 1, 2, 33, 257, 700},
                                 {1000, 20, 30},
                                 8192,
                                 1000000,
                                 {50000, 3072, 100},
                                 {{1500, 64, 50}, {5000, 784, 100}},
                                 {{20000, 3072, 50}},
                                 10,
                                 {5000, 200},
                                 {{1000000, 100}, {200000, 1000}}};
    const checks::Sizes small = {{0, 1, 2, 33, 70}, {40, 3, 8}, 100, 5000,      {100, 20, 10},
                                 {{50, 5, 8}},      {},         1,   {300, 10}, {{200, 5}}};
    return checks::Check(cuda::realTables(), isSmall ? small : whole).run();
  } catch (const std::exception& error) {
    std::printf("FAILED: %s\n", error.what());
    return 1;
  }
}
