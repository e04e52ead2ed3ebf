#include "solvers/sparse/trend/knotted_trend.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/numbers.hpp"
#include "linalg/exact_sum.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {
namespace {

constexpr int mostDegree = 2;  // definition: trends are constant, linear or quadratic between knots

double factorial(int k) { return k < 2 ? 1 : k * factorial(k - 1); }
double signOf(double x) { return x > 0 ? 1 : -1; }

}  // namespace

struct KnottedTrend::Tuning {
  static constexpr int mostRounds = 400;        ///< safeguard: rounds of new knots
  static constexpr int mostSteps = 5000;        ///< safeguard: steps for the knots of a round
  static constexpr int corrections = 1;         ///< measured: corrections of a solution by its residual
  static constexpr double tooMuch = 1 + 1e-10;  ///< rounding: multiplier beside lambda that is too large
};

KnottedTrend::KnottedTrend(const Cpu& la, std::span<const double> y, std::span<const double> weights, int degree)
    : la_(la),
      y_(y),
      weights_(weights),
      degree_(degree),
      u_(y.size()),
      residuals_(y.size()),
      z_(at(rows())),
      first_(y.size()),
      values_(y.size() * at(degree + 1)),
      next_(y.size()) {}

/// The rows of D that splines are made of: the knots, and beyond both ends as many as one spline needs, and a few that
/// the recurrence looks at.
void KnottedTrend::placeSplines() {
  places_.clear();
  for (int k = degree_ + 1; k >= 1; --k) places_.push_back(-k);
  for (const int knot : knots_) places_.push_back(knot);
  for (int k = 0; k < 2 * (degree_ + 1); ++k) places_.push_back(rows() + k);
  splines_ = static_cast<int>(knots_.size()) + degree_ + 1;
}

/// De Boor's recurrence. A spline of degree e on the places t_0 to t_{e+1}, (-1)^(e+1) times the divided difference of
/// the polynomials (x - t - 1) .. (x - t - e) / e! for t < x, is ((x - t_0 - e) S_0 + (t_{e+1} - x + e) S_1) / (e
/// (t_{e+1} - t_0)), S_0 and S_1 those of degree e - 1 on all but the last and all but the first place: no term is
/// negative. They are scaled so that they sum to 1.
void KnottedTrend::evaluateSplines() {
  const double scale = factorial(degree_);
  std::array<double, mostDegree + 2> s{};
  std::size_t last = at(degree_);
  for (int x = 0; x < n(); ++x) {
    while (x > places_[last + 1]) ++last;
    s.fill(0);
    s[0] = 1 / (places_[last + 1] - places_[last]);
    for (int e = 1; e <= degree_; ++e) {
      for (int i = e; i >= 0; --i) {
        const std::size_t j = last - at(e - i);
        const double begin = places_[j], end = places_[j + at(e) + 1];
        const double rest = i > 0 ? s[at(i - 1)] : 0;
        s[at(i)] = ((x - begin - e) * rest + (end - x + e) * (i < e ? s[at(i)] : 0)) / (e * (end - begin));
      }
    }
    const int first = static_cast<int>(last) - degree_;
    first_[at(x)] = first;
    for (int i = 0; i <= degree_; ++i) {
      const std::size_t j = at(first + i);
      const bool there = first + i < splines_;
      values_[at(x) * at(degree_ + 1) + at(i)] =
          there ? scale * (places_[j + at(degree_) + 1] - places_[j]) * s[at(i)] : 0;
    }
  }
}

/// D of a spline at one of its places.
double KnottedTrend::jump(int spline, int which) const {
  const double* t = &places_[at(spline)];
  double product = (degree_ % 2 ? 1 : -1) * factorial(degree_) * (t[degree_ + 1] - t[0]);
  for (int k = 0; k <= degree_ + 1; ++k) {
    if (k != which) product /= t[which] - t[k];
  }
  return product;
}

/// L D L^T of the splines' Gram matrix, the diagonals of its upper half one after the other in a row. False where it is
/// not positive definite.
bool KnottedTrend::factor() {
  const std::size_t width = at(degree_ + 1), count = at(splines_);
  band_.assign(count * width, 0.0);
  for (int x = 0; x < n(); ++x) {
    const double* s = &values_[at(x) * width];
    const std::size_t first = at(first_[at(x)]);
    for (std::size_t i = 0; i < width && first + i < count; ++i) {
      for (std::size_t k = i; k < width && first + k < count; ++k) {
        band_[(first + i) * width + k - i] += weight(x) * s[i] * s[k];
      }
    }
  }
  for (std::size_t j = 0; j < count; ++j) {
    const double* row = &band_[j * width];
    if (!(row[0] > 0)) return false;
    for (std::size_t e = 1; e < width && j + e < count; ++e) {
      const double by = row[e] / row[0];
      for (std::size_t f = e; f < width && j + f < count; ++f) band_[(j + e) * width + f - e] -= by * row[f];
    }
  }
  return true;
}

