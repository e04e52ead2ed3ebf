#include "methods/interior_point/barrier_nlp.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/in_pieces.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
namespace {

/// Returns true if finite sides have no room between them that a barrier could use: fewer than some hundred doubles, or
/// so little that multipliers of the barrier overflow; or contradict each other by no more than counts.
bool narrow(double low, double high) {
  constexpr double rounding = 512 * machineEpsilon, least = 1e-100;
  const double size = std::max(std::abs(low), std::abs(high));
  return low > -infinity && high < infinity && high - low <= std::max(least, rounding * size);
}

bool contradicts(double low, double high) {
  return low > high &&
         low - high > BarrierNlp::Tuning::contradiction * std::max(1.0, std::min(std::abs(low), std::abs(high)));
}

}  // namespace

double BarrierErrors::worst() const {
  return std::max({dual / dualScale, primal, complementarity / complementarityScale});
}

BarrierNlp::BarrierNlp(const Cpu& la, const NlpStart& problem, const BarrierSettings& settings)
    : settings_(settings), model_(la, problem, settings.scaling, ScaledNlp::AnyBounds{}) {
  placeRows();
  const NlpBounds given = model_.nlp().variableBounds();
  forEach(at(n()), [&](std::size_t j) {
    givenLower_[j] = boundAt(given.lower, j, -infinity);
    givenUpper_[j] = boundAt(given.upper, j, infinity);
    if (contradicts(givenLower_[j], givenUpper_[j])) contradiction_ = {false, static_cast<int>(j)};
    fixed_[j] = narrow(givenLower_[j], givenUpper_[j]) ? 1 : 0;
  });
  setSides();
  relax();
  model_.abortPoint();
}

template <class F>
void BarrierNlp::forEach(std::size_t size, F&& f) const {
  constexpr std::size_t atOnce = 1 << 16;
  for (std::size_t j = 0; j < size;) {
    model_.abortPoint();
    for (const std::size_t end = std::min(size, j + atOnce); j < end; ++j) f(j);
  }
}

/// Tells equalities, inequalities and free rows apart, and gives each inequality a slack.
void BarrierNlp::placeRows() {
  const NlpBounds given = model_.nlp().constraintBounds();
  slackOf_.assign(at(m()), -1);
  free_.assign(at(m()), 0);
  model_.resize(side_, at(m()));
  for (int i = 0; i < m(); ++i) {
    const double low = boundAt(given.lower, at(i), 0), high = boundAt(given.upper, at(i), 0);
    if (contradicts(low, high)) contradiction_ = {true, i};
    if (low == -infinity && high == infinity) {
      free_[at(i)] = 1;
    } else if (narrow(low, high)) {
      ++equalities_;
    } else {
      slackOf_[at(i)] = n() + static_cast<int>(rows_.size());
      rows_.push_back(i);
    }
  }
  const std::size_t all = at(n()) + rows_.size();
  for (Vector* const v : {&givenLower_, &givenUpper_, &lower_, &upper_, &work_}) model_.resize(*v, all);
  fixed_.assign(all, 0);
}

/// Sides of the rows in the units of the scaled problem.
void BarrierNlp::setSides() {
  const NlpBounds given = model_.nlp().constraintBounds();
  const auto scales = model_.constraintScales();
  for (int i = 0; i < m(); ++i) {
    const double low = boundAt(given.lower, at(i), 0) * scales[at(i)];
    const double high = boundAt(given.upper, at(i), 0) * scales[at(i)];
    if (const int k = slackOf_[at(i)]; k >= 0) {
      givenLower_[at(k)] = low;
      givenUpper_[at(k)] = high;
    } else {
      side_[at(i)] = free_[at(i)] != 0 ? 0 : low == high ? low : 0.5 * (low + high);
    }
  }
}

double BarrierNlp::relaxation(std::size_t j, double bound) const {
  // A side that was scaled down by no more than one as it was given.
  const double unit = j < at(n()) ? 1 : std::min(1.0, model_.constraintScales()[at(rowOf(j))]);
  const double most =
      0.5 * Tuning::mostRelaxed * unit;  // leaves room for what a solution of the relaxed problem may miss
  return std::min({std::max(most, 2 * Tuning::slackRounding * std::abs(bound)),
                   Tuning::relaxed * std::max(unit, std::abs(bound)),
                   Tuning::shareOfBox * (givenUpper_[j] - givenLower_[j])});
}

