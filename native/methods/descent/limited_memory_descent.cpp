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
  explicit LimitedMemoryStep(ScaledNlp& model)
      : model_(model),
        memory_(model.n(), pairs),
        direction_(static_cast<std::size_t>(model.n())),
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
    const double first = memory_.empty() ? std::min(1.0, 1 / std::sqrt(norm2Squared(point.g))) : 1;
    const double t = wolfeSearch(model_, point, direction_, first, {}, trial);
    if (t == 0) return false;
    for (double& d : direction_) d *= t;
    addScaled(trial.g, -1, point.g, change_);
    memory_.update(direction_.data(), change_.data());
    return true;
  }

  ScaledNlp& model_;
  LimitedMemory memory_;
  Vector direction_;
  Vector change_;
};

}  // namespace

std::unique_ptr<Descent> limitedMemoryDescent(const Cpu&, ScaledNlp& model) {
  return std::make_unique<LimitedMemoryStep>(model);
}

}  // namespace nonconvex
