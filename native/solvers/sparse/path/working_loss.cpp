#include "solvers/sparse/path/working_loss.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/in_pieces.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "solvers/sparse/certificates/certificate.hpp"

namespace nonconvex {
namespace {

/// 1/2 sum_i w_i (t_i - y_i)^2 over all responses.
double squaresOf(const SparseData& data, std::span<const double> t) {
  const std::size_t n = data.weights.size();
  double sum = 0;
  for (std::size_t i = 0; i < t.size(); ++i) sum += data.weights[i % n] * square(t[i] - data.y[i]);
  return sum / 2;
}

double sumOf(std::span<const double> v) { return std::accumulate(v.begin(), v.end(), 0.0); }

}  // namespace

WorkingLoss::WorkingLoss(const Cpu& la, const SparseData& data, bool intercept, GramMetric& metric, RowsLoss& loss)
    : la_(la),
      data_(data),
      metric_(metric),
      loss_(loss),
      perfect_(loss.perfect()),
      responses_(data.responses()),
      intercept_(intercept),
      intercepts_(at(responses_), 0.0),
      moves_(intercepts_) {}

void WorkingLoss::start() {
  const std::size_t size = n() * at(responses_);
  for (auto* each : {&t_, &first_, &second_, &trial_}) resizeInPieces(*each, size, [&] { la_.checkpoint(); });
  if (squared()) return startSquared();
  for (std::size_t i = 0; i < size; ++i) t_[i] = data_.offset.empty() ? 0 : data_.offset[i];
  evaluate();
}

void WorkingLoss::startSquared() {
  const auto offset = [&](std::size_t i) { return data_.offset.empty() ? 0 : data_.offset[i]; };
  meanResponses_.assign(at(responses_), 0.0);
  for (std::size_t k = 0; k < meanResponses_.size(); ++k) {
    const std::size_t from = k * n();
    double mean = 0;
    la_.checkpoint();
    for (std::size_t i = 0; i < n(); ++i) mean += data_.weights[i] * (data_.y[from + i] - offset(from + i));
    meanResponses_[k] = intercept_ ? mean : 0;
    for (std::size_t i = 0; i < n(); ++i) {
      const double r = meanResponses_[k] - (data_.y[from + i] - offset(from + i));
      first_[from + i] = data_.weights[i] * r;
      squaresOfResponses_ += first_[from + i] * r;
    }
  }
  correlations_.resize(at(data_.p()) * at(responses_));
  const std::vector<double> sums(at(responses_), 0.0);
  data_.multiplyTransposed(la_, {first_.data(), data_.n(), responses_, data_.n()}, sums.data(),
                           {correlations_.data(), data_.p(), responses_, data_.p()});
}

void WorkingLoss::evaluate() {
  value_ = loss_.evaluate(t_, first_, second_);
  ++evaluations_;
}

double WorkingLoss::valueOf(std::span<const double> b, std::span<const double> q) const {
  if (LossEnvelope* envelope = loss_.envelope()) return envelope->exact(t_);
  if (!squared()) return value_;
  double product = 0;
  for (std::size_t entry = 0; entry < b.size(); ++entry) {
    const int e = static_cast<int>(entry);
    const int place = metric_.column(e / responses_) + data_.p() * (e % responses_);
    product += b[entry] * (correlations_[at(place)] + q[entry]);
  }
  return (squaresOfResponses_ + product) / 2;
}

double WorkingLoss::interceptSlope(int k) const {
  return intercept_ ? sumOf(std::span(first_).subspan(at(k) * n(), n())) : 0;
}

double WorkingLoss::violationOfIntercepts() const {
  double most = 0;
  for (int k = 0; k < responses_; ++k) {
    la_.checkpoint();
    most = std::max(most, std::abs(interceptSlope(k)));
  }
  return most;
}

double WorkingLoss::gapOfIntercepts() const {
  double sum = 0;
  for (int k = 0; k < responses_; ++k) sum += square(interceptSlope(k)) / (2 * metric_.totalWeight());
  return sum;
}

void WorkingLoss::gradient(std::span<double> q) const {
  if (responses_ > 1) places_.resize(at(metric_.size()));
  const std::span<double> own = responses_ > 1 ? std::span<double>(places_) : q;
  for (int k = 0; k < responses_; ++k) {
    la_.checkpoint();
    const std::span<const double> slopes = std::span(first_).subspan(at(k) * n(), n());
    const double sum = sumOf(slopes);
    metric_.gradient(slopes, own);
    for (int e = 0; e < metric_.size(); ++e) q[at(e * responses_ + k)] = own[at(e)] - metric_.mean(e) * sum;
  }
}

void WorkingLoss::addCorrelations(std::span<double> q) const {
  for (int e = 0; e < metric_.size(); ++e) {
    for (int k = 0; k < responses_; ++k) {
      q[at(e * responses_ + k)] += correlations_[at(metric_.column(e) + data_.p() * k)];
    }
  }
}

/// Curvatures of rows are the same for all responses, so that those of the first are taken.
void WorkingLoss::setCurvatures(double stretch) {
  if (exact()) {
    loss_.exactCurvatures(t_, stretch, trial_);
    return metric_.setWeights(trial_, &loss_);
  }
  loss_.curvatures(t_, second_, stretch, trial_);
  metric_.setWeights(std::span(trial_).first(n()));
}

bool WorkingLoss::setLeastCurvatures() {
  loss_.leastCurvatures(t_, second_, trial_);
  if (!(sumOf(trial_) > 0)) return false;
  metric_.setWeights(trial_);
  return true;
}

void WorkingLoss::addProduct(std::span<const double> step) {
  if (responses_ == 1) return metric_.addProduct(step, trial_);
  places_.resize(at(metric_.size()));
  for (int k = 0; k < responses_; ++k) {
    la_.checkpoint();
    for (int e = 0; e < metric_.size(); ++e) places_[at(e)] = step[at(e * responses_ + k)];
    metric_.addProduct(places_, std::span(trial_).subspan(at(k) * n(), n()));
  }
}

void WorkingLoss::setProduct(std::span<const double> step) {
  std::fill(trial_.begin(), trial_.end(), 0.0);
  addProduct(step);
}

void WorkingLoss::extrapolateProduct(std::span<const double> earlier, std::span<const double> earlierIntercepts,
                                     double share, std::span<const double> step) {
  for (std::size_t k = 0; k < intercepts_.size(); ++k) {
    const double ofIntercept = intercepts_[k] - earlierIntercepts[k];
    for (std::size_t i = k * n(); i < (k + 1) * n(); ++i) trial_[i] = share * (t_[i] - earlier[i] - ofIntercept);
  }
  addProduct(step);
}

void WorkingLoss::prepareMove(std::span<const double> step, std::span<const double> moves) {
  for (int k = 0; k < responses_; ++k) {
    la_.checkpoint();
    double move = 0;
    if (intercept_) move = moves.empty() ? -interceptSlope(k) / metric_.totalWeight() : moves[at(k)];
    for (int e = 0; e < metric_.size(); ++e) move -= metric_.mean(e) * step[at(e * responses_ + k)];
    for (double& each : std::span(trial_).subspan(at(k) * n(), n())) each += move;
    moves_[at(k)] = move;
  }
  kept_ = t_;
  from_ = intercepts_;
}

void WorkingLoss::moveTo(double share) {
  la_.checkpoint();
  for (std::size_t i = 0; i < t_.size(); ++i) t_[i] = kept_[i] + share * trial_[i];
  for (std::size_t k = 0; k < from_.size(); ++k) intercepts_[k] = from_[k] + share * moves_[k];
  evaluate();
}

void WorkingLoss::moveBack() {
  intercepts_ = from_;
  t_ = kept_;
  evaluate();
}

double WorkingLoss::slopeOfMove() const {
  return std::inner_product(first_.begin(), first_.end(), trial_.begin(), 0.0);
}

void WorkingLoss::describe(PathModel& model, std::span<const double> b, std::span<const double> q) const {
  model.intercepts = squared() ? meanResponses_ : intercepts_;
  for (std::size_t entry = 0; entry < b.size() && squared(); ++entry) {
    const int e = static_cast<int>(entry);
    if (b[entry] != 0) model.intercepts[at(e % responses_)] -= metric_.mean(e / responses_) * b[entry];
  }
  model.loss = valueOf(b, q);
  if (!squared()) return;
  // By G the squared loss is a sum whose terms cancel, of up to (sum_e |b_e| sqrt(G_ee))^2 beside that of the
  // responses.
  double norms = 0;
  for (std::size_t entry = 0; entry < b.size(); ++entry) {
    if (b[entry] != 0) norms += std::abs(b[entry]) * std::sqrt(metric_.curvature(static_cast<int>(entry) / responses_));
  }
  const double rounding = machineEpsilon * (squaresOfResponses_ + square(norms));
  if (rounding <= Tuning::mostRounding * model.loss) return;
  std::vector<double> t(t_.size());
  predict(model, t);
  model.loss = squaresOf(data_, t);
}

void WorkingLoss::predict(const PathModel& model, std::span<double> t) const {
  std::vector<double> sums = model.intercepts;
  for (std::size_t k = 0; k < model.columns.size(); ++k) {
    const auto j = at(model.columns[k] % data_.p());
    sums[at(model.columns[k] / data_.p())] -= model.values[k] * data_.shift[j] / data_.scale[j];
  }
  for (std::size_t k = 0; k < sums.size(); ++k) {
    for (std::size_t i = k * n(); i < (k + 1) * n(); ++i) t[i] = sums[k] + (data_.offset.empty() ? 0 : data_.offset[i]);
  }
  for (std::size_t k = 0; k < model.columns.size(); ++k) {
    const int j = model.columns[k] % data_.p();
    data_.axpy(j, model.values[k], t.data() + at(model.columns[k] / data_.p()) * n());
    if (responses_ > 1) la_.checkpoint();
  }
}

void WorkingLoss::restore(const PathModel& model) {
  if (squared()) return;
  intercepts_ = model.intercepts;
  predict(model, t_);
  evaluate();
}

void WorkingLoss::slopesOf(const PathModel& model, std::span<double> slopes) const {
  if (!squared()) {
    std::copy(first_.begin(), first_.end(), slopes.begin());
    return;
  }
  predict(model, slopes);
  for (std::size_t k = 0; k < slopes.size(); k += n()) {
    for (std::size_t i = 0; i < n(); ++i) slopes[k + i] = data_.weights[i] * (slopes[k + i] - data_.y[k + i]);
  }
}

bool WorkingLoss::makeOrthogonal(std::span<const std::vector<int>> free, std::span<double> slopes,
                                 std::span<double> t) {
  if (loss_.joint()) return makeOrthogonalAt(data_, loss_, free[0], t, slopes);
  std::span<const double> curvatures = second_;
  if (squared()) {
    for (std::size_t k = 0; k < second_.size(); k += n()) {
      std::copy(data_.weights.begin(), data_.weights.end(), second_.begin() + static_cast<std::ptrdiff_t>(k));
    }
  }
  if (loss_.kinked()) {
    loss_.curvatures(t_, second_, 1, trial_);
    curvatures = trial_;
  }
  return makeResponsesOrthogonal(data_, loss_, free, intercept_, first_, curvatures, slopes);
}

}  // namespace nonconvex