/// Relaxes bounds, by no more than a hundredth of a box.
void BarrierNlp::relax() {
  finiteSides_ = 0;
  forEach(size(), [&](std::size_t j) {
    lower_[j] = givenLower_[j];
    upper_[j] = givenUpper_[j];
    if (fixed_[j] != 0) {
      lower_[j] = -infinity;
      upper_[j] = infinity;
      return;
    }
    finiteSides_ += (lower_[j] > -infinity ? 1 : 0) + (upper_[j] < infinity ? 1 : 0);
    if (settings_.strictBounds) return;
    if (lower_[j] > -infinity) lower_[j] -= relaxation(j, givenLower_[j]);
    if (upper_[j] < infinity) upper_[j] += relaxation(j, givenUpper_[j]);
  });
}

BarrierPoint BarrierNlp::makePoint() const {
  BarrierPoint point;
  point.at = model_.makePoint();
  for (Vector* const v : {&point.v, &point.zL, &point.zU}) model_.resize(*v, size());
  model_.resize(point.r, at(m()));
  return point;
}

void BarrierNlp::copy(const BarrierPoint& from, BarrierPoint& to) const {
  model_.copy(from.at, to.at);
  for (const auto member : {&BarrierPoint::v, &BarrierPoint::zL, &BarrierPoint::zU, &BarrierPoint::r}) {
    assignInPieces(to.*member, std::span(from.*member), [this] { model_.abortPoint(); });
  }
}

void BarrierNlp::moveInside(std::span<double> v, double push) const {
  forEach(v.size(), [&](std::size_t j) {
    const double low = lower_[j], high = upper_[j];
    if (fixed_[j] != 0) {
      v[j] = 0.5 * (givenLower_[j] + givenUpper_[j]);
      if (givenLower_[j] == givenUpper_[j]) v[j] = givenLower_[j];
      return;
    }
    const double width = push * (high - low);
    if (low > -infinity) v[j] = std::max(v[j], low + std::min(push * std::max(1.0, std::abs(low)), width));
    if (high < infinity) v[j] = std::min(v[j], high - std::min(push * std::max(1.0, std::abs(high)), width));
  });
}

bool BarrierNlp::begin(BarrierPoint& point, double push) {
  constexpr int mostTries = 20;
  const auto x = model_.beginning();
  bool finite = false;
  for (int tries = 0; !finite && tries < 2 * mostTries; ++tries) {
    moveInside(x, push);
    finite = model_.begin(point.at);
    // Half of the way to the middle of the box, or towards 0.
    for (std::size_t j = 0; !finite && j < x.size(); ++j) {
      const bool box = lowerBounded(j) && upperBounded(j) && tries < mostTries;
      x[j] = 0.5 * (x[j] + (box ? 0.5 * (lower_[j] + upper_[j]) : 0));
    }
  }
  if (!finite) return false;
  setSides();
  relax();
  model_.abortPoint();
  return beginAt(x, point, push);
}

bool BarrierNlp::beginAt(std::span<const double> x, BarrierPoint& point, double push) {
  std::copy(x.begin(), x.end(), point.v.begin());
  const auto own = std::span(point.v);
  for (const int row : rows_) point.v[at(slackOf_[at(row)])] = 0;
  moveInside(own, push);
  model_.abortPoint();
  std::copy_n(point.v.begin(), at(n()), point.at.x.begin());
  if (!model_.evaluateValues(point.at)) return false;
  model_.abortPoint();
  for (const int row : rows_) point.v[at(slackOf_[at(row)])] = point.at.c[at(row)];
  moveInside(own, push);
  computeResidual(point);
  model_.abortPoint();
  for (std::size_t j = 0; j < size(); ++j) {
    point.zL[j] = lowerBounded(j) ? 1 : 0;
    point.zU[j] = upperBounded(j) ? 1 : 0;
  }
  std::fill(point.at.lambda.begin(), point.at.lambda.end(), 0.0);
  return evaluateDerivatives(point);
}

const UnitChange* BarrierNlp::rescale(const BarrierPoint& point) {
  const UnitChange* const change = model_.rescale(point.at);
  if (change == nullptr) return nullptr;
  setSides();
  relax();
  return change;
}

void BarrierNlp::convert(const UnitChange& change, BarrierPoint& point) const {
  model_.convert(change, point.at);
  for (std::size_t k = 0; k < size(); ++k) {
    const double unit = k < at(n()) ? 1 : change.constraints[at(rowOf(k))];
    point.v[k] *= unit;
    point.zL[k] *= change.objective / unit;
    point.zU[k] *= change.objective / unit;
  }
  computeResidual(point);
}

bool BarrierNlp::evaluateValues(BarrierPoint& point) {
  std::copy_n(point.v.begin(), at(n()), point.at.x.begin());
  if (!model_.evaluateValues(point.at)) return false;
  computeResidual(point);
  return true;
}

