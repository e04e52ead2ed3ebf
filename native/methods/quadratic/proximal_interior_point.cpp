#include "methods/quadratic/proximal_interior_point.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/index.hpp"
#include "methods/quadratic/parametric_active_set.hpp"

namespace nonconvex {

ProximalInteriorPoint::ProximalInteriorPoint(const Cpu& la, const ConvexQuadratic& problem, double tolerance)
    : la_(la),
      tolerance_(tolerance),
      scaled_(la, problem),
      p_(scaled_.program),
      system_(la, p_),
      polish_(la, scaled_, system_),
      best_(problem) {
  makeItems();
}

void ProximalInteriorPoint::restart(double tolerance) {
  tolerance_ = tolerance;
  scaled_.takeVectors();
  best_.forget();
  makeItems();
  primal_ = {.value = Tuning::firstPrimal};
  dual_ = {.value = Tuning::firstDual};
  mu_ = 0;
  polished_ = false;
  early_ = {};
  milestone_ = {};
}

void ProximalInteriorPoint::makeItems() {
  const auto n = p_.c.size(), m = p_.atLeast.size();
  items_.clear();
  sides_.clear();
  equations_.clear();
  const auto addSide = [&](double side) {
    if (!std::isfinite(side)) return -1;
    sides_.emplace_back();
    return static_cast<int>(sides_.size()) - 1;
  };
  const auto add = [&](double low, double high) {
    Item item{.low = low, .high = high};
    if (low == high) {
      item.equation = static_cast<int>(equations_.size());
      equations_.emplace_back();
    } else {
      item.lower = addSide(low);
      item.upper = addSide(high);
    }
    items_.push_back(item);
  };
  for (std::size_t i = 0; i < m; ++i) add(p_.atLeast[i], p_.atMost[i]);
  for (std::size_t j = 0; j < n; ++j) add(p_.lower[j], p_.upper[j]);
  now_ = {std::vector<double>(n), std::vector<double>(m), std::vector<double>(n)};
  estimate_ = gradient_ = now_.x;
  rows_ = now_.y;
  h_.resize(n + m);
  right_ = move_ = h_;
}

double ProximalInteriorPoint::multiplierOf(const Item& item) const {
  if (item.equation >= 0) return equations_[at(item.equation)].y;
  return (item.upper >= 0 ? sides_[at(item.upper)].z : 0) - (item.lower >= 0 ? sides_[at(item.lower)].z : 0);
}

/// Solves with these sides as equations. Returns true if that is the solution.
bool ProximalInteriorPoint::startFrom(const std::vector<ActiveSide>& active) {
  const std::size_t m = p_.atLeast.size();
  const auto missing = [&](std::size_t k) {
    const double low = k < m ? p_.atLeast[k] : p_.lower[k - m], high = k < m ? p_.atMost[k] : p_.upper[k - m];
    if (low == high) return active[k] == ActiveSide::none;
    return active[k] != ActiveSide::none && !std::isfinite(active[k] == ActiveSide::low ? low : high);
  };
  for (std::size_t k = 0; k < active.size(); ++k) {
    if (missing(k)) return false;
  }
  polished_ = polish_.run(now_, active, best_);
  return meets();
}

bool ProximalInteriorPoint::isSolution(const QuadraticPoint& given) {
  best_.offer(given);
  return meets();
}

bool ProximalInteriorPoint::reach(const QuadraticPoint& given) {
  QuadraticPoint from;
  scaled_.scale(given, from);
  ParametricActiveSet path(la_, p_, system_);
  if (path.reach(from)) {
    polished_ = polish_.run(path.point(), path.active(), best_);
    if (meets()) {
      polish_.remember(best_.point());
      return true;
    }
  }
  best_.forget();
  polished_ = false;
  return false;
}

/// Begins at the minimum with quadratic penalties of weight 1: slacks and multipliers are what it leaves, moved inside
/// as far as Mehrotra's rule says.
std::optional<Status> ProximalInteriorPoint::start() {
  if (const auto last = polish_.takeLast(); !last.empty() && startFrom(last)) {
    polish_.remember(best_.point());
    return Status::solved;
  }
  takeResiduals();
  if (!factor() || !solve()) return Status::numericalError;
  for (std::size_t j = 0; j < now_.x.size(); ++j) now_.x[j] += move_[j];
  for (Equation& equation : equations_) equation.y += equation.move;
  for (Side& side : sides_) {
    side.s += side.ds;
    side.z += side.dz;
  }
  moveInside();
  estimate_ = now_.x;
  for (Side& side : sides_) side.estimate = side.z;
  for (Equation& equation : equations_) equation.estimate = equation.y;
  mu_ = complementarity();
  takeResiduals();
  primal_.before = primal_.residual;
  dual_.before = dual_.residual;
  record();
  return std::nullopt;
}

void ProximalInteriorPoint::moveInside() {
  if (sides_.empty()) return;
  double leastS = infinity, leastZ = infinity;
  for (const Side& side : sides_) {
    leastS = std::min(leastS, side.s);
    leastZ = std::min(leastZ, side.z);
  }
  double products = 0, sumS = 0, sumZ = 0;
  for (Side& side : sides_) {
    side.s += std::max(-1.5 * leastS, 0.0);
    side.z += std::max(-1.5 * leastZ, 0.0);
    products += side.s * side.z;
    sumS += side.s;
    sumZ += side.z;
  }
  for (Side& side : sides_) {
    side.s = std::max(side.s + (sumZ > 0 ? 0.5 * products / sumZ : 0), Tuning::leastStart);
    side.z = std::max(side.z + (sumS > 0 ? 0.5 * products / sumS : 0), Tuning::leastStart);
  }
}

double ProximalInteriorPoint::complementarity() const {
  double sum = 0;
  for (const Side& side : sides_) sum += side.s * side.z;
  return sides_.empty() ? 0 : sum / static_cast<double>(sides_.size());
}

/// Residuals of the proximal program; those of the shifts are of the program itself.
void ProximalInteriorPoint::takeResiduals() {
  const auto n = now_.x.size(), m = now_.y.size();
  multiplyHessian(p_, now_.x, gradient_);
  multiplyRows(p_, now_.x, rows_);
  for (std::size_t i = 0; i < m; ++i) now_.y[i] = multiplierOf(items_[i]);
  addTransposed(p_, now_.y, gradient_);
  primal_.residual = dual_.residual = 0;
  for (std::size_t j = 0; j < n; ++j) {
    now_.z[j] = multiplierOf(items_[m + j]);
    gradient_[j] += p_.c[j] + now_.z[j];
    dual_.residual = std::max(dual_.residual, std::abs(gradient_[j]));
    gradient_[j] += dual_.value * (now_.x[j] - estimate_[j]);
  }
  const double delta = primal_.value;
  const auto take = [&](double missing, double multiplier, double estimate) {
    primal_.residual = std::max(primal_.residual, std::abs(missing));
    return missing - delta * (multiplier - estimate);
  };
  for (std::size_t k = 0; k < items_.size(); ++k) {
    const Item& item = items_[k];
    const double v = k < m ? rows_[k] : now_.x[k - m];
    if (item.equation >= 0) {
      Equation& e = equations_[at(item.equation)];
      e.residual = take(v - item.low, e.y, e.estimate);
    }
    if (item.lower >= 0) {
      Side& side = sides_[at(item.lower)];
      side.residual = take(item.low - v + side.s, side.z, side.estimate);
    }
    if (item.upper >= 0) {
      Side& side = sides_[at(item.upper)];
      side.residual = take(v - item.high + side.s, side.z, side.estimate);
    }
  }
}

bool ProximalInteriorPoint::factor() {
  const auto n = now_.x.size(), m = now_.y.size();
  const double delta = primal_.value;
  std::vector<double>&d = right_, &e = move_;
  for (std::size_t k = 0; k < items_.size(); ++k) {
    const Item& item = items_[k];
    h_[k] = item.equation >= 0 ? 1 / delta : 0;
    for (const int number : {item.lower, item.upper}) {
      if (number >= 0) h_[k] += sides_[at(number)].weight(delta);
    }
  }
  for (std::size_t j = 0; j < n; ++j) d[j] = dual_.value + h_[m + j];
  for (std::size_t i = 0; i < m; ++i) e[i] = h_[i] > 0 ? 1 / h_[i] : infinity;
  return system_.factor(std::span(d).first(n), std::span(e).first(m));
}

/// Solves for the move whose products reach their targets, with a backward error of `enough` where that can be had.
bool ProximalInteriorPoint::solve(double enough) {
  const auto n = now_.x.size(), m = now_.y.size();
  const double delta = primal_.value;
  const auto push = [&](int number) {
    if (number < 0) return 0.0;
    const Side& side = sides_[at(number)];
    return (side.target / side.z + side.residual) * side.weight(delta);
  };
  for (std::size_t k = 0; k < items_.size(); ++k) {
    const Item& item = items_[k];
    const double ofEquation = item.equation >= 0 ? equations_[at(item.equation)].residual / delta : 0;
    const double q = ofEquation + push(item.upper) - push(item.lower);
    if (k >= m)
      right_[k - m] = -gradient_[k - m] - q;
    else
      right_[n + k] = h_[k] > 0 ? -q / h_[k] : 0;
  }
  backwardError_ = system_.solve(right_, move_, enough);
  std::vector<double>& ofRows = right_;
  multiplyRows(p_, std::span(move_).first(n), std::span(ofRows).first(m));
  bool finite = true;
  for (std::size_t k = 0; k < items_.size(); ++k) {
    const Item& item = items_[k];
    const double dv = k < m ? ofRows[k] : move_[k - m];
    finite = finite && std::isfinite(dv);
    if (item.equation >= 0) {
      Equation& e = equations_[at(item.equation)];
      e.move = k < m ? move_[n + k] : (dv + e.residual) / delta;
    }
    if (item.upper >= 0) sides_[at(item.upper)].move(dv, delta);
    if (item.lower >= 0) sides_[at(item.lower)].move(-dv, delta);
  }
  return finite;
}

double ProximalInteriorPoint::lengthOf(double Side::*value, double Side::*move) const {
  double length = 1;
  for (const Side& side : sides_) {
    if (side.*move < 0) length = std::min(length, -(side.*value) / (side.*move));
  }
  return length;
}

/// The backward error that a direction may have: far from a solution the next one makes up for it. Where there are no
/// sides the next point is the solution.
double ProximalInteriorPoint::enough() const {
  if (sides_.empty()) return SparseLdl::exact;
  return best_.worst() > Tuning::far ? Tuning::rough : Tuning::fine;
}

/// Solves for the step without a barrier. Systems that are solved inaccurately get larger pivots and then larger
/// shifts.
bool ProximalInteriorPoint::predict() {
  for (Side& side : sides_) side.target = -side.s * side.z;
  for (;;) {
    if (!factor() || !solve(enough())) return false;
    if (backwardError_ <= Tuning::accurate) return true;
    if (system_.raisePivots()) continue;
    if (primal_.value >= Tuning::most) return true;
    for (Shift* shift : {&primal_, &dual_}) shift->least = shift->value = 10 * shift->value;
    takeResiduals();
  }
}

std::optional<Status> ProximalInteriorPoint::step() {
  la_.checkpoint();
  if (!predict()) return Status::numericalError;
  const double before = mu_;
  double share = 1;
  if (!sides_.empty()) {
    const double primal = lengthOf(&Side::s, &Side::ds), dual = lengthOf(&Side::z, &Side::dz);
    double products = 0;
    for (const Side& side : sides_) products += (side.s + primal * side.ds) * (side.z + dual * side.dz);
    const double ratio = std::clamp(products / (static_cast<double>(sides_.size()) * mu_), 0.0, 1.0);
    const double target = std::max(ratio * ratio * ratio * mu_, leastMu());
    for (Side& side : sides_) side.target = target - side.s * side.z - side.ds * side.dz;
    if (!solve(enough())) return Status::numericalError;
    share = std::clamp(1 - Tuning::away * ratio, Tuning::inside, Tuning::closest);
  }
  const double primal = share * lengthOf(&Side::s, &Side::ds), dual = share * lengthOf(&Side::z, &Side::dz);
  for (std::size_t j = 0; j < now_.x.size(); ++j) now_.x[j] += primal * move_[j];
  for (Equation& equation : equations_) equation.y += dual * equation.move;
  for (Side& side : sides_) {
    side.s += primal * side.ds;
    side.z += dual * side.dz;
  }
  mu_ = complementarity();
  takeResiduals();
  const QuadraticErrors errors = record();
  takeEstimates(before > 0 ? std::clamp((before - mu_) / before, 0.0, 1.0) : 0.9, std::min(primal, dual), errors);
  takeResiduals();
  return verdict();
}

/// Takes the point as the estimates of the proximal terms where residuals fall or the proximal program is solved.
void ProximalInteriorPoint::takeEstimates(double rate, double length, const QuadraticErrors& errors) {
  double innerPrimal = 0, innerDual = 0;
  for (const Side& side : sides_) innerPrimal = std::max(innerPrimal, std::abs(side.residual));
  for (const Equation& e : equations_) innerPrimal = std::max(innerPrimal, std::abs(e.residual));
  for (const double g : gradient_) innerDual = std::max(innerDual, std::abs(g));
  const auto takes = [](const Shift& shift, double inner) {
    return shift.residual < Tuning::falls * shift.before || inner <= Tuning::inner * shift.residual;
  };
  const auto mayShrink = [&](const Shift& shift, double inner, double error) {
    return length > Tuning::slow && error > Tuning::worthSmaller * tolerance_ &&
           inner <= Tuning::inner * shift.residual;
  };
  const bool fellPrimal = takes(primal_, innerPrimal), fellDual = takes(dual_, innerDual);
  if (fellPrimal) {
    for (Side& side : sides_) side.estimate = side.z;
    for (Equation& e : equations_) e.estimate = e.y;
  }
  if (fellDual) estimate_ = now_.x;
  adapt(primal_, rate, fellPrimal, mayShrink(primal_, innerPrimal, errors.violation));
  adapt(dual_, rate, fellDual, mayShrink(dual_, innerDual, errors.gradient));
}

/// A proximal program that is solved while the residual hardly falls has too large a shift.
void ProximalInteriorPoint::adapt(Shift& shift, double rate, bool fell, bool mayShrink) const {
  shift.value = std::max(shift.least, (1 - (fell ? rate : Tuning::slower * rate)) * shift.value);
  if (fell && mayShrink && shift.residual > Tuning::slow * shift.before) {
    shift.least = shift.value = std::max(Tuning::least, Tuning::shrink * shift.value);
  }
  shift.before = shift.residual;
}

/// The barrier parameter whose share of the gap is near rounding.
double ProximalInteriorPoint::leastMu() const {
  const double gap = Tuning::leastGap * (1 + std::abs(best_.errors().objective));
  return scaled_.cost * std::min(gap / static_cast<double>(sides_.size()), Tuning::leastProduct * tolerance_);
}

QuadraticErrors ProximalInteriorPoint::record() {
  scaled_.unscale(now_, trial_);
  return best_.offerBoth(trial_);
}

bool ProximalInteriorPoint::meets() const {
  const QuadraticErrors& e = best_.errors();
  return e.violation <= tolerance_ + e.violationRounding && e.gradient <= tolerance_ + e.gradientRounding &&
         e.gap <= tolerance_ * (1 + std::abs(e.objective));
}

std::optional<Status> ProximalInteriorPoint::verdict() {
  const int iterations = ++milestone_.iterations;
  const double shift = std::min(primal_.least, dual_.least);
  const bool nearer = best_.worst() < Tuning::slow * milestone_.worst;
  if (nearer || shift < milestone_.shift || primal_.residual < Tuning::slow * milestone_.primal) {
    milestone_ = {iterations, iterations, std::min(best_.worst(), milestone_.worst),
                  std::min(primal_.residual, milestone_.primal), std::min(shift, milestone_.shift)};
  }
  const int patience = meets() ? Tuning::patienceOfSolved : Tuning::patience;
  if (endsEarly()) {
    polish_.remember(best_.point());
    return Status::solved;
  }
  if (best_.worst() > Tuning::enough && iterations - milestone_.at < patience) return std::nullopt;
  polished_ = polish_.run(now_, activeSides(), best_) || polished_;
  if (!meets()) return Status::stalled;
  polish_.remember(best_.point());
  return Status::solved;
}

bool ProximalInteriorPoint::goBackInside() {
  polished_ = false;
  scaled_.unscale(now_, trial_);
  best_.forget();
  best_.offer(trial_);
  return meets();
}

/// Returns true if all slacks and multipliers are far apart.
bool ProximalInteriorPoint::sidesAreClear() const {
  return std::all_of(sides_.begin(), sides_.end(), [](const Side& side) {
    return std::max(side.s, side.z) > Tuning::clear * std::min(side.s, side.z);
  });
}

/// Tries the active sides as equations, where they are clear and the same as in the last iteration. Returns true if
/// that gives the solution but for rounding.
bool ProximalInteriorPoint::endsEarly() {
  std::vector<ActiveSide> active = activeSides();
  const bool same = std::exchange(early_.last, active) == active;
  if (!same || early_.tries == Tuning::tries || !sidesAreClear()) return false;
  if (active == early_.tried && mu_ > Tuning::again * early_.mu) return false;
  early_.tried = active;
  early_.mu = mu_;
  ++early_.tries;
  BestQuadraticPoint best = best_;
  if (!polish_.run(now_, std::move(active), best, 1) || !best.errors().areRounding(Tuning::roundedGap)) return false;
  best_ = std::move(best);
  polished_ = true;
  return meets();
}

/// A side is active where its slack is below its multiplier.
std::vector<ActiveSide> ProximalInteriorPoint::activeSides() const {
  std::vector<ActiveSide> active(items_.size(), ActiveSide::none);
  const auto holds = [&](int number) { return number >= 0 && sides_[at(number)].s < sides_[at(number)].z; };
  for (std::size_t k = 0; k < items_.size(); ++k) {
    const Item& item = items_[k];
    if (item.equation >= 0 || holds(item.lower))
      active[k] = ActiveSide::low;
    else if (holds(item.upper))
      active[k] = ActiveSide::high;
  }
  return active;
}

}  // namespace nonconvex
