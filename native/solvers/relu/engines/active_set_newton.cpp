#include "solvers/relu/engines/active_set_newton.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "linalg/vector_kernels.hpp"
#include "methods/line_search/armijo.hpp"

namespace nonconvex {

struct ReluActiveSetNewton::Tuning {
  /// measured: rho is divided by this number after each proximal problem.
  static constexpr double decrease = 4;
  /// rounding: Points before the threshold are at most about this multiple of v in length: projections are exact to
  /// 1e-13 of them.
  static constexpr double longestPoint = 1e4;
  /// rounding: The share of the objective below which a proximal problem's duality gap is rounding.
  static constexpr double relativeRounding = 1e-12;
  /// rounding: The share of the merit function's terms by which it may rise along a step.
  static constexpr double roundingOfMerit = 1e-14;
  /// safeguard: Lengths of a step that are tried, each half of the one before.
  static constexpr int mostTrials = 10;
  /// safeguard: Searches in a row that find nothing, after which the method ends.
  static constexpr int mostRefusals = 3;
  /// safeguard: The factor of rho after a search that found nothing.
  static constexpr double growth = 10;
};

ReluActiveSetNewton::ReluActiveSetNewton(const Cpu& la, const ReluData& data, const ReluMap<Cpu>& map,
                                         ReluProx<Cpu>& prox)
    : la_(la), data_(data), map_(map), prox_(prox), system_(la, data, map, prox) {
  const int d = map.dimension();
  for (HostMatrix<double>* m : {&centre_, &b_}) *m = HostMatrix<double>(d, map.columns());
  q_ = HostMatrix<double>(d, map.columns() / 2);
  for (HostMatrix<double>* m : {&f_, &before_, &direction_, &theta_, &r_}) {
    *m = HostMatrix<double>(data.n, data.c);
  }
}

void ReluActiveSetNewton::start(In v, In f, double rho) {
  la_.copy(v, centre_.view());
  la_.copy(f, f_.view());
  rho_ = rho;
  refusals_ = 0;
  system_.start();
  evaluate();
}

/// Everything at the predictions f.
void ReluActiveSetNewton::evaluate() {
  la_.forEach(data_.n, kernels::LossDualPoint<Host>{data_.loss, f_, data_.y, theta_});
  map_.adjoint(theta_, q_);
  place();
}

/// Everything at theta, with the centre and rho as they are.
void ReluActiveSetNewton::place() {
  la_.forEach(b_.rows(), b_.cols(), kernels::WarmStart<double, Host>{1 / rho_, centre_, q_, b_});
  prox_.apply(b_, data_.lambda / rho_);
  const In v = prox_.v();
  const In fv = prox_.fv();
  la_.forEach(static_cast<int>(r_.size()), [&](int i) { r_.data()[i] = fv.data[i] - f_.data()[i]; });
  const double squares = la_.sum(static_cast<int>(centre_.size()), [&](int i) {
    return (v.data[i] - centre_.data()[i]) * (v.data[i] + centre_.data()[i]);
  });
  const double bound = la_.sum(data_.n, kernels::LossDualValue<Host>{data_.loss, theta_, data_.y});
  value_ = rho_ / 2 * squares - bound;
}

double ReluActiveSetNewton::distance() const {
  const In v = prox_.v();
  return std::sqrt(
      la_.sum(static_cast<int>(centre_.size()), kernels::SquaredDifference<double>{v.data, centre_.data()}));
}

/// Returns true if v solves the proximal problem well enough: its duality gap is at most the centre's move, rho/2 ||v -
/// centre||^2.
bool ReluActiveSetNewton::solved() const {
  const ReluPoint<Host> point = prox_.point();
  const double moved = distance();
  const double proximal = rho_ / 2 * moved * moved;
  const double objective =
      la_.sum(data_.n, kernels::LossValue<Host>{data_.loss, point.f, data_.y}) + data_.lambda * point.penalty;
  return objective + proximal + value_ <= std::max(proximal, Tuning::relativeRounding * objective);
}

/// Begins the next proximal problem, which adds less to the objective.
void ReluActiveSetNewton::moveCentre() {
  const In v = prox_.v();
  la_.copy(v, centre_.view());
  double longest = 0;
  for (int j = 0; j < v.cols; ++j) longest = std::max(longest, blas::nrm2(v.rows, v.column(j)));
  const double least = longest > 0 ? data_.lambda / (Tuning::longestPoint * longest) : rho_;
  rho_ = std::min(rho_, std::max(least, rho_ / Tuning::decrease));
  place();
}

bool ReluActiveSetNewton::step() {
  if (solved()) moveCentre();
  const std::optional<double> slope = system_.solve(f_, r_, rho_, direction_);
  if (!slope) return false;
  if (search(*slope)) {
    refusals_ = 0;
    return true;
  }
  if (++refusals_ == Tuning::mostRefusals) return false;
  rho_ *= Tuning::growth;
  place();
  return true;
}

/// Backtracks along the direction until the merit function has come down.
bool ReluActiveSetNewton::search(double slope) {
  // Projections keep their active sets: a direction that is no number would spoil them.
  if (!(slope <= 0) || !loops::allFinite(direction_.size(), direction_.data())) return false;
  const double slack = Tuning::roundingOfMerit * (std::abs(value_) + rho_ * blas::dot(static_cast<int>(centre_.size()),
                                                                                      centre_.data(), centre_.data()));
  const int size = static_cast<int>(f_.size());
  la_.copy(f_.view(), before_.view());
  const auto along = [&](double t) {
    la_.forEach(size, [&](int i) { f_.data()[i] = before_.data()[i] + t * direction_.data()[i]; });
    evaluate();
    return value_;
  };
  if (armijo(along, {.value = value_, .slope = slope, .rounding = slack}, {.mostTrials = Tuning::mostTrials}))
    return true;
  la_.copy(before_.view(), f_.view());
  evaluate();
  return false;
}

}  // namespace nonconvex