bool BarrierNlp::evaluateDerivatives(BarrierPoint& point) { return model_.evaluateDerivatives(point.at); }

void BarrierNlp::computeResidual(BarrierPoint& point) const {
  for (int i = 0; i < m(); ++i) {
    const int slack = slackOf_[at(i)];
    const double wanted = slack >= 0 ? point.v[at(slack)] : side_[at(i)];
    point.r[at(i)] = free_[at(i)] != 0 ? 0 : point.at.c[at(i)] - wanted;
  }
}

double BarrierNlp::barrierTerms(std::span<const double> v, double mu) const {
  double logs = 0, one = 0;
  for (std::size_t j = 0; j < size(); ++j) {
    const bool low = lowerBounded(j), high = upperBounded(j);
    const double below = v[j] - lower_[j], above = upper_[j] - v[j];
    if ((low && !(below > 0)) || (high && !(above > 0))) return infinity;
    if (low) logs += std::log(below);
    if (high) logs += std::log(above);
    if (low != high) one += low ? below : above;
  }
  return Tuning::damping * mu * one - mu * logs;
}

double BarrierNlp::barrier(const BarrierPoint& point, double mu) const {
  return point.at.f + barrierTerms(point.v, mu);
}

void BarrierNlp::addBarrierGradient(std::span<const double> v, double mu, std::span<double> out) const {
  for (std::size_t j = 0; j < size(); ++j) {
    const bool low = lowerBounded(j), high = upperBounded(j);
    if (low) out[j] -= mu / (v[j] - lower_[j]);
    if (high) out[j] += mu / (upper_[j] - v[j]);
    if (low != high) out[j] += low ? Tuning::damping * mu : -Tuning::damping * mu;
  }
}

void BarrierNlp::barrierGradient(const BarrierPoint& point, double mu, std::span<double> out) const {
  std::copy(point.at.gradient().begin(), point.at.gradient().end(), out.begin());
  std::fill(out.begin() + n(), out.end(), 0.0);
  addBarrierGradient(point.v, mu, out);
}

void BarrierNlp::barrierLagrangian(const BarrierPoint& point, double mu, std::span<double> out) const {
  barrierGradient(point, mu, out);
  for (std::size_t j = 0; j < at(n()); ++j) out[j] += point.at.g[j] - point.at.gradient()[j];
  for (const int row : rows_) out[at(slackOf_[at(row)])] -= point.at.lambda[at(row)];
  for (std::size_t j = 0; j < at(n()); ++j) {
    if (fixed_[j] != 0) out[j] = 0;
  }
}

void BarrierNlp::lagrangianGradient(const BarrierPoint& point, std::span<double> out) const {
  std::copy(point.at.g.begin(), point.at.g.end(), out.begin());
  for (const int row : rows_) out[at(slackOf_[at(row)])] = -point.at.lambda[at(row)];
  for (std::size_t j = 0; j < size(); ++j) {
    out[j] += point.zU[j] - point.zL[j];
    if (fixed_[j] != 0) out[j] = 0;
  }
}

void BarrierNlp::linearizedRows(const BarrierPoint& point, std::span<const double> dv, std::span<double> out) const {
  model_.jacobianProduct(point.at.jacobian, dv.first(at(n())), out);
  for (int i = 0; i < m(); ++i) {
    if (const int slack = slackOf_[at(i)]; slack >= 0) out[at(i)] -= dv[at(slack)];
    if (free_[at(i)] != 0) out[at(i)] = 0;
  }
}

void BarrierNlp::sigma(const BarrierPoint& point, std::span<double> out) const {
  for (std::size_t j = 0; j < size(); ++j) {
    double sum = 0;
    if (lowerBounded(j)) sum += point.zL[j] / (point.v[j] - lower_[j]);
    if (upperBounded(j)) sum += point.zU[j] / (upper_[j] - point.v[j]);
    out[j] = sum;
  }
}

BarrierErrors BarrierNlp::errors(const BarrierPoint& point, double mu) const {
  return errorsWithin(point, mu, lower_, upper_);
}