void KnottedTrend::solve(std::span<double> x) const {
  const std::size_t width = at(degree_ + 1), count = x.size();
  for (std::size_t j = 0; j < count; ++j) {
    const double* row = &band_[j * width];
    x[j] /= row[0];
    for (std::size_t e = 1; e < width && j + e < count; ++e) x[j + e] -= row[e] * x[j];
  }
  for (std::size_t j = count; j-- > 0;) {
    const double* row = &band_[j * width];
    for (std::size_t e = 1; e < width && j + e < count; ++e) x[j] -= row[e] / row[0] * x[j + e];
  }
}

void KnottedTrend::combine(std::span<const double> coefficients, std::span<double> out) const {
  const std::size_t width = at(degree_ + 1);
  for (int x = 0; x < n(); ++x) {
    const std::size_t first = at(first_[at(x)]);
    double sum = 0;
    for (std::size_t i = 0; i < width && first + i < coefficients.size(); ++i) {
      sum += values_[at(x) * width + i] * coefficients[first + i];
    }
    out[at(x)] = sum;
  }
}

/// out := the splines' products with the weighted residuals of next_.
void KnottedTrend::project(std::span<double> out) {
  const std::size_t width = at(degree_ + 1);
  std::fill(out.begin(), out.end(), 0.0);
  for (int x = 0; x < n(); ++x) {
    const std::size_t first = at(first_[at(x)]);
    const double r = weight(x) * (y_[at(x)] - next_[at(x)]);
    for (std::size_t i = 0; i < width && first + i < out.size(); ++i) out[first + i] += values_[at(x) * width + i] * r;
  }
}

/// next_ := the minimum where the differences at the knots count with their signs. False where that is not unique.
bool KnottedTrend::minimizeWithSigns(double lambda) {
  placeSplines();
  evaluateSplines();
  if (!factor()) return false;
  const auto knots = static_cast<int>(knots_.size());
  penalty_.assign(at(splines_), 0.0);
  // Knot k is place k + degree + 1, so that spline k + i has it as the one of number degree + 1 - i.
  const auto forJumps = [&](auto&& f) {
    for (int k = 0; k < knots; ++k) {
      for (int i = 0; i <= degree_ + 1 && k + i < splines_; ++i) f(at(k), at(k + i), jump(k + i, degree_ + 1 - i));
    }
  };
  forJumps([&](std::size_t k, std::size_t j, double jump) { penalty_[j] += lambda * signs_[k] * jump; });
  coefficients_.assign(at(splines_), 0.0);
  right_.resize(at(splines_));
  for (int pass = 0; pass <= Tuning::corrections; ++pass) {
    combine(coefficients_, next_);
    project(right_);
    axpy(-1, penalty_, right_);
    solve(right_);
    axpy(1, right_, coefficients_);
  }
  combine(coefficients_, next_);
  nextJumps_.assign(at(knots), 0.0);
  forJumps([&](std::size_t k, std::size_t j, double jump) { nextJumps_[k] += coefficients_[j] * jump; });
  return true;
}

bool KnottedTrend::signsHold() const {
  for (std::size_t k = 0; k < knots_.size(); ++k) {
    if (nextJumps_[k] * signs_[k] < 0) return false;
  }
  return true;
}

/// The least objective on the way to next_, which bends where a difference changes its sign.
KnottedTrend::Least KnottedTrend::leastOnTheWay(double lambda) const {
  double slope = 0, curvature = 0;
  for (int i = 0; i < n(); ++i) {
    const double step = next_[at(i)] - u_[at(i)];
    slope += weight(i) * step * (u_[at(i)] - y_[at(i)]);
    curvature += weight(i) * step * step;
  }
  std::vector<Least> breaks;
  for (std::size_t k = 0; k < knots_.size(); ++k) {
    const double change = nextJumps_[k] - jumps_[k];
    slope += lambda * (jumps_[k] != 0 ? signOf(jumps_[k]) * change : std::abs(change));
    if (jumps_[k] * nextJumps_[k] < 0) breaks.push_back({-jumps_[k] / change, k});
  }
  std::sort(breaks.begin(), breaks.end(), [](const Least& a, const Least& b) { return a.share < b.share; });
  for (const Least& each : breaks) {
    if (slope + curvature * each.share >= 0) break;
    slope += 2 * lambda * std::abs(nextJumps_[each.zero] - jumps_[each.zero]);
    if (slope + curvature * each.share >= 0) return each;
  }
  return {curvature > 0 ? std::clamp(-slope / curvature, 0.0, 1.0) : 1, knots_.size()};
}

/// Goes to the least objective on the way to next_. Knots that are 0 there, and new ones with another sign than theirs,
/// go.
void KnottedTrend::stepTowards(double lambda) {
  const auto [share, zero] = leastOnTheWay(lambda);
  for (std::size_t i = 0; i < u_.size(); ++i) u_[i] += share * (next_[i] - u_[i]);
  std::size_t kept = 0;
  for (std::size_t k = 0; k < knots_.size(); ++k) {
    const double value = k == zero ? 0 : jumps_[k] + share * (nextJumps_[k] - jumps_[k]);
    const bool waits = value == 0 && k != zero && nextJumps_[k] * signs_[k] >= 0;
    if (value == 0 && !waits) continue;
    knots_[kept] = knots_[k];
    signs_[kept] = waits ? signs_[k] : signOf(value);
    jumps_[kept++] = value;
  }
  for (auto* each : {&jumps_, &signs_}) each->resize(kept);
  knots_.resize(kept);
}

