// Which Anderson acceleration the iteration of ADMM has.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "methods/acceleration/anderson.hpp"
#include "solvers/relu/engines/admm_iterate.hpp"
#include "solvers/relu/engines/output_acceleration.hpp"

namespace nonconvex {

/// Anderson acceleration of the iteration in (b, a), F b being a linear function of them: of all outputs together, or,
/// on the CPU where outputs share nothing, of each output for itself.
template <LinAlg La>
class ReluAcceleration {
 public:
  void start(const ReluState<La>& s, const AdmmIterate<La>& iterate) {
    const int size = iterate.now.rows();
    const int memory = memoryFor(s, size);
    if constexpr (cpu) {
      const bool spread = s.data.ranks && iterate.split > 0;  // a is spread over the ranks
      if (s.data.c > 1 && s.blocks.members == 1 && !s.data.loss.coupled() && !spread) {
        byOutput_ = std::make_unique<OutputAcceleration>(s.la, memory, runs(s, iterate), 1, s.data.c);
        return;
      }
    }
    together_ = std::make_unique<Anderson<La>>(s.la, memory, size - s.data.n * s.data.c, size);
    if constexpr (cpu) {
      if (s.data.ranks && iterate.split > 0) {
        together_->addUp(s.data.ranks->rank() == 0 ? 0 : iterate.weights, s.sums());
      }
    }
  }

  /// Overwrites the iterate, which is the image of the one before, by an extrapolation.
  void advance(AdmmIterate<La>& iterate) {
    if constexpr (cpu) {
      if (byOutput_) return byOutput_->advance(iterate.before.flat(), iterate.now.flat());
    }
    together_->advance(iterate.before.flat(), iterate.now.flat());
  }

  void reset() {
    if (byOutput_) byOutput_->reset();
    if (together_) together_->reset();
  }

  /// Returns true if F b drifts away from b by rounding: outputs keep their differences in single precision.
  bool rounds() const { return byOutput_ != nullptr; }

 private:
  static constexpr bool cpu = std::is_same_v<La, Cpu>;

  struct Tuning {
    /// safeguard: Bytes that the differences of earlier iterates may take.
    static constexpr double bytes = 3e8;
    /// safeguard: The least number of differences, however large the problem is.
    static constexpr double leastMemory = 3;
    /// measured: The number of differences where there is the memory.
    static constexpr double mostMemory = 15;
  };

  static int memoryFor(const ReluState<La>& s, int size) {
    double bytes = 2.0 * sizeof(typename La::Number) * size;
    if (s.data.ranks) bytes = s.data.ranks->max(bytes);
    return static_cast<int>(std::clamp(Tuning::bytes / bytes, Tuning::leastMemory, Tuning::mostMemory));
  }

  /// The entries of the first output: of b for each sign, of a, and of F b.
  static std::vector<OutputAcceleration::Run> runs(const ReluState<La>& s, const AdmmIterate<La>& iterate) {
    const int ofSign = s.map.dimension() * s.map.patterns();
    std::vector<OutputAcceleration::Run> runs;
    for (int sign = 0; sign < s.map.signs(); ++sign) runs.push_back({sign * s.data.c * ofSign, ofSign});
    for (int first = iterate.weights; first < iterate.now.rows(); first += s.data.n * s.data.c) {
      runs.push_back({first, s.data.n});
    }
    return runs;
  }

  std::unique_ptr<Anderson<La>> together_;
  std::unique_ptr<OutputAcceleration> byOutput_;
};

}  // namespace nonconvex
