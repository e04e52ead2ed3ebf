#include <cstdio>

#include "cuda/cuda.hpp"
#include "cuda/devices.hpp"

int main() {
  const auto found = nonconvex::cudaDevices();
  std::printf("%s\n", found.reason().c_str());
  return found.usable() ? 0 : 77;
}
