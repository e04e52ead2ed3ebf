// Risks that weigh the losses of rows by their order.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/fields.hpp"
#include "methods/one_dimensional/isotonic.hpp"

namespace nonconvex {

enum class RiskKind { mean, cvar, superquantile, extremile, exponential };
constexpr auto names(RiskKind) {
  return std::array{"mean"sv, "cvar"sv, "superquantile"sv, "extremile"sv, "exponential"sv};
}

/// The weights sigma of n losses in rising order, rising and of sum 1:
///   mean         1 / n
///   cvar         the mean of the share 1 - level that is worst: 0, then 1 / (n (1 - level)), in between a part
///   extremile    (i / n)^power - ((i - 1) / n)^power
///   exponential  the integral over ((i - 1) / n, i / n) of power e^(power t) / (e^power - 1)
std::vector<double> spectrumOf(RiskKind kind, int n, double level, double power);

/// max over q of q . l - nu n / 2 ||q - 1 / n||^2, q a mean of permutations of sigma: its q and value.
class SmoothedRisk {
 public:
  SmoothedRisk(std::vector<double> sigma, double nu);

  /// Sorts the losses.
  void begin(std::span<const double> losses);
  /// Puts the loss of a row in its place.
  void change(int row, double loss);
  /// Finds q. By isotonic regression: of l_(i) - nu (n sigma_i - 1), the nearest rising numbers c, and q = 1 / n + (l -
  /// c) / (nu n).
  void weigh();

  double loss(int row) const { return losses_[static_cast<std::size_t>(row)]; }
  double weight(int row) const { return q_[static_cast<std::size_t>(row)]; }
  std::span<const double> weights() const { return q_; }
  /// The smoothed risk, of `weigh`.
  double value() const;
  /// sigma . l in order, without smoothing.
  double plain() const;

 private:
  std::vector<double> sigma_;
  double nu_;
  std::vector<double> losses_;  // loss of each row
  std::vector<int> order_;      // rows by loss
  std::vector<int> place_;      // place of each row in the order
  std::vector<double> q_;       // weight of each row
  IsotonicRegression isotonic_;
};

}  // namespace nonconvex