BarrierErrors BarrierNlp::givenErrors(const BarrierPoint& point) const {
  BarrierErrors found = errorsWithin(point, 0, givenLower_, givenUpper_);
  const auto product = [&](double multiplier, double room) {
    found.complementarity = std::max(found.complementarity, std::abs(multiplier * room));
  };
  for (std::size_t j = 0; j < size(); ++j) {
    found.primal = std::max({found.primal, givenLower_[j] - point.v[j], point.v[j] - givenUpper_[j]});
    if (fixed_[j] != 0) {
      const double g = point.at.g[j];
      product(g, g > 0 ? point.v[j] - givenLower_[j] : givenUpper_[j] - point.v[j]);
    } else if (j >= at(n())) {  // what the row itself is from its sides, not its slack
      const double c = point.v[j] + point.r[at(rowOf(j))];
      if (lowerBounded(j)) product(point.zL[j], std::max(0.0, c - givenLower_[j]));
      if (upperBounded(j)) product(point.zU[j], std::max(0.0, givenUpper_[j] - c));
    }
  }
  return found;
}

BarrierErrors BarrierNlp::errorsWithin(const BarrierPoint& point, double mu, std::span<const double> lower,
                                       std::span<const double> upper) const {
  constexpr double large = 100;
  BarrierErrors found;
  model_.abortPoint();
  lagrangianGradient(point, work_);
  found.dual = normInf(work_);
  for (std::size_t i = 0; i < point.r.size(); ++i) {
    found.primal = std::max(found.primal, std::abs(point.r[i]) - Tuning::slackRounding * std::abs(point.at.c[i]));
  }
  model_.abortPoint();
  const auto note = [&](double slack, double bound, double z) {
    const double told = std::max(0.0, slack - Tuning::slackRounding * std::abs(bound));  // what rounding does not hide
    found.complementarity = std::max(found.complementarity, std::abs(told * z - mu));
  };
  for (std::size_t j = 0; j < size(); ++j) {
    if (lowerBounded(j)) note(point.v[j] - lower[j], lower[j], point.zL[j]);
    if (upperBounded(j)) note(upper[j] - point.v[j], upper[j], point.zU[j]);
  }
  model_.abortPoint();
  const double z = norm1(point.zL) + norm1(point.zU);
  const int count = m() + finiteSides_;
  if (count > 0) found.dualScale = std::max(large, (norm1(point.at.lambda) + z) / count) / large;
  if (finiteSides_ > 0) found.complementarityScale = std::max(large, z / finiteSides_) / large;
  return found;
}

bool BarrierNlp::solved(const BarrierPoint& point) const { return within(errors(point, 0), point); }

bool BarrierNlp::solvedAsGiven(const BarrierPoint& point) const { return within(givenErrors(point), point); }

/// Returns true if errors of the point are within the tolerance and, in the user's units, within the limits of
/// section 3.3.
bool BarrierNlp::within(const BarrierErrors& errors, const BarrierPoint& point) const {
  constexpr double dual = 1, complementarity = 1e-4;
  if (!(errors.worst() <= settings_.tolerance) || !holdsAsGiven(point)) return false;
  return unscaledDual(point) <= dual && errors.complementarity <= complementarity * model_.objectiveScale();
}

bool BarrierNlp::holdsAsGiven(const BarrierPoint& point) const {
  constexpr double rounding = 100 * machineEpsilon;
  const auto scales = model_.constraintScales();
  for (int i = 0; i < m(); ++i) {
    const double scale = scales[at(i)];
    const double missed = std::max(violationOf(point, {true, i}), std::abs(point.r[at(i)]) / scale);
    if (missed <= settings_.tolerance) continue;
    const double side = std::abs(point.at.c[at(i)] - point.r[at(i)]) / scale;
    const double terms = model_.largestTerm(point.at, i) / scale;
    if (!(missed <= std::max(Tuning::mostRelaxed, rounding * std::max(side, terms)))) return false;
    if (!(missed <= (settings_.tolerance + Tuning::relaxed) * std::max(1.0, side) + rounding * terms)) return false;
  }
  return true;
}

bool BarrierNlp::nearlyFeasible(const BarrierPoint& point) const { return violation(point) <= Tuning::mostRelaxed; }

double BarrierNlp::unscaledDual(const BarrierPoint& point) const {
  lagrangianGradient(point, work_);
  const auto scales = model_.constraintScales();
  double largest = normInf(std::span(work_).first(at(n())));
  for (const int row : rows_) largest = std::max(largest, std::abs(work_[at(slackOf_[at(row)])]) * scales[at(row)]);
  return largest / model_.objectiveScale();
}

double BarrierNlp::unscaledComplementarity(const BarrierPoint& point) const {
  return errors(point, 0).complementarity / model_.objectiveScale();
}

double BarrierNlp::givenComplementarity(const BarrierPoint& point) const {
  return givenErrors(point).complementarity / model_.objectiveScale();
}

