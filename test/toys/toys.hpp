// Small solvers, one of each kind that the outer contract is for. Only tests have them; each is a method of the
// literature with an answer that is known.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "binding/registry.hpp"
#include "core/certificate.hpp"
#include "core/random.hpp"

namespace nonconvex::toys {

struct StepSettings : Limits {
  double stepFactor = 1;

  static constexpr auto fields() {
    using Self = StepSettings;
    return std::tuple_cat(Limits::fields(), std::tuple{FIELD(stepFactor, between(0, 1),
                                                             "Share of the largest step that is safe; 0 never "
                                                             "arrives.")});
  }
};
static_assert(sizeFromFields<StepSettings>() == sizeof(StepSettings));

struct ToyEntry {
  static constexpr std::array<std::string_view, 0> members = {};
};

inline std::vector<double> copyOf(const Reader& in, const char* name) {
  const auto from = in.vector(name);
  return {from.begin(), from.end()};
}

inline void requireSquare(const HostMatrix<double>& A, std::size_t n, const char* matrix, const char* vector) {
  require(A.rows() == A.cols(), std::string("rows of ") + matrix, A.rows(), "expected as many as columns");
  require(static_cast<std::size_t>(A.rows()) == n, std::string(vector) + ".length", n,
          "expected as many numbers as " + std::string(matrix) + " has rows");
}

}  // namespace nonconvex::toys
