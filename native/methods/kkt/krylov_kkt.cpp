#include "methods/kkt/krylov_kkt.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "core/index.hpp"
#include "core/monitor.hpp"
#include "methods/kkt/kkt_device.hpp"
#include "methods/kkt/sketched_hessian.hpp"
#include "methods/krylov/gcr.hpp"
#include "methods/krylov/pcg.hpp"

namespace nonconvex {
namespace {

/// Returns true if the pattern has all of the lower triangle.
bool isFull(const SparsePattern& pattern) {
  const auto n = static_cast<std::size_t>(pattern.lines);
  return pattern.nonzeros() == n * (n + 1) / 2;
}

SparsePattern diagonalPattern(int n) {
  SparsePattern pattern{.lines = n, .width = n, .offsets = {0}, .indices = {}};
  for (int j = 0; j < n; ++j) {
    pattern.indices.push_back(j);
    pattern.offsets.push_back(j + 1);
  }
  return pattern;
}

KktPreconditioner kindFor(const ScaledNlp& model, KktPreconditioner wanted) {
  const bool automatic = wanted == KktPreconditioner::automatic;
  if (!automatic && wanted != KktPreconditioner::sketch) return wanted;
  return sketchPossible(model) ? KktPreconditioner::sketch : KktPreconditioner::lagged;
}

/// Solves K z = b with K = [H, J^T; J, 0], by conjugate gradients or residuals.
class KrylovKkt final : public KktSolver {
 public:
  KrylovKkt(const ScaledNlp& model, std::unique_ptr<KktSolver> exact, const KktSettings& settings, const Cpu& la)
      : model_(model),
        exact_(std::move(exact)),
        la_(la),
        n_(at(model.n())),
        mostSteps_(settings.innerSteps),
        kind_(kindFor(model, settings.preconditioner)),
        leastTarget_(settings.accuracy == KktAccuracy::descent ? 0.01 * settings.tolerance / model.gradientScale() : 0),
        matrixFree_(kind_ == KktPreconditioner::sketch && settings.accuracy == KktAccuracy::descent),
        given_(n_ + at(model.m())),
        z_(given_.size()),
        r_(given_.size()),
        s_(given_.size()),
        direction_(n_),
        q_(n_),
        Jp_(at(model.m())),
        combination_(given_.size(), kind_ == KktPreconditioner::lagged ? Tuning::lagSteps : 0) {
    if (kind_ == KktPreconditioner::sketch) {
      sketch_ = sketchedHessian(model, *exact_, settings, la);
    } else if (kind_ == KktPreconditioner::diagonal) {
      diagonal_ = diagonalPattern(model.n());
      ofDiagonal_ = factoredKkt(diagonal_, model.jacobianPattern(), Vector(n_, 1.0),
                                Vector(model.jacobianPattern().nonzeros(), 1.0), la);
      values_.resize(n_);
    }
  }

  void load(std::span<const double> H, std::span<const double> J) override {
    assumedInertia_ = lagging_ = false;
    exact_->load(H, J);
  }
  void loadWithoutHessian(std::span<const double> J) override {
    assumedInertia_ = lagging_ = false;
    exact_->loadWithoutHessian(J);
  }

  Inertia factor(const KktShift& shift) override {
    assumedInertia_ = lagging_ = false;
    shifted_ = shift.primal != 0 || shift.dual != 0;
    return exact_->factor(shift);
  }

  Inertia exactInertia(const Inertia& found) override { return exact_->exactInertia(found); }

  void solve(std::span<double> b) override { assumedInertia_ ? precondition(b) : exact_->solve(b); }

  double solve(std::span<const double> b, double target, std::span<double> z) override {
    if (!assumedInertia_) {
      lagging_ = convex_ = !shifted_;
      return exact_->solve(b, target, z);
    }
    target = std::max(target, leastTarget_);
    const double norm = timed([&] { return iterate(b, target); });
    failures_ = norm <= target ? 0 : failures_ + 1;
    if (failures_ == 0) {
      std::copy(z_.begin(), z_.end(), z.begin());
      return norm;
    }
    ++fallbacks_;
    rebuild_ = true;
    std::fill(z.begin(), z.end(), unknown);
    return unknown;
  }

  bool canAssumeInertia() const override {
    constexpr int mostFailures = 3;
    return convex_ && failures_ < mostFailures && (kind_ != KktPreconditioner::lagged || lagging_);
  }
  bool matrixFree() const override { return matrixFree_; }

  bool assumeInertia(std::span<const double> H, std::span<const double> J) override {
    assumedInertia_ = begun_ = false;
    H_ = H;
    J_ = J;
    assumedInertia_ = kind_ == KktPreconditioner::sketch     ? timed([&] { return prepareSketch(); })
                      : kind_ == KktPreconditioner::diagonal ? timed([&] { return prepareDiagonal(); })
                                                             : lagging_;
    return assumedInertia_;
  }

  int factorizations() const override {
    return exact_->factorizations() + (sketch_ ? sketch_->factorizations() : 0) +
           (ofDiagonal_ ? ofDiagonal_->factorizations() : 0);
  }
  std::int64_t steps() const override { return steps_; }
  int fallbacks() const override { return fallbacks_; }
  double seconds() const override { return exact_->seconds() + seconds_; }