double BarrierNlp::violationOf(const BarrierPoint& point, const Place& place) const {
  if (!place.row) {
    const auto j = at(place.index);
    return std::max({0.0, givenLower_[j] - point.v[j], point.v[j] - givenUpper_[j]});
  }
  const double c = point.at.c[at(place.index)], scale = model_.constraintScales()[at(place.index)];
  if (freeRow(place.index)) return 0;
  const int slack = slackOf(place.index);
  if (slack < 0) return std::abs(c - side_[at(place.index)]) / scale;
  return std::max({0.0, (givenLower_[at(slack)] - c) / scale, (c - givenUpper_[at(slack)]) / scale});
}

BarrierNlp::Place BarrierNlp::worstPlace(const BarrierPoint& point) const {
  Place worst;
  double largest = 0;
  const auto look = [&](const Place& place) {
    const double violation = violationOf(point, place);
    if (violation > largest) {
      worst = place;
      largest = violation;
    }
  };
  for (int j = 0; j < n(); ++j) look({false, j});
  for (int i = 0; i < m(); ++i) look({true, i});
  return worst;
}

double BarrierNlp::valueOf(const BarrierPoint& point, const Place& place) const {
  return place.row ? point.at.c[at(place.index)] / model_.constraintScales()[at(place.index)]
                   : point.v[at(place.index)];
}

double BarrierNlp::lowerOf(const Place& place) const {
  if (!place.row) return givenLower_[at(place.index)];
  return boundAt(model_.nlp().constraintBounds().lower, at(place.index), 0);
}

double BarrierNlp::upperOf(const Place& place) const {
  if (!place.row) return givenUpper_[at(place.index)];
  return boundAt(model_.nlp().constraintBounds().upper, at(place.index), 0);
}

double BarrierNlp::largestStep(std::span<const double> v, std::span<const double> dv, double tau) const {
  double alpha = 1;
  for (std::size_t j = 0; j < size(); ++j) {
    if (dv[j] < 0 && lowerBounded(j)) alpha = std::min(alpha, -tau * (v[j] - lower_[j]) / dv[j]);
    if (dv[j] > 0 && upperBounded(j)) alpha = std::min(alpha, tau * (upper_[j] - v[j]) / dv[j]);
  }
  return alpha;
}

double BarrierNlp::largestDualStep(const BarrierPoint& point, std::span<const double> dzL, std::span<const double> dzU,
                                   double tau) const {
  double alpha = 1;
  for (std::size_t j = 0; j < size(); ++j) {
    if (dzL[j] < 0) alpha = std::min(alpha, -tau * point.zL[j] / dzL[j]);
    if (dzU[j] < 0) alpha = std::min(alpha, -tau * point.zU[j] / dzU[j]);
  }
  return alpha;
}

void BarrierNlp::dualDirections(const BarrierPoint& point, double mu, std::span<const double> dv, std::span<double> dzL,
                                std::span<double> dzU) const {
  for (std::size_t j = 0; j < size(); ++j) {
    dzL[j] = dzU[j] = 0;
    if (lowerBounded(j)) dzL[j] = (mu - point.zL[j] * dv[j]) / (point.v[j] - lower_[j]) - point.zL[j];
    if (upperBounded(j)) dzU[j] = (mu + point.zU[j] * dv[j]) / (upper_[j] - point.v[j]) - point.zU[j];
  }
}

void BarrierNlp::cutMultipliers(BarrierPoint& point, double mu, double k) const {
  const auto cut = [&](double& z, double slack) { z = std::max(std::min(z, k * mu / slack), mu / (k * slack)); };
  for (std::size_t j = 0; j < size(); ++j) {
    if (lowerBounded(j)) cut(point.zL[j], point.v[j] - lower_[j]);
    if (upperBounded(j)) cut(point.zU[j], upper_[j] - point.v[j]);
  }
}

void BarrierNlp::makeRoom(const BarrierPoint& point, double mu) {
  static const double usual = std::pow(machineEpsilon, 0.75);
  const double least = machineEpsilon * std::min(1.0, mu);
  for (std::size_t j = 0; j < size(); ++j) {
    const double most = Tuning::shareOfBox * (givenUpper_[j] - givenLower_[j]);
    const auto roomAt = [&](double bound) {
      return std::min(most, std::max(usual, 0.5 * Tuning::slackRounding * std::abs(bound)));
    };
    if (lowerBounded(j) && point.v[j] - lower_[j] < least) lower_[j] -= roomAt(lower_[j]);
    if (upperBounded(j) && upper_[j] - point.v[j] < least) upper_[j] += roomAt(upper_[j]);
  }
}

}  // namespace nonconvex
