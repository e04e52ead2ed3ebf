#include "solvers/discrete/learnDag/local_scores.hpp"

#include <algorithm>

#include "core/index.hpp"

namespace nonconvex {

double LocalScores::lowerBound() {
  double bound = 0;
  for (int j = 0; j < conditions_.count(); ++j) {
    const std::vector<int>& required = conditions_.requiredOf(j);
    double least = score(j, required);
    if (!conditions_.optionalOf(j).empty()) {
      least = std::min(least, leastLoss(j) + penalty_ * static_cast<double>(required.size() + 1));
    }
    bound += least;
  }
  return bound - rounding(bound);
}

Dag grownDag(const Cpu& la, LocalScores& scores, const std::vector<int>& order) {
  Dag made{.order = order, .parents = std::vector<std::vector<int>>(order.size())};
  for (std::size_t t = 0; t < order.size(); ++t) {
    la.checkpoint();
    scores.grow(order[t], {order.data(), t}, made.parents[at(order[t])]);
    std::sort(made.parents[at(order[t])].begin(), made.parents[at(order[t])].end());
  }
  return made;
}

}  // namespace nonconvex
