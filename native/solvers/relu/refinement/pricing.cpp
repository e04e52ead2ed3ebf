#include "solvers/relu/refinement/pricing.hpp"

#include <algorithm>
#include <cmath>

#include "core/monitor.hpp"
#include "linalg/blas.hpp"
#include "solvers/relu/neurons.hpp"

namespace nonconvex {
namespace {

/// Some of the starts, ascended side by side, so that a step is two matrix products. g(u) = s theta^T (X u)_+ is
/// homogeneous with gradient q(u) = s X^T (1[X u > 0] o theta), so that g = u . q; a step goes from u towards q /
/// ||q||.
class Ascent {
 public:
  struct Tuning {
    /// safeguard: Steps of an ascent.
    static constexpr int mostSteps = 60;
    /// measured: Steps of an ascent that has no time.
    static constexpr int fewestSteps = 3;
    /// measured: The shortest step, as a share of the way to the gradient's direction.
    static constexpr double leastStep = 1e-4;
    /// measured: The relative gain at which an ascent ends.
    static constexpr double leastGain = 1e-9;
    /// measured: Numbers of X U that are held at once.
    static constexpr double together = 4e6;
  };

  Ascent(const Cpu& la, const ReluData& data, Mat<const double> theta, ReluPrices& starts, int first, int count)
      : la_(la),
        data_(data),
        theta_(theta),
        starts_(starts),
        points_(data.d, count),
        targets_(data.d, count),
        trials_(data.d, count),
        slopes_(data.d, count),
        products_(data.n, count, Uninitialized{}) {
    for (int j = first; j < first + count; ++j) running_.push_back({.start = j});
  }

  /// Ascends until `late()`, but for some steps at least.
  template <class Late>
  void run(Late&& late) {
    for (std::size_t place = 0; place < running_.size(); ++place) takeStart(static_cast<int>(place));
    evaluate();
    for (std::size_t place = 0; place < running_.size(); ++place) accept(static_cast<int>(place));
    for (int step = 0; step < Tuning::mostSteps && !running_.empty(); ++step) {
      la_.checkpoint();
      if (step >= Tuning::fewestSteps && late()) break;
      for (std::size_t place = 0; place < running_.size(); ++place) propose(static_cast<int>(place));
      evaluate();
      for (std::size_t place = 0; place < running_.size(); ++place) judge(static_cast<int>(place));
      dropDone();
    }
    for (std::size_t place = 0; place < running_.size(); ++place) finish(static_cast<int>(place));
  }

 private:
  struct One {
    int start;         // its place among the starts
    double value = 0;  // the price at its point
    double trial = 0;  // the price at the point that is tried
    double step = 1;
    bool done = false;
  };

  One& one(int place) { return running_[at(place)]; }

  static void normalize(int d, double* u) {
    const double norm = blas::nrm2(d, u);
    for (int i = 0; i < d && norm > 0; ++i) u[i] /= norm;
  }

  void takeStart(int place) {
    const double* from = starts_.directions.column(one(place).start);
    std::copy(from, from + data_.d, trials_.column(place));
    normalize(data_.d, trials_.column(place));
  }

  /// Values and gradients at the trials.
  void evaluate() {
    const int count = static_cast<int>(running_.size());
    const Mat<double> products = products_.columns(0, count);
    la_.gemm(Transpose::yes, Transpose::no, 1.0, data_.xt, trials_.columns(0, count), 0.0, products);
    la_.tasks(
        count,
        [&](int place) {
          const int start = running_[at(place)].start;
          const double* theta = theta_.column(starts_.outputs[at(start)]);
          const double sign = starts_.signs[at(start)];
          running_[at(place)].trial = sign * pullBack(data_.n, sign, theta, products.column(place));
        },
        4.0 * data_.n * count);
    longProduct_.multiply(la_, 1.0, data_.xt, products, 0.0, slopes_.columns(0, count));
  }

