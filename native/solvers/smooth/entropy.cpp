#include "solvers/smooth/entropy.hpp"

#include <cmath>
#include <numbers>

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#if defined(__APPLE__)
#include <sys/random.h>
#endif
#else
#include <random>
#endif

#include "core/error.hpp"

namespace nonconvex {
namespace {

void fillBySystem(void* to, std::size_t bytes) {
#if defined(__unix__) || defined(__APPLE__)
  if (getentropy(to, bytes) != 0) {
    throw Error(ErrorKind::solver, "the system's cryptographic generator gives no random numbers", "NO_ENTROPY");
  }
#else
  std::random_device device;  // the system's source of randomness
  auto* words = static_cast<std::uint32_t*>(to);
  for (std::size_t k = 0; k < bytes / sizeof(std::uint32_t); ++k) words[k] = device();
#endif
}

double unitOf(std::uint64_t bits) { return (static_cast<double>(bits >> 11) + 0.5) * 0x1p-53; }

}  // namespace

std::uint64_t Entropy::word() {
  if (left_ == 0) {
    fillBySystem(words_.data(), sizeof(words_));  // 256 bytes, the most that it gives at once
    left_ = words_.size();
  }
  return words_[--left_];
}

double Entropy::uniform(const Random& random, std::uint64_t index) {
  return secret_ ? unitOf(word()) : random.uniform(index);
}

template <class T>
void Entropy::addNormal(const Random& random, std::uint64_t index, double deviation, int n, T* to) {
  for (int i = 0; i < n; ++i) {
    double normal = 0;
    if (secret_) {
      const double radius = std::sqrt(-2 * std::log(unitOf(word())));
      normal = radius * std::cos(2 * std::numbers::pi * unitOf(word()));
    } else {
      normal = random.normal(index + static_cast<std::uint64_t>(i));
    }
    to[i] += static_cast<T>(deviation * normal);
  }
}

template void Entropy::addNormal(const Random&, std::uint64_t, double, int, float*);
template void Entropy::addNormal(const Random&, std::uint64_t, double, int, double*);

}  // namespace nonconvex
