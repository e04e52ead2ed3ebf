// Penalties of ADMM that keep primal and dual residuals in balance: B. He, H. Yang, S. Wang, "Alternating direction
// method with self-adaptive penalty parameters for monotone variational inequalities", JOTA 106, 2000.
#pragma once

#include <algorithm>

namespace nonconvex {

struct BalanceSettings {
  double least, most;      ///< ratios of the primal to the dual residual that are left alone
  double aim = 1;          ///< the ratio that a change aims at
  double mostChange = 10;  ///< the factor by which a penalty changes at most
  int manyChanges = 0;     ///< changes after which the iterations up to the next one double
};

/// Changes cost a factorisation and delay convergence, so they are rare and become rarer: ADMM converges where the
/// penalties end up constant.
class PenaltyBalance {
 public:
  explicit PenaltyBalance(const BalanceSettings& settings) : settings_(settings) {}

  /// The factor for a penalty at a ratio of the residuals, 1 where it is left alone.
  double factor(double ratio) const {
    const bool apart = ratio < settings_.least || ratio > settings_.most;
    return apart ? std::clamp(ratio / settings_.aim, 1 / settings_.mostChange, settings_.mostChange) : 1;
  }
  bool mayChange(int iteration) const { return changes_ < settings_.manyChanges || iteration >= 2 * last_; }
  void noteChange(int iteration) {
    ++changes_;
    last_ = iteration;
  }

 private:
  BalanceSettings settings_;
  int changes_ = 0, last_ = 0;
};

}  // namespace nonconvex