  /// The point tried becomes the point; its gradient, normalised, is kept in the column of slopes until the next step.
  void accept(int place) {
    one(place).value = one(place).trial;
    std::copy(trials_.column(place), trials_.column(place) + data_.d, points_.column(place));
    normalize(data_.d, slopes_.column(place));
    std::copy(slopes_.column(place), slopes_.column(place) + data_.d, targets_.column(place));
  }

  void propose(int place) {
    const double t = one(place).step;
    const double* u = points_.column(place);
    const double* q = targets_.column(place);
    double* to = trials_.column(place);
    for (int i = 0; i < data_.d; ++i) to[i] = (1 - t) * u[i] + t * q[i];
    normalize(data_.d, to);
  }

  void judge(int place) {
    One& now = one(place);
    const double gain = now.trial - now.value;
    if (gain > 0) {
      accept(place);
      now.step = std::min(1.0, 2 * now.step);
      now.done = gain < Tuning::leastGain * std::abs(now.value);
    } else {
      now.step /= 4;
      now.done = now.step < Tuning::leastStep;
    }
  }

  void finish(int place) {
    const One& now = one(place);
    starts_.values[at(now.start)] = now.value;
    std::copy(points_.column(place), points_.column(place) + data_.d, starts_.directions.column(now.start));
  }

  void dropDone() {
    int kept = 0;
    for (int place = 0; place < static_cast<int>(running_.size()); ++place) {
      if (one(place).done) {
        finish(place);
        continue;
      }
      if (kept < place) {
        one(kept) = one(place);
        std::copy(points_.column(place), points_.column(place) + data_.d, points_.column(kept));
        std::copy(targets_.column(place), targets_.column(place) + data_.d, targets_.column(kept));
      }
      ++kept;
    }
    running_.resize(at(kept));
  }

  const Cpu& la_;
  const ReluData& data_;
  Mat<const double> theta_;
  ReluPrices& starts_;
  std::vector<One> running_;
  HostMatrix<double> points_, targets_;  // d x count: u, and q / ||q|| there
  HostMatrix<double> trials_, slopes_;   // d x count
  HostMatrix<double> products_;          // n x count
  LongProduct longProduct_;
};

}  // namespace

double ReluPrices::largest() const {
  double most = 0;
  for (const double value : values) most = std::max(most, value);
  return most;
}

void ascendPrices(const Cpu& la, const ReluData& data, Mat<const double> theta, ReluPrices& starts, double seconds) {
  const Stopwatch watch;
  const auto late = [&] { return watch.seconds() >= seconds; };
  const int count = static_cast<int>(starts.outputs.size());
  starts.values.assign(at(count), 0.0);
  const int some = std::clamp(static_cast<int>(Ascent::Tuning::together / data.n), 16, std::max(16, count));
  int begun = 0;
  while (begun < count && (begun == 0 || !late())) {
    const int now = std::min(some, count - begun);
    Ascent(la, data, theta, starts, begun, now).run(late);
    begun += now;
  }
  if (begun == count) return;
  starts.values.resize(at(begun));
  starts.outputs.resize(at(begun));
  starts.signs.resize(at(begun));
  HostMatrix<double> kept(data.d, begun);
  std::copy(starts.directions.data(), starts.directions.data() + kept.size(), kept.data());
  starts.directions = std::move(kept);
}

double scaledDualValue(const ReluData& data, Mat<const double> theta, double largest) {
  const int size = data.n * data.c;
  const double linear = blas::dot(size, theta.data, data.y.data());
  const double quadratic = blas::dot(size, theta.data, theta.data);
  const double t = dualFactor(data.loss.kind, largest > 0 ? data.lambda / largest : infinity, linear, quadratic);
  std::vector<double> scaled(theta.data, theta.data + size);
  for (double& entry : scaled) entry *= t;
  double bound = 0;
  for (int i = 0; i < data.n; ++i) bound += data.loss.dualValue(scaled.data() + i, data.y.data() + i);
  return bound;
}

}  // namespace nonconvex
