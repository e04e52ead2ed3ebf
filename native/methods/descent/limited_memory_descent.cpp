// Limited-memory BFGS: J. Nocedal, S. J. Wright, "Numerical Optimization", 2006, algorithm 7.5.
#include <algorithm>
#include <cmath>

#include "methods/descent/descent.hpp"
#include "methods/descent/wolfe_search.hpp"
#include "methods/quasi_newton/limited_memory.hpp"

namespace nonconvex {
namespace {

class LimitedMemoryStep final : public Descent {
 public:
  explicit LimitedMemoryStep(const DescentSetting& of)
      : of_(of),
        memory_(of.model.n(), pairs),
        direction_(static_cast<std::size_t>(of.model.n())),
        change_(direction_.size()) {}

  bool step(const NlpPoint& point, NlpPoint& trial) override {
    if (search(point, trial)) return true;
    if (memory_.empty()) return false;
    memory_.forget();  // once more along the gradient
    return search(point, trial);
  }
  void forget() override { memory_.forget(); }

 private:
  static constexpr int pairs = 10;

  bool search(const NlpPoint& point, NlpPoint& trial) {
    memory_.direction(point.g.data(), direction_.data());
    if (of_.box != nullptr) of_.box->keepHeld(point, direction_);
    const double first = memory_.empty() ? std::min(1.0, 1 / std::sqrt(norm2Squared(point.g))) : 1;
    const double t = wolfeSearch(of_, point, direction_, first, {}, trial);
    if (t == 0) return false;
    addScaled(trial.x, -1, point.x, direction_);
    addScaled(trial.g, -1, point.g, change_);
    for (std::size_t j = 0; of_.box != nullptr && j < change_.size(); ++j) {
      if (direction_[j] == 0) change_[j] = 0;  // what moved alone tells of curvature
    }
    memory_.update(direction_.data(), change_.data());
    return true;
  }

  const DescentSetting of_;
  LimitedMemory memory_;
  Vector direction_;
  Vector change_;
};

}  // namespace

std::unique_ptr<Descent> limitedMemoryDescent(const DescentSetting& of) {
  return std::make_unique<LimitedMemoryStep>(of);
}

}  // namespace nonconvex
