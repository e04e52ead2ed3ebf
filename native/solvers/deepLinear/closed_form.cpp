#include "solvers/deepLinear/closed_form.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "methods/one_dimensional/bisection.hpp"

namespace nonconvex {
namespace {

/// The largest local minimum on [0, end] of a function with derivative a t - b + weight t^(power - 1), 0 < power <= 1:
/// its derivative is convex, so that the larger of its two zeros is one; 0 if it has none.
double largerZero(double a, double b, const SpectralPenalty& penalty, double end) {
  if (penalty.power == 1) return std::clamp((b - penalty.weight) / a, 0.0, end);
  const auto derivative = [&](double t) { return a * t - b + penalty.weight * std::pow(t, penalty.power - 1); };
  // Where the derivative is least.
  const double low = std::pow(penalty.weight * (1 - penalty.power) / a, 1 / (2 - penalty.power));
  if (!(derivative(low) < 0)) return 0;
  const double high = b / a;  // there it is positive
  return std::min(bisect({low, high}, 200, [&](double t) { return derivative(t) < 0; }).high, end);
}

}  // namespace

double SpectralPenalty::value(double t) const { return t > 0 ? weight / power * std::pow(t, power) : 0; }

double leastForOne(double s, double sigma, const SpectralPenalty& penalty) {
  const double t = largerZero(square(s), s * sigma, penalty, infinity);
  const double at0 = square(sigma) / 2;
  return square(s * t - sigma) / 2 + penalty.value(t) < at0 ? t : 0;
}

double leastForSum(double s, const std::vector<double>& sigma, const SpectralPenalty& penalty) {
  // For a given sum N the best t are (s sigma_k - mu)_+ / s^2. With the first k positive, mu = (s S_k - s^2 N) / k with
  // S_k = sigma_1 + ... + sigma_k, which holds until N has brought mu down to s sigma_{k+1}; mu is minus the slope of
  // what the first term is at best, so that on each such piece the whole is what `largerZero` takes.
  double total = 0, sum = 0;
  for (const double each : sigma) total += square(each) / 2;
  double least = total;  // value at N = 0
  double squares = total;
  for (std::size_t k = 1; k <= sigma.size() && sigma[k - 1] > 0; ++k) {
    sum += sigma[k - 1];
    squares -= square(sigma[k - 1]) / 2;  // half the squares of the values that stay 0
    const double count = static_cast<double>(k);
    const double next = k < sigma.size() ? sigma[k] : 0;
    const double begin = (sum - count * sigma[k - 1]) / s, end = (sum - count * next) / s;
    const double inside = largerZero(square(s) / count, s * sum / count, penalty, end);
    for (const double N : {std::clamp(inside, begin, end), begin, end}) {
      least = std::min(least, square(s * N - sum) / (2 * count) + squares + penalty.value(N));
    }
  }
  return least;
}

}  // namespace nonconvex
