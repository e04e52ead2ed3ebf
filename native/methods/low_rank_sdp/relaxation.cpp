#include "methods/low_rank_sdp/relaxation.hpp"

#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"
#include "core/random.hpp"

namespace nonconvex {
namespace {

constexpr std::uint32_t drawsOfVectors = 17;  // definition: a stream of random numbers

}  // namespace

struct Relaxation::Tuning {
  static constexpr double step = 0.2;        ///< measured: step of the products' multipliers, beside the size of Q
  static constexpr double share = 0.04;      ///< measured: share of the newest multipliers in an average
  static constexpr int look = 10;            ///< measured: sweeps between two bounds
  static constexpr double leastGain = 0.02;  ///< measured: share of the gap that sweeps between two bounds have to gain
};

std::size_t RelaxationStart::bytes() const {
  return sizeof(*this) + free.size() * sizeof(int) + vectors.size() * sizeof(float) +
         multipliers.size() * sizeof(Multiplier) + rows.size() * sizeof(QuadraticRowMultipliers::Kept);
}

void Relaxation::set(const BoxQuadratic& problem, std::span<const double> lower, std::span<const double> upper,
                     const RelaxationStart* start, std::uint64_t seed) {
  unit_.set(problem, lower, upper);
  const int n = unit_.size();
  factors_.resize(n);
  products_.clear(n);
  place_.assign(lower.size(), -1);
  for (int i = 0; i < n; ++i) place_[static_cast<std::size_t>(unit_.free()[static_cast<std::size_t>(i)])] = i;
  rows_.set(problem, unit_, start == nullptr ? std::span<const QuadraticRowMultipliers::Kept>{} : start->rows);
  double squares = 0;
  for (int i = 0; i < n; ++i) {
    if (!rows_.empty()) squares += square(unit_.c(i));
    for (int j = 0; j < n; ++j) squares += square(unit_.row(i)[j]);
  }
  step_ = n > 0 ? Tuning::step * std::sqrt(squares) / n : 0;
  shift_ = 0;
  if (start != nullptr) {
    takeVectors(*start);
    takeMultipliers(*start);
    shift_ = start->shift;
  } else {
    draw(seed);
  }
  products_.update();
  averageProducts_ = products_;
  averageBalls_.assign(static_cast<std::size_t>(n), 0.0);
  bound_ = -infinity;
  sweeps_ = 0;
}

void Relaxation::draw(std::uint64_t seed) {
  const Random random(seed, drawsOfVectors);
  std::uint64_t draws = 0;
  for (int i = 0; i < size(); ++i) {
    double sum = 0;
    for (double& entry : factors_.vector(i)) {
      entry = random.normal(draws++);
      sum += square(entry);
    }
    for (double& entry : factors_.vector(i)) entry /= std::sqrt(sum);
  }
}

void Relaxation::takeVectors(const RelaxationStart& start) {
  const auto rank = static_cast<std::size_t>(std::min(start.rank, factors_.rank()));
  for (std::size_t k = 0; k < start.free.size(); ++k) {
    const int i = place_[static_cast<std::size_t>(start.free[k])];
    if (i < 0) continue;
    const float* from = start.vectors.data() + k * static_cast<std::size_t>(start.rank);
    const std::span<double> v = factors_.vector(i);
    for (std::size_t r = 0; r < rank; ++r) v[r] = static_cast<double>(from[r]) / unit_.radius(i);
    v[0] -= unit_.centre(i) / unit_.radius(i);
    factors_.pullIn(i);
  }
}

void Relaxation::takeMultipliers(const RelaxationStart& start) {
  for (const RelaxationStart::Multiplier& each : start.multipliers) {
    const int i = place_[each.i], j = place_[each.j];
    if (i < 0 || j < 0) continue;
    const double value = static_cast<double>(each.value) * unit_.radius(i) * unit_.radius(j);
    products_.set(static_cast<ProductMultipliers::Kind>(each.kind), i, j, value);
  }
}

const UnitQuadratic& Relaxation::withRows(bool averages) {
  if (rows_.empty()) return unit_;
  rows_.combine(unit_, averages, combined_);
  return combined_;
}

void Relaxation::sweep(const Cpu& la) {
  factors_.sweep(withRows(false), products_, la);
  const double share = std::max(Tuning::share, 1.0 / (1 + sweeps_++));
  factors_.raise(products_, step_, share, la);
  const std::span<const double> balls = factors_.ballMultipliers();
  for (std::size_t i = 0; i < balls.size(); ++i) averageBalls_[i] += share * (balls[i] - averageBalls_[i]);
  averageProducts_.approach(products_, Tuning::share);
  rows_.raise(factors_, step_, Tuning::share);
}

double Relaxation::prove(const Cpu& la) {
  return bound_ = std::max(bound_, dual_.compute(withRows(true), averageBalls_, averageProducts_, shift_, la));
}

double Relaxation::improve(const Cpu& la, double goal, int mostSweeps) {
  for (int k = 0; k < mostSweeps; k += Tuning::look) {
    for (int s = 0; s < Tuning::look; ++s) {
      la.checkpoint();
      sweep(la);
    }
    const double before = bound_;
    if (prove(la) >= goal) break;
    if (std::isfinite(goal) && bound_ - before < Tuning::leastGain * (goal - bound_)) break;
  }
  return bound_;
}

double Relaxation::z(int i) const { return rows_.empty() ? factors_.z(i) : factors_.averageZ(i); }

double Relaxation::looseness(int i) const {
  if (rows_.empty())
    return (factors_.normSquared(i) - square(factors_.z(i))) * averageBalls_[static_cast<std::size_t>(i)];
  double sum = 0;
  for (int j = 0; j < size(); ++j)
    sum +=
        std::abs(combined_.row(i)[j] * (factors_.averageProduct(i, j) - factors_.averageZ(i) * factors_.averageZ(j)));
  return sum;
}

RelaxationStart Relaxation::start() const {
  RelaxationStart made;
  made.rank = factors_.rank();
  made.shift = shift_;
  made.free.assign(unit_.free().begin(), unit_.free().end());
  for (int i = 0; i < size(); ++i) {
    const std::span<const double> v = factors_.vector(i);
    for (std::size_t r = 0; r < v.size(); ++r)
      made.vectors.push_back(static_cast<float>(unit_.radius(i) * v[r] + (r == 0 ? unit_.centre(i) : 0)));
  }
  for (int i = 0; i < size(); ++i) {
    for (int j = 0; j < i; ++j) {
      for (int kind = 0; kind < ProductMultipliers::kinds; ++kind) {
        const double value = averageProducts_.at(static_cast<ProductMultipliers::Kind>(kind), i, j);
        if (value <= 0) continue;
        const auto variable = [&](int k) { return static_cast<std::uint16_t>(made.free[static_cast<std::size_t>(k)]); };
        made.multipliers.push_back({variable(i), variable(j), static_cast<std::uint8_t>(kind),
                                    static_cast<float>(value / (unit_.radius(i) * unit_.radius(j)))});
      }
    }
  }
  made.rows = rows_.keep(unit_);
  return made;
}

}  // namespace nonconvex
