#include "solvers/nlp/multistart.hpp"

#include <algorithm>

namespace nonconvex {

Multistart::Multistart(bool constrained, bool bounded, int restarts) {
  using From = Attempt::From;
  list_.push_back({});
  if (restarts == 0) return;
  if (constrained) {
    list_.push_back({.augmentedLagrangian = true});
    list_.push_back({.from = From::end, .mu = 1e-3, .push = 1e-6});
  }
  if (bounded) {
    list_.push_back({.mu = 1e-3, .push = 1e-4});
    list_.push_back({.mu = 1, .rule = BarrierRule::adaptive});
    list_.push_back({.mu = 10, .push = 0.2});
  }
  for (int k = 0; k < restarts; ++k) list_.push_back({.from = From::random});
}

bool Multistart::resumeFirst() {
  if (now().from == Attempt::From::interrupted) return false;
  list_.push_back({.from = Attempt::From::interrupted});
  return next();
}

void Multistart::addSearches(int count) {
  for (int k = 0; k < count; ++k) list_.push_back({.from = Attempt::From::random, .mu = 1e-3, .restoration = true});
}

int Multistart::randomPoints() const {
  const auto end = list_.begin() + static_cast<std::ptrdiff_t>(at_) + 1;
  return static_cast<int>(
      std::count_if(list_.begin(), end, [](const Attempt& a) { return a.from == Attempt::From::random; }));
}

}  // namespace nonconvex
