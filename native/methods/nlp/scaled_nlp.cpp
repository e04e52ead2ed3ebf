#include "methods/nlp/scaled_nlp.hpp"

#include "core/in_pieces.hpp"
#include "core/monitor.hpp"
#include "core/numbers.hpp"
#include "linalg/sparse/pattern_products.hpp"
#include "methods/kkt/kkt_device.hpp"
#include "problems/objective.hpp"

namespace nonconvex {
namespace {

/// Adds the seconds of its life.
class Timed {
 public:
  explicit Timed(double& total) : total_(total) {}
  ~Timed() { total_ += watch_.seconds(); }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  double& total_;
  Stopwatch watch_;
};

std::shared_ptr<Nlp> opened(const NlpStart& problem, const Cpu& la) {
  auto nlp = problem.nlp.open();
  if (!problem.bounds.empty()) nlp = std::make_shared<BoundedNlp>(std::move(nlp), problem.bounds);
  lendThreads(*nlp, la);
  return nlp;
}

std::shared_ptr<Nlp> openedWithEqualities(const NlpStart& problem, const Cpu& la) {
  auto nlp = opened(problem, la);
  requireEqualityConstraints(*nlp, "Newton's method");
  if (nlp->constraints() > nlp->variables()) {
    require(false, "m", nlp->constraints(),
            "expected no more constraints than the n = " + show(nlp->variables()) + " variables");
  }
  return nlp;
}

/// The point to begin with, which a solve computes that is the first of its problem.
std::vector<double> startOf(const NlpStart& problem, const Cpu& la) {
  if (!problem.start.empty() || !problem.feasibleStart) return problem.start;
  const Monitor monitor = la.childMonitor();
  return problem.feasibleStart->get([&] { return monitor.ending(); });
}

/// Messages are put together only where something is wrong: they would take as long as a step of a small problem.
void requireVector(std::span<const double> v, int size, const char* name) {
  if (sizeOf(v) != size) require(false, std::string(name) + ".length", v.size(), "expected " + show(size));
  if (finite(v)) return;
  for (std::size_t i = 0; i < v.size(); ++i) {
    require(std::isfinite(v[i]), std::string(name) + "[" + show(i) + "]", v[i], "expected a finite number");
  }
}

struct Tuning {
  static constexpr double tiny = 1e-3;  ///< measured: largest entry of a gradient below which the function is scaled up
};

/// The factor of a function whose gradient has such a largest entry at the start, and such a one near by.
double scaleFor(double largest, double near) {
  constexpr double most = 100;
  constexpr double leastScale = 1e-8, mostScale = 1e12;
  if (largest > most) return std::max(leastScale, most / largest);
  const double larger = std::max(largest, near);
  return larger > 0 && larger < Tuning::tiny ? std::min(mostScale, 1 / larger) : 1;
}

/// The row's part of the values of a Jacobian.
template <class Values>
auto rowOf(const SparsePattern& pattern, Values& values, int i) {
  const auto begin = static_cast<std::size_t>(pattern.offsets[static_cast<std::size_t>(i)]);
  const auto end = static_cast<std::size_t>(pattern.offsets[static_cast<std::size_t>(i) + 1]);
  return std::span(values).subspan(begin, end - begin);
}

}  // namespace

ScaledNlp::ScaledNlp(const Cpu& la, const NlpStart& problem, bool scaling)
    : ScaledNlp(la, problem, scaling, openedWithEqualities(problem, la)) {}

ScaledNlp::ScaledNlp(const Cpu& la, const NlpStart& problem, bool scaling, AnyBounds)
    : ScaledNlp(la, problem, scaling, opened(problem, la)) {
  givenObjectiveScale_ = problem.objectiveScale;
  givenConstraintScales_ = problem.constraintScales;
  require(givenObjectiveScale_ >= 0 && std::isfinite(givenObjectiveScale_), "objectiveScale", givenObjectiveScale_,
          "expected a finite number that is not negative");
  if (givenConstraintScales_.empty()) return;
  requireVector(givenConstraintScales_, m_, "constraintScales");
  for (int i = 0; i < m_; ++i) {
    const double scale = givenConstraintScales_[static_cast<std::size_t>(i)];
    require(scale > 0, "constraintScales[" + show(i) + "]", scale, "expected a number > 0");
  }
}

ScaledNlp::ScaledNlp(const Cpu& la, const NlpStart& problem, bool scaling, std::shared_ptr<Nlp> nlp)
    : la_(la),
      nlp_(std::move(nlp)),
      device_(problem.device),
      start_(startOf(problem, la)),
      fallbackStart_(problem.fallbackStart),
      multipliers_(problem.multipliers),
      scaling_(scaling),
      n_(nlp_->variables()),
      m_(nlp_->constraints()),
      jacobianPattern_(&nlp_->jacobianPattern()),
      hessianPattern_(&nlp_->hessianPattern()),
      hessianStretches_(*hessianPattern_) {
  require(n_ >= 1, "n", n_, "expected at least one variable");
  abortPoint();
  fillInPieces(constraintScales_, static_cast<std::size_t>(m_), 1.0, [this] { abortPoint(); });
  resize(weights_, static_cast<std::size_t>(m_));
  requireVector(start_, n_, "start");
  if (!fallbackStart_.empty()) requireVector(fallbackStart_, n_, "fallbackStart");
  if (!multipliers_.empty()) requireVector(multipliers_, m_, "multipliers");
  abortPoint();
}

std::shared_ptr<Nlp> ScaledNlp::sample(double overhead) {
  const Timed timed(seconds_);
  const auto* whole = nlp_->find<SampledObjective>();
  auto estimate = whole != nullptr ? whole->sample(overhead) : nullptr;
  return estimate ? withObjective(std::move(estimate)) : nullptr;
}

std::shared_ptr<Nlp> ScaledNlp::withObjective(std::unique_ptr<Objective> objective) {
  const auto* replaceable = nlp_->find<ReplaceableObjective>();
  if (replaceable == nullptr) return nullptr;
  at_ = 0;  // the problems share what they move
  return replaceable->withObjective(std::move(objective));
}

EvaluationWork ScaledNlp::work() const {
  const auto* known = nlp_->find<KnownWork>();
  return known != nullptr ? known->work() : EvaluationWork();
}

void ScaledNlp::abortPoint() const {
  constexpr int large = 100'000;
  if (n_ > large || m_ > large) la_.abortPoint();
}

void ScaledNlp::resize(Vector& v, std::size_t size) const {
  resizeInPieces(v, size, [this] { abortPoint(); });
}

void ScaledNlp::copy(const NlpPoint& from, NlpPoint& to) const {
  for (const auto member :
       {&NlpPoint::x, &NlpPoint::lambda, &NlpPoint::c, &NlpPoint::gradientOfF, &NlpPoint::jacobian, &NlpPoint::g}) {
    assignInPieces(to.*member, std::span(from.*member), [this] { abortPoint(); });
  }
  to.f = from.f;
  to.stamp = from.stamp;
  to.normsOfG = from.normsOfG;
}

NlpPoint ScaledNlp::makePoint() const {
  const auto n = static_cast<std::size_t>(n_);
  const auto m = static_cast<std::size_t>(m_);
  NlpPoint p;
  p.x = copyInPieces(std::span<const double>(start_), [this] { abortPoint(); });
  resize(p.lambda, m);
  resize(p.c, m);
  if (m_ > 0) resize(p.gradientOfF, n);
  resize(p.jacobian, jacobianPattern_->nonzeros());
  resize(p.g, n);
  return p;
}

bool ScaledNlp::hugeAtStart(NlpPoint& point) {
  constexpr double huge = 1e3;
  if (fallbackStart_.empty()) return false;
  point.x = fallbackStart_;
  if (!evaluateValues(point)) return false;
  const double other = std::max(1.0, std::abs(point.f));
  point.x = start_;
  return !evaluateValues(point) || std::abs(point.f) > huge * other;
}

/// Moves to a point beside x within the bounds, by shares of x that differ, so that terms do not stay as they are
/// together.
void ScaledNlp::moveBeside(double share, std::span<double> x) const {
  const auto [lower, upper] = nlp_->variableBounds();
  constexpr double golden = 0.6180339887498949;
  for (std::size_t j = 0; j < x.size(); ++j) {
    double step = share * std::max(1.0, std::abs(x[j])) * (0.5 + std::fmod(golden * static_cast<double>(j), 1.0));
    if (!lower.empty()) step = std::max(step, std::min(0.0, (lower[j] - x[j]) / 2));
    if (!upper.empty()) step = std::min(step, std::max(0.0, (upper[j] - x[j]) / 2));
    x[j] += step;
  }
}

/// The derivatives at a point beside the start where any of those there are tiny, since these alone do not tell a
/// function in small units from one that begins near a stationary point; none where no other point has any.
std::optional<NlpPoint> ScaledNlp::besideTiny(NlpPoint& point) {
  const double ofF = normInf(point.gradient());
  bool any = givenObjectiveScale_ == 0 && ofF < Tuning::tiny &&
             (ofF > 0 || m_ == 0);  // beside constraints f may be 0 everywhere
  for (int i = 0; i < m_ && givenConstraintScales_.empty() && !any; ++i) {
    any = normInf(rowOf(*jacobianPattern_, point.jacobian, i)) < Tuning::tiny;
  }
  if (!any) return std::nullopt;
  NlpPoint beside = makePoint();
  for (const double share : {0.1, -0.1, 0.001, -0.001}) {
    beside.x = point.x;
    moveBeside(share, beside.x);
    if (evaluateValues(beside) && evaluateDerivatives(beside)) return beside;
  }
  return std::nullopt;
}

/// Chooses the scale of f and c by their derivatives at the start, and brings what is known there to it.
void ScaledNlp::scaleBy(NlpPoint& point) {
  std::optional<NlpPoint> beside = besideTiny(point);
  const double unknownSize = Tuning::tiny;  // which leaves a function as it is
  const double ofGradient = beside ? normInf(beside->gradient()) : unknownSize;
  objectiveScale_ = givenObjectiveScale_ > 0 ? givenObjectiveScale_ : scaleFor(normInf(point.gradient()), ofGradient);
  auto* const typical = objectiveScale_ < 1 ? nlp_->find<TypicalGradient>() : nullptr;
  if (typical != nullptr) {
    gradientScale_ = std::max(1.0, scaleFor(typical->typicalGradient(), unknownSize) / objectiveScale_);
  }
  point.f *= objectiveScale_;
  for (double& value : point.gradient()) value *= objectiveScale_;
  for (int i = 0; i < m_; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const std::span row = rowOf(*jacobianPattern_, point.jacobian, i);
    const double near = beside ? normInf(rowOf(*jacobianPattern_, beside->jacobian, i)) : unknownSize;
    const double scale = givenConstraintScales_.empty() ? scaleFor(normInf(row), near) : givenConstraintScales_[k];
    constraintScales_[k] = scale;
    point.c[k] *= scale;
    for (double& value : row) value *= scale;
  }
  prepareRescaling();
}

/// Makes room for `rescale`, which is called by iterations.
void ScaledNlp::prepareRescaling() {
  resize(change_.constraints, constraintScales_.size());
  if (objectiveScale_ >= 1) return;
  for (Vector* const v : {&beside_, &gradientBeside_}) resize(*v, static_cast<std::size_t>(n_));
}

/// Moves each x_j by this share of its size, up or down and within its bounds. A variable that is held (its entry of
/// the gradient is 0) stays.
void ScaledNlp::moveByShare(double share, const NlpPoint& point, std::span<double> x) const {
  constexpr double ofWay = 1e-3;  // share of the way from the start, at most 1, that is the least size of x_j
  constexpr double golden = 0.6180339887498949;
  const auto [lower, upper] = nlp_->variableBounds();
  for (std::size_t j = 0; j < x.size(); ++j) {
    if (point.gradient()[j] == 0) continue;
    const double size = std::max(std::abs(x[j]), ofWay * std::min(1.0, std::abs(x[j] - start_[j])));
    const bool roomBelow = lower.empty() || x[j] - share * size >= lower[j];
    const bool roomAbove = upper.empty() || x[j] + share * size <= upper[j];
    const bool up = std::fmod(golden * static_cast<double>(j + 1), 1.0) < 0.5;
    if (roomAbove && (up || !roomBelow)) {
      x[j] += share * size;
    } else if (roomBelow) {
      x[j] -= share * size;
    }
  }
}

/// The size of the terms of grad f as given: of those that cancel, by how much it changes beside the point. NaN where
/// it is not finite there.
double ScaledNlp::gradientTerms(const NlpPoint& point) {
  constexpr double share = 1e-4;
  const Timed timed(seconds_);
  beside_ = point.x;
  moveByShare(share, point, beside_);
  moveTo(beside_, ++stamps_);
  ++counts_.gradient;
  nlp_->gradient(gradientBeside_);
  double largest = 0;
  for (std::size_t j = 0; j < beside_.size(); ++j) {
    const double here = point.gradient()[j] / objectiveScale_;
    const double change = std::abs(gradientBeside_[j] - here) / share;
    if (!std::isfinite(change)) return unknown;
    largest = std::max({largest, change, std::abs(here)});
  }
  return largest;
}

/// The scale of f by the terms of its gradient at the point; the present one where the problem knows how large its
/// gradients usually are.
double ScaledNlp::objectiveScaleAt(const NlpPoint& point) {
  if (objectiveScale_ >= 1 || nlp_->find<TypicalGradient>() != nullptr) return objectiveScale_;
  const double terms = gradientTerms(point);
  return std::isfinite(terms) ? std::max(objectiveScale_, scaleFor(terms, Tuning::tiny)) : objectiveScale_;
}

const UnitChange* ScaledNlp::rescale(const NlpPoint& point) {
  constexpr double worth = 2;  // a smaller factor is not worth a step
  if (!scaling_) return nullptr;
  const double objective = objectiveScaleAt(point) / objectiveScale_;
  change_.objective = objective < worth ? 1 : objective;
  objectiveScale_ *= change_.objective;
  bool any = change_.objective > 1;
  for (std::size_t i = 0; i < change_.constraints.size(); ++i) {
    double& scale = constraintScales_[i];
    const double largest = normInf(rowOf(*jacobianPattern_, point.jacobian, static_cast<int>(i)));
    const double here = scale < 1 ? scaleFor(largest / scale, Tuning::tiny) : scale;
    change_.constraints[i] = here < worth * scale ? 1 : here / scale;
    scale *= change_.constraints[i];
    any = any || change_.constraints[i] > 1;
  }
  return any ? &change_ : nullptr;
}

void ScaledNlp::convert(const UnitChange& change, NlpPoint& point) const {
  point.f *= change.objective;
  for (double& value : point.gradient()) value *= change.objective;
  for (std::size_t i = 0; i < point.c.size(); ++i) {
    point.c[i] *= change.constraints[i];
    point.lambda[i] *= change.objective / change.constraints[i];
    for (double& value : rowOf(*jacobianPattern_, point.jacobian, static_cast<int>(i))) value *= change.constraints[i];
  }
  updateLagrangian(point);
}

bool ScaledNlp::begin(NlpPoint& point) {
  if (hugeAtStart(point)) start_ = fallbackStart_;
  point.x = start_;
  std::fill(point.lambda.begin(), point.lambda.end(), 0.0);
  abortPoint();
  if (!evaluateValues(point)) return false;
  abortPoint();
  if (!evaluateDerivatives(point)) return false;
  abortPoint();
  if (scaling_) scaleBy(point);
  abortPoint();
  setMultipliers(multipliers_, point);
  updateLagrangian(point);
  return true;
}

void ScaledNlp::moveTo(std::span<const double> x, std::uint64_t stamp) const {
  if (stamp == at_) return;
  nlp_->moveTo(x);
  at_ = stamp;
}

void ScaledNlp::linearize(const NlpPoint& point) {
  linearized_.x = point.x;
  linearized_.weights = point.lambda;
  for (std::size_t i = 0; i < linearized_.weights.size(); ++i) linearized_.weights[i] *= constraintScales_[i];
  linearized_.stamp = point.stamp;
  evaluated_ = false;
}

std::optional<GramFactor> ScaledNlp::gramFactor(std::span<double> rest) const {
  const Timed timed(seconds_);
  moveTo(linearized_.x, linearized_.stamp);
  auto* const gram = nlp_->find<GramHessian>();
  return gram != nullptr ? gram->gramFactor(objectiveScale_, linearized_.weights, rest) : std::nullopt;
}

bool ScaledNlp::evaluateValues(NlpPoint& point) {
  const Timed timed(seconds_);
  point.stamp = ++stamps_;
  moveTo(point.x, point.stamp);
  ++counts_.objective;
  point.f = nlp_->objective() * objectiveScale_;
  return std::isfinite(point.f) && readConstraints(point);
}

bool ScaledNlp::evaluateConstraints(NlpPoint& point) {
  const Timed timed(seconds_);
  point.stamp = ++stamps_;
  moveTo(point.x, point.stamp);
  return readConstraints(point);
}

bool ScaledNlp::readConstraints(NlpPoint& point) {
  if (m_ == 0) return true;
  ++counts_.constraints;
  nlp_->constraintValues(point.c);
  for (std::size_t i = 0; i < point.c.size(); ++i) point.c[i] *= constraintScales_[i];
  return finite(point.c);
}

bool ScaledNlp::evaluateDerivatives(NlpPoint& point) {
  double largest;  // entry of the gradient
  {
    const Timed timed(seconds_);
    moveTo(point.x, point.stamp);
    ++counts_.gradient;
    nlp_->gradient(point.gradient());
    largest = loops::scale(point.g.size(), objectiveScale_, point.gradient().data());
    if (m_ > 0) std::copy(point.gradientOfF.begin(), point.gradientOfF.end(), point.g.begin());
    if (m_ > 0) {
      ++counts_.jacobian;
      nlp_->jacobian(point.jacobian);
      const int* offsets = jacobianPattern_->offsets.data();
      for (int i = 0; i < m_; ++i) {
        const double scale = constraintScales_[static_cast<std::size_t>(i)];
        if (scale == 1) continue;
        for (int k = offsets[i]; k < offsets[i + 1]; ++k) point.jacobian[static_cast<std::size_t>(k)] *= scale;
      }
    }
  }
  point.normsOfG = {.kept = true};
  if (m_ == 0) point.normsOfG.largest = largest;
  addJacobianTransposedProduct(point.jacobian, point.lambda, point.g);
  return std::isfinite(largest) && finite(point.jacobian);
}

void ScaledNlp::updateLagrangian(NlpPoint& point) const {
  point.normsOfG = {.kept = true};
  if (m_ > 0) std::copy(point.gradientOfF.begin(), point.gradientOfF.end(), point.g.begin());
  addJacobianTransposedProduct(point.jacobian, point.lambda, point.g);
}

bool ScaledNlp::hessian(const NlpPoint& point, double sigma, std::span<const double> weights,
                        std::span<double> values) {
  const Timed timed(seconds_);
  moveTo(point.x, point.stamp);
  ++counts_.hessian;
  return writeHessian(sigma, weights, values);
}

bool ScaledNlp::laggedHessian(const NlpPoint& point, double accuracy, std::span<const double> weights,
                              std::span<double> values) {
  const Timed timed(seconds_);
  moveTo(point.x, point.stamp);
  auto* const lagged = nlp_->find<LaggedHessian>();
  return lagged != nullptr && lagged->useLaggedHessian(accuracy) && writeHessian(1, weights, values);
}

bool ScaledNlp::hessianLowerBound(const NlpPoint& point, std::span<double> values) {
  const Timed timed(seconds_);
  moveTo(point.x, point.stamp);
  auto* const bound = nlp_->find<HessianLowerBound>();
  return bound != nullptr && bound->useHessianLowerBound() && writeHessian(1, point.lambda, values);
}

/// Writes the Hessian at the point where the problem is; on the device, if that keeps Hessians.
bool ScaledNlp::writeHessian(double sigma, std::span<const double> weights, std::span<double> values) {
  for (std::size_t i = 0; i < weights_.size(); ++i) weights_[i] = weights[i] * constraintScales_[i];
  if (device_ != nullptr) {
    evaluated_ = true;
    sizeH_ = device_->evaluate(sigma * objectiveScale_, weights_);
  } else {
    nlp_->hessian(sigma * objectiveScale_, weights_, values);
    sizeH_ = nlp_->largestOfHessian(values);
  }
  return std::isfinite(sizeH_);
}

void ScaledNlp::hessianProduct(std::span<const double> H, std::span<const double> v, std::span<double> out) const {
  if (H.empty() && (hessianPattern_->nonzeros() > 0 || hessianByProducts())) {
    const Timed timed(seconds_);
    if (evaluated_) return device_->multiply(v, out);
    moveTo(linearized_.x, linearized_.stamp);
    return nlp_->hessianProduct(objectiveScale_, linearized_.weights, v, out);
  }
  std::fill(out.begin(), out.end(), 0.0);
  addSymmetricProduct(*hessianPattern_, hessianStretches_, H, v, out);
}

void ScaledNlp::jacobianProduct(std::span<const double> J, std::span<const double> v, std::span<double> out) const {
  const int* offsets = jacobianPattern_->offsets.data();
  const int* columns = jacobianPattern_->indices.data();
  for (int i = 0; i < m_; ++i) {
    double sum = 0;
    for (int k = offsets[i]; k < offsets[i + 1]; ++k)
      sum += J[static_cast<std::size_t>(k)] * v[static_cast<std::size_t>(columns[k])];
    out[static_cast<std::size_t>(i)] = sum;
  }
}

void ScaledNlp::addJacobianTransposedProduct(std::span<const double> J, std::span<const double> v,
                                             std::span<double> out) const {
  const int* offsets = jacobianPattern_->offsets.data();
  const int* columns = jacobianPattern_->indices.data();
  for (int i = 0; i < m_; ++i) {
    const double vi = v[static_cast<std::size_t>(i)];
    if (vi == 0) continue;
    for (int k = offsets[i]; k < offsets[i + 1]; ++k)
      out[static_cast<std::size_t>(columns[k])] += J[static_cast<std::size_t>(k)] * vi;
  }
}

double ScaledNlp::residual(const NlpPoint& point) const {
  constexpr double large = 100;
  constexpr double most = 1e8;
  const double mean = m_ > 0 ? gradientScale_ * norm1(point.lambda) / m_ : 0;
  return std::max(gradientScale_ * point.largestG() / std::min(std::max(large, mean) / large, most), normInf(point.c));
}

double ScaledNlp::unscaledResidual(const NlpPoint& point) const {
  return std::max(point.largestG() / objectiveScale_, unscaledFeasibility(point));
}

double ScaledNlp::unscaledFeasibility(const NlpPoint& point) const {
  double largest = 0;
  for (std::size_t i = 0; i < point.c.size(); ++i) {
    largest = std::max(largest, std::abs(point.c[i]) / constraintScales_[i]);
  }
  return largest;
}

double ScaledNlp::largestTerm(const NlpPoint& point, int row) const {
  const auto columns = jacobianPattern_->line(row);
  const double* J = point.jacobian.data() + jacobianPattern_->offsets[static_cast<std::size_t>(row)];
  double largest = 0;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    largest = std::max(largest, std::abs(J[k] * point.x[static_cast<std::size_t>(columns[k])]));
  }
  return largest;
}