 private:
  struct Tuning {
    static constexpr int lagSteps = 15;        ///< measured: steps with a factor of an earlier matrix
    static constexpr int mostGradients = 300;  ///< safeguard: steps of conjugate gradients
  };

  /// Does the work; seconds_ grows by what it took beside evaluations and factorisations, which count theirs.
  template <class Work>
  std::invoke_result_t<Work> timed(Work&& work) {
    const Stopwatch watch;
    const double others = model_.seconds() + exact_->seconds();
    const auto result = work();
    seconds_ += watch.seconds() - (model_.seconds() + exact_->seconds() - others);
    return result;
  }

  bool suits(const Inertia& inertia) const {
    return inertia.undefined == 0 && inertia.zero == 0 && inertia.negative == model_.m();
  }

  bool prepareSketch() {
    const bool renew = std::exchange(rebuild_, false);
    fresh_ = fresh_ || renew;
    return sketch_->prepare(J_, renew);
  }

  /// Factors the preconditioner whose G is the diagonal of H, made positive.
  bool prepareDiagonal() {
    const SparsePattern& pattern = model_.hessianPattern();
    const double least = 1e-8 * std::max(normInf(H_), 1e-300);
    for (int j = 0; j < pattern.lines; ++j) {
      const auto line = pattern.line(j);
      const bool given = !line.empty() && line.front() == j;
      values_[at(j)] = std::max(given ? std::abs(H_[at(pattern.offsets[at(j)])]) : 0.0, least);
    }
    ofDiagonal_->load(values_, J_);
    return suits(ofDiagonal_->factor({}));
  }

  void precondition(std::span<double> b) {
    if (sketch_) return sketch_->solve(b);
    ofDiagonal_ ? ofDiagonal_->solve(b) : exact_->solve(b);
  }

  /// Iterates from 0, or, if it is the system of the last call, on from where that ended; returns the norm of the
  /// residual.
  double iterate(std::span<const double> b, double target) {
    if (!begun_ || !std::equal(b.begin(), b.end(), given_.begin())) {
      std::copy(b.begin(), b.end(), given_.begin());
      std::fill(z_.begin(), z_.end(), 0.0);
      begun_ = true;
    }
    return kind_ == KktPreconditioner::lagged ? leastResiduals(target) : projectedGradients(target);
  }

  /// Takes generalised conjugate residuals, preconditioned by the factors of an earlier K; returns the norm of the
  /// residual, NaN where the curvature along the solution is not positive.
  double leastResiduals(double target) {
    combination_.restart();
    double norm = residual();
    for (int k = 0; k < std::min(mostSteps_, Tuning::lagSteps) && norm > target; ++k) {
      la_.checkpoint();
      combination_.note(z_, r_);
      std::copy(r_.begin(), r_.end(), s_.begin());
      exact_->solve(s_);
      axpy(1, s_, z_);
      residual();
      ++steps_;
      combination_.improve(z_, r_);
      norm = std::sqrt(norm2Squared(r_));
      if (norm <= target) norm = residual();
    }
    // K need not have the inertia of those factors: at least no step along negative curvature.
    const auto x = std::span<const double>(z_).first(n_);
    model_.hessianProduct(H_, x, q_);
    return dot(x, q_) > 0 ? norm : unknown;
  }

  /// Takes conjugate gradients on the null space of J with the constraint preconditioner [G, J^T; J, 0]; returns the
  /// norm of the residual, NaN where the curvature is not positive. What the preconditioner gives for the multipliers
  /// goes into z at once, and the projection is repeated if much cancels: r is then all that is left of b - K z, and
  /// nothing drifts (Gould, Hribar, Nocedal 2001).
  double projectedGradients(double target) {
    constexpr double offConstraints = 0.01;  // share of the target that J x - b may reach
    const auto y = std::span(z_).subspan(n_);
    const auto r = std::span(r_).first(n_), rc = std::span(r_).subspan(n_);
    const auto g = std::span(s_).first(n_), dy = std::span(s_).subspan(n_);
    const double first = std::sqrt(norm2Squared(given_));
    double norm = residual();
    int k = 0;
    direction_.restart();
    for (bool certain = true; norm > target || !certain;) {
      if (norm <= target) {  // the norm is that of the recursion
        norm = residual();
        certain = true;
        direction_.restart();
        continue;
      }
      if (k++ >= std::min(mostSteps_, Tuning::mostGradients)) return norm;
      la_.checkpoint();
      ++steps_;
      std::copy(r_.begin(), r_.end(), s_.begin());
      precondition(s_);
      if (norm2Squared(rc) > offConstraints * target * target) {  // back onto J x = b
        axpy(1, s_, z_);
        norm = residual();
        direction_.restart();
        continue;
      }
      project(dy, y, r);
      const double rho = dot(r, g);
      if (!(rho > 0)) return std::sqrt(norm2Squared(r_)) <= target ? residual() : unknown;
      if (!stepAlong(g, rho)) return unknown;
      norm = std::sqrt(norm2Squared(r_));
      certain = false;
    }
    noteRate(k, std::log10(first / norm));
    return norm;
  }

