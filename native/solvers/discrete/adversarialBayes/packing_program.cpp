#include "solvers/discrete/adversarialBayes/packing_program.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "core/numbers.hpp"

namespace nonconvex {

PackingProgram::PackingProgram(std::vector<double> weights)
    : program_(static_cast<int>(weights.size())), q_(weights.size()) {
  for (double& each : weights) each = -each;
  program_.setCost(weights);
  program_.setBounds(std::vector<double>(weights.size(), 0.0), std::vector<double>(weights.size(), 1.0));
}

void PackingProgram::add(std::vector<int> set) {
  program_.addRow(set, std::vector<double>(set.size(), 1.0), -infinity, 1);
  sets_.push_back(std::move(set));
}

bool PackingProgram::solve(const Cpu& la) {
  const std::function<bool()> stop = [&] {
    la.checkpoint();
    return false;
  };
  const bool solved = program_.solve(&stop) == LpStatus::optimal;
  for (std::size_t i = 0; i < q_.size(); ++i) q_[i] = std::clamp(program_.x()[i], 0.0, 1.0);
  prices_.resize(sets_.size());
  for (std::size_t k = 0; k < sets_.size(); ++k) prices_[k] = std::max(0.0, -program_.multipliers()[k]);
  return solved;
}

}  // namespace nonconvex