/// Goes to the minimum over trends with the present knots or some of them.
bool KnottedTrend::findKnots(double lambda) {
  for (int step = 0; step < Tuning::mostSteps; ++step) {
    la_.checkpoint();
    if (!minimizeWithSigns(lambda)) return false;
    if (signsHold()) {
      u_ = next_;
      jumps_ = nextJumps_;
      return true;
    }
    stepTowards(lambda);
  }
  return false;
}

/// Takes in the largest multiplier of each run of those that are too large; whether there is a new one.
bool KnottedTrend::addMissing(double lambda) {
  std::vector<int> knots;
  std::vector<double> jumps, signs;
  std::size_t next = 0;
  const auto keepUpTo = [&](int row) {
    for (; next < knots_.size() && knots_[next] <= row; ++next) {
      knots.push_back(knots_[next]);
      jumps.push_back(jumps_[next]);
      signs.push_back(signs_[next]);
    }
  };
  const auto tooLarge = [&](int i) { return std::abs(z_[at(i)]) > Tuning::tooMuch * lambda; };
  bool any = false;
  for (int i = 0; i < rows(); ++i) {
    if (!tooLarge(i)) continue;
    const double sign = signOf(z_[at(i)]);
    int largest = i;
    for (; i < rows() && tooLarge(i) && signOf(z_[at(i)]) == sign; ++i) {
      if (std::abs(z_[at(i)]) > std::abs(z_[at(largest)])) largest = i;
    }
    --i;
    keepUpTo(largest);
    if (!knots.empty() && knots.back() == largest) continue;
    any = true;
    knots.push_back(largest);
    jumps.push_back(0);
    signs.push_back(sign);
  }
  keepUpTo(rows());
  knots_ = std::move(knots);
  jumps_ = std::move(jumps);
  signs_ = std::move(signs);
  return any;
}

/// z by sums, as D^T z are the weighted residuals.
void KnottedTrend::setMultipliers() {
  std::array<ExactSum, mostDegree + 1> sums{};
  const double sign = degree_ % 2 ? 1 : -1;
  for (int i = 0; i < n(); ++i) {
    residuals_[at(i)] = weight(i) * (y_[at(i)] - u_[at(i)]);
    if (i >= rows()) continue;
    sums[0].add(residuals_[at(i)]);
    for (std::size_t e = 1; e <= at(degree_); ++e) sums[e].add(sums[e - 1]);
    z_[at(i)] = sign * sums[at(degree_)].value();
  }
}

/// The bound is of the multipliers, made smaller where one of them is too large.
void KnottedTrend::measure(double lambda) {
  setMultipliers();
  const double most = largestMultiplier(), share = most > lambda ? lambda / most : 1;
  double loss = 0, product = 0, size = 0;
  for (int i = 0; i < n(); ++i) {
    loss += residuals_[at(i)] * (y_[at(i)] - u_[at(i)]) / 2;
    product += residuals_[at(i)] * u_[at(i)];
  }
  for (const double jump : jumps_) size += std::abs(jump);
  objective_ = loss + lambda * size;
  gap_ = std::max(0.0, lambda * size - share * product + square(1 - share) * loss);
}

double KnottedTrend::largestMultiplier() const { return normInf(z_); }

void KnottedTrend::fitPolynomial() {
  knots_.clear();
  jumps_.clear();
  signs_.clear();
  minimizeWithSigns(0);
  u_ = next_;
  measure(0);
}

void KnottedTrend::take(std::span<const double> u) {
  u_.assign(u.begin(), u.end());
  knots_.clear();
  jumps_.clear();
  signs_.clear();
  double choose = 1;
  std::array<double, mostDegree + 2> stencil{};
  for (int k = 0; k <= degree_ + 1; ++k) {
    stencil[at(k)] = (degree_ + 1 - k) % 2 ? -choose : choose;
    choose = choose * (degree_ + 1 - k) / (k + 1);
  }
  for (int i = 0; i < rows(); ++i) {
    double jump = 0;
    for (int k = 0; k <= degree_ + 1; ++k) jump += stencil[at(k)] * u_[at(i + k)];
    if (jump == 0) continue;
    knots_.push_back(i);
    jumps_.push_back(jump);
    signs_.push_back(signOf(jump));
  }
}

bool KnottedTrend::minimize(double lambda, double goal) {
  for (int round = 0; round < Tuning::mostRounds; ++round) {
    const bool found = findKnots(lambda);
    measure(lambda);
    if (gap_ <= goal) return true;
    if (!found || !addMissing(lambda)) return false;
  }
  return false;
}

}  // namespace nonconvex