bool ScaledNlp::nearlyFeasible(const NlpPoint& point) const {
  constexpr double absolute = 1e-4, rounding = 100 * machineEpsilon;
  for (int i = 0; i < m_; ++i) {
    const double missed = std::abs(point.c[static_cast<std::size_t>(i)]);
    if (missed <= absolute * constraintScales_[static_cast<std::size_t>(i)]) continue;
    if (!(missed <= rounding * largestTerm(point, i))) return false;
  }
  return true;
}

void ScaledNlp::setMultipliers(std::span<const double> unscaled, NlpPoint& point) const {
  for (std::size_t i = 0; i < unscaled.size(); ++i) {
    point.lambda[i] = unscaled[i] * objectiveScale_ / constraintScales_[i];
  }
}

Vector ScaledNlp::unscaledConstraints(const NlpPoint& point) const {
  Vector c = point.c;
  for (std::size_t i = 0; i < c.size(); ++i) c[i] /= constraintScales_[i];
  return c;
}

Vector ScaledNlp::unscaledMultipliers(const NlpPoint& point) const {
  Vector lambda = point.lambda;
  for (std::size_t i = 0; i < lambda.size(); ++i) lambda[i] *= constraintScales_[i] / objectiveScale_;
  return lambda;
}

}  // namespace nonconvex