  /// y += dy, r -= J^T dy, for what the preconditioner gave for the multipliers; again if much cancels. s_ is the
  /// preconditioned r_ then.
  void project(std::span<const double> dy, std::span<double> y, std::span<double> r) {
    constexpr double cancelled = 1e-2;
    const double before = norm2Squared(r);
    moveMultipliers(dy, y, r);
    if (!(norm2Squared(r) < cancelled * cancelled * before)) return;
    std::copy(r_.begin(), r_.end(), s_.begin());
    precondition(s_);
    moveMultipliers(dy, y, r);
  }

  /// One step of conjugate gradients from g, rho = r^T g; false where the curvature along its direction is not
  /// positive.
  bool stepAlong(std::span<const double> g, double rho) {
    direction_.turn(g, rho);
    if (!(direction_.setImage([&](In p, Out out) { model_.hessianProduct(H_, p, out); }) > 0)) return false;
    direction_.move(std::span(z_).first(n_), std::span(r_).first(n_));
    model_.jacobianProduct(J_, direction_.p(), Jp_);
    axpy(-direction_.length(), Jp_, std::span(r_).subspan(n_));
    return true;
  }

  /// y += dy, r -= J^T dy
  void moveMultipliers(std::span<const double> dy, std::span<double> y, std::span<double> r) {
    axpy(1, dy, y);
    std::copy(dy.begin(), dy.end(), Jp_.begin());
    for (double& value : Jp_) value = -value;
    model_.addJacobianTransposedProduct(J_, Jp_, r);
  }

  /// Notes how fast the sketch still is: it is replaced when a digit takes half as many steps again as when it was new.
  void noteRate(int steps, double digits) {
    if (kind_ != KktPreconditioner::sketch || !(digits > 0)) return;
    const double rate = steps / digits;
    if (fresh_) freshRate_ = rate;
    rebuild_ = rate > 1.5 * freshRate_;
    fresh_ = false;
  }

  /// r_ = b - K z, and its norm.
  double residual() {
    const auto x = std::span<const double>(z_).first(n_), y = std::span<const double>(z_).subspan(n_);
    const auto r = std::span(r_).first(n_), rc = std::span(r_).subspan(n_);
    model_.hessianProduct(H_, x, r);
    model_.addJacobianTransposedProduct(J_, y, r);
    model_.jacobianProduct(J_, x, rc);
    for (std::size_t i = 0; i < r_.size(); ++i) r_[i] = given_[i] - r_[i];
    return std::sqrt(norm2Squared(r_));
  }

  const ScaledNlp& model_;
  const std::unique_ptr<KktSolver> exact_;
  const Cpu& la_;
  const std::size_t n_;
  const int mostSteps_;
  const KktPreconditioner kind_;
  const double leastTarget_;  // more accurate than the solution is asked for, and than rounding may allow
  const bool matrixFree_;
  std::span<const double> H_, J_;

  bool assumedInertia_ = false;  // the system at hand is solved iteratively
  bool begun_ = false;
  bool lagging_ = false;  // exact_ has factors of an earlier K, not shifted
  bool shifted_ = false;
  bool convex_ = true;  // the last factors needed no shift
  int failures_ = 0;    // one after the other

  std::unique_ptr<SketchedHessian> sketch_;
  bool rebuild_ = true;
  bool fresh_ = false;
  double freshRate_ = 0;
  SparsePattern diagonal_;
  std::unique_ptr<KktSolver> ofDiagonal_;
  Vector values_;  // values of the diagonal

  Vector given_, z_, r_, s_;
  ConjugateDirection direction_;
  Vector q_, Jp_;
  ConjugateResiduals combination_;
  std::int64_t steps_ = 0;
  int fallbacks_ = 0;
  double seconds_ = 0;
};

}  // namespace

std::unique_ptr<KktSolver> krylovKkt(const ScaledNlp& model, std::unique_ptr<KktSolver> exact,
                                     const KktSettings& settings, const Cpu& la) {
  return std::make_unique<KrylovKkt>(model, std::move(exact), settings, la);
}

bool sketchPossible(const ScaledNlp& model) {
  if (model.device() != nullptr) return model.device()->gramRows() > 0;
  Vector rest(at(model.n()));
  return isFull(model.hessianPattern()) && model.gramFactor(rest).has_value();
}

bool sketchPays(const ScaledNlp& model) {
  constexpr int leastColumns = 800;
  constexpr int rowsPerColumn = 40;
  if (model.device() != nullptr) {
    constexpr int leastOnDevice = 4000;  // an estimate: devices multiply matrices faster than they read data
    return model.n() >= leastOnDevice && model.device()->gramRows() >= rowsPerColumn * model.n();
  }
  if (model.n() < leastColumns || !isFull(model.hessianPattern())) return false;
  Vector rest(at(model.n()));
  const auto rows = model.gramFactor(rest);
  return rows && rows->isDense() && rows->rows() >= rowsPerColumn * model.n();
}

}  // namespace nonconvex
