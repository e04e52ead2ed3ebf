// The sixth list: how far a step goes.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "methods/line_search/armijo.hpp"
#include "solvers/smooth/context.hpp"
#include "solvers/smooth/first_distance.hpp"

namespace nonconvex {

template <class T>
struct StepInput {
  SumContext<T>& at;
  const SumPreset& preset;
  const Feasible<T>& set;
};

/// The factor of the step when this share of the solve is done.
inline double scheduleAt(StepSchedule schedule, double done, std::int64_t step) {
  constexpr double last = 0.2;  // share of the solve in which wsd falls
  switch (schedule) {
    case StepSchedule::linear:
      return 1 - done;
    case StepSchedule::wsd:
      return done < 1 - last ? 1 : (1 - done) / last;
    case StepSchedule::cosine:
      return 0.5 * (1 + std::cos(std::numbers::pi * done));
    case StepSchedule::sqrt:
      return 1 / std::sqrt(static_cast<double>(step + 1));
    default:
      return 1;
  }
}

/// The step size and its schedule, or the method's.
template <class T>
class ScheduledStep {
 public:
  explicit ScheduledStep(const StepInput<T>& in)
      : size_(std::isnan(in.at.settings.stepSize) ? in.preset.stepSize : in.at.settings.stepSize),
        schedule_(in.at.settings.schedule) {
    if (schedule_ != StepSchedule::automatic) return;
    const auto known = names(StepSchedule{});
    schedule_ = static_cast<StepSchedule>(std::find(known.begin(), known.end(), in.preset.schedule) - known.begin());
  }
  double at(const SumContext<T>& now) const { return size_ * scheduleAt(schedule_, now.done(), now.step); }

 private:
  double size_;
  StepSchedule schedule_;
};

/// The step size times the schedule.
template <class T>
class ConstantStep final : public StepLength<T> {
 public:
  static constexpr std::string_view name = "constant";
  static constexpr auto fields() { return StepSizeSettings::fields(); }

  explicit ConstantStep(const StepInput<T>& in) : step_(in) {}
  void begin(SumContext<T>& at) override { at.scheduled = step_.at(at); }
  void choose(SumContext<T>& at, const T*, const T*, const T*) override { at.setEta(at.scheduled); }

 private:
  ScheduledStep<T> step_;
};

/// 1, or a number drawn from the exponential distribution, of directions that have the step size in them.
template <class T>
class FactorStep final : public StepLength<T> {
 public:
  static constexpr std::string_view name = "factor";
  static constexpr auto fields() { return appendedFields(StepSizeSettings::fields(), FactorSettings::fields()); }

  explicit FactorStep(const StepInput<T>& in) : step_(in) {}
  void begin(SumContext<T>& at) override { at.scheduled = step_.at(at); }
  void choose(SumContext<T>& at, const T*, const T*, const T*) override {
    const auto index = static_cast<std::uint64_t>(at.step);
    at.setEta(at.settings.randomScaling ? -std::log(at.random(Draw::factors).uniform(index)) : 1);
  }

 private:
  ScheduledStep<T> step_;
};

/// Distance over gradients, r / sqrt(sum alpha^2 ||g||^2), r the largest distance from the start so far: M. Ivgi, O.
/// Hinder, Y. Carmon, "DoG is SGD's best friend", ICML 2023.
template <class T>
class DogStep final : public StepLength<T> {
 public:
  static constexpr std::string_view name = "dog";
  static constexpr auto fields() { return DistanceSettings::fields(); }

  explicit DogStep(const StepInput<T>& in) { in.at.goesByDistance = true; }
  void begin(SumContext<T>& at) override {
    if (at.step == 0) {
      const double given = at.settings.initialDistance;
      at.radius = std::isnan(given) ? FirstDistance<T>(at).radius() : given;
    }
    at.radius = std::max(at.radius, at.distance());
  }
  void choose(SumContext<T>& at, const T*, const T* g, const T*) override {
    sum_ += at.alpha * at.alpha * at.gradientSquares(g);
    at.setEta(sum_ > 0 ? at.radius / std::sqrt(sum_) : 0);
  }
  void visit(Archive& archive) override { archive.visit(sum_); }

 private:
  double sum_ = 0;
};

/// Distance over gradients for each variable of the problem by itself.
template <class T>
class DogOfVariables final : public StepLength<T> {
 public:
  static constexpr std::string_view name = "dogOfVariables";
  static constexpr auto fields() { return DistanceSettings::fields(); }

  explicit DogOfVariables(const StepInput<T>& in) : sums_(in.at.blocks.size()), radii_(in.at.blocks.size()) {
    in.at.goesByDistance = true;
  }
  void begin(SumContext<T>& at) override {
    if (at.step == 0) {
      const double given = at.settings.initialDistance;
      std::fill(radii_.begin(), radii_.end(), given);
      if (std::isnan(given)) {
        const FirstDistance<T> first(at);
        at.eachVariable([&](int begin, int size, std::size_t b) { radii_[b] = first.radiusOf(begin, size); });
      }
    }
    for (std::size_t b = 0; b < radii_.size(); ++b) radii_[b] = std::max(radii_[b], std::sqrt(at.distances[b]));
    at.radius = *std::max_element(radii_.begin(), radii_.end());
  }
  void choose(SumContext<T>& at, const T*, const T* g, const T*) override {
    at.gradientSquares(g);
    for (std::size_t b = 0; b < radii_.size(); ++b) {
      sums_[b] += at.squares[b];
      at.etas[b] = sums_[b] > 0 ? radii_[b] / std::sqrt(sums_[b]) : 0;
    }
  }
  void visit(Archive& archive) override {
    archive.visit(sums_);
    archive.visit(radii_);
  }

 private:
  std::vector<double> sums_, radii_;
};

/// The step size times a distance d that is learned: the largest r / ||s||_1 so far, r and s averages with weights d^2
/// of g . (x_0 - x) and of g, which is at most max_j |x_0j - x*_j| where the sum is convex. Directions are to have
/// entries of about 1, as those of Adam have. K. Mishchenko, A. Defazio, "Prodigy: an expeditiously adaptive
/// parameter-free learner", ICML 2024, but for weights d in the averages of the geometry. Of several variables each
/// has the geometric mean of its own d and of that of all: a bias of thousands would take embeddings along else, and a
/// variable whose own d is too short stand still.
template <class T>
class ProdigyStep final : public StepLength<T> {
 public:
  static constexpr std::string_view name = "prodigy";
  static constexpr auto fields() {
    return appendedFields(StepSizeSettings::fields(), DistanceSettings::fields(), MemorySettings::fields());
  }

  explicit ProdigyStep(const StepInput<T>& in)
      : step_(in),
        keep_(std::sqrt(std::isnan(in.at.settings.beta2) ? 0.999 : in.at.settings.beta2)),
        distances_(in.at.blocks.size()),
        slopes_(distances_.size()),
        older_(distances_.size(), 1.0),
        sum_(zeros(in.at)) {}
  void begin(SumContext<T>& at) override {
    if (at.step == 0) {
      distance_ = firstOf(at);
      std::fill(distances_.begin(), distances_.end(), distance_);
    }
    at.scheduled = step_.at(at);
  }
  void choose(SumContext<T>& at, const T* x, const T* g, const T*) override {
    double slopes = 0, norms = 0;
    at.eachVariable([&](int begin, int size, std::size_t b) {
      double& own = distances_[b];
      at.etas[b] = at.scheduled * std::sqrt(own * distance_);
      // Averages over d^2, for which no d is too small.
      slopes_[b] =
          older_[b] * slopes_[b] + (1 - keep_) * sweeps::slope(size, g + begin, at.origin.data() + begin, x + begin);
      const double norm = sweeps::gather(size, older_[b], 1 - keep_, g + begin, sum_.data() + begin);
      slopes += slopes_[b];
      norms += norm;
      const double before = own;
      if (slopes_[b] > own * norm) own = slopes_[b] / norm;
      older_[b] = keep_ * (before / own) * (before / own);
    });
    if (slopes > distance_ * norms) distance_ = slopes / norms;
  }
  void visit(Archive& archive) override {
    archive.visit(distance_);
    archive.visit(distances_);
    archive.visit(slopes_);
    archive.visit(older_);
    archive.visit(sum_);
  }

 private:
  static double firstOf(const SumContext<T>& at) {
    if (!std::isnan(at.settings.initialDistance)) return at.settings.initialDistance;
    double largest = 0;
    for (const T x : at.origin) largest = std::max(largest, std::abs(static_cast<double>(x)));
    return 1e-3 * (1 + largest);
  }

  ScheduledStep<T> step_;
  const double keep_;
  double distance_ = 0;                     ///< d of all variables together
  std::vector<double> distances_, slopes_;  ///< d and average slope of each variable
  std::vector<double> older_;               ///< what averages are multiplied by as the next gradient comes
  std::vector<T> sum_;
};

/// kappa = 1 - sqrt(1 - 2 u), u = (f_B - lowerBound) / g.d; 1 where u > 1/2.
template <class T>
class PolyakStep final : public StepLength<T> {
 public:
  static constexpr std::string_view name = "polyak";
  static constexpr auto fields() { return LowerBoundSettings::fields(); }

  explicit PolyakStep(const StepInput<T>&) {}
  void choose(SumContext<T>& at, const T*, const T* g, const T* d) override {
    const double slope = sweeps::dot(at.n, g, d), above = std::max(0.0, at.loss - at.settings.lowerBound);
    const double u = slope > 0 ? above / slope : 0;
    at.setEta(u > 0.5 ? 1 : 1 - std::sqrt(1 - 2 * u));
    ++steps_;
    whole_ += u > 0.5 ? 1 : 0;
  }
  std::string warning() const override {
    if (steps_ < 20 || 2 * whole_ < steps_) return {};
    return "In " + show(100 * whole_ / steps_) +
           " % of the steps the model of the least loss had no root: the losses of batches may have a least value far "
           "above "
           "`lowerBound`, and what was found may not be a minimum.";
  }
  void visit(Archive& archive) override {
    archive.visit(steps_);
    archive.visit(whole_);
  }

 private:
  std::int64_t steps_ = 0, whole_ = 0;
};

/// min(sqrt(1 + theta) eta-, 1/2 ||dx||_D / ||dg||_{1/D}), theta the ratio of the two steps before; dg on one batch.
template <class T>
class CurvatureStep final : public StepLength<T> {
 public:
  static constexpr std::string_view name = "curvature";
  static constexpr auto fields() { return FieldTuple{}; }

  explicit CurvatureStep(const StepInput<T>& in) : x_(zeros(in.at)), g_(zeros(in.at)) {}
  void choose(SumContext<T>& at, const T* x, const T* g, const T* d) override {
    double eta = 1e-3;
    if (at.step > 0) {
      if (at.rows.count < at.all.count) at.gradient(at.rows, nullptr, x_.data(), g_.data());
      // D = g / d is what the geometry has divided by.
      double moved = 0, changed = 0;
      for (std::size_t i = 0; i < x_.size(); ++i) {
        const double D = d[i] != 0 ? static_cast<double>(g[i]) / d[i] : 1;
        const double dx = static_cast<double>(x[i]) - x_[i], dg = static_cast<double>(g[i]) - g_[i];
        moved += dx * dx * D;
        changed += dg * dg / D;
      }
      const double bound = changed > 0 ? 0.5 * std::sqrt(moved / changed) : INFINITY;
      eta = std::min(std::sqrt(1 + theta_) * eta_, bound);
      if (!std::isfinite(eta)) eta = eta_;
      theta_ = eta / eta_;
    }
    eta_ = eta;
    std::copy_n(x, at.n, x_.data());
    std::copy_n(g, at.n, g_.data());
    at.setEta(eta);
  }
  void visit(Archive& archive) override {
    archive.visit(eta_);
    archive.visit(theta_);
    archive.visit(x_);
    archive.visit(g_);
  }

 private:
  double eta_ = 0, theta_ = INFINITY;
  std::vector<T> x_, g_;
};

/// 1 / L, L given, or the least of doubled numbers for which f has the decrease that it promises.
template <class T>
class SmoothnessStep final : public StepLength<T> {
 public:
  static constexpr std::string_view name = "smoothness";
  static constexpr auto fields() { return SmoothnessSettings::fields(); }

  explicit SmoothnessStep(const StepInput<T>& in)
      : set_(in.set), given_(in.at.settings.smoothness), trial_(zeros(in.at)) {}
  void choose(SumContext<T>& at, const T* x, const T* g, const T*) override {
    if (!std::isnan(given_)) return at.setEta(1 / given_);
    double& L = ofPart(at);
    if (L == 0) {
      L = 1e-3;
    } else if (at.step % 50 == 0) {
      L /= 2;  // it may have become less
    }
    for (int k = 0; k < Tuning::most; ++k, L *= 2) {
      std::copy_n(x, at.n, trial_.data());
      for (int i = at.first; i < at.first + at.length; ++i) {
        trial_[static_cast<std::size_t>(i)] -= static_cast<T>(1 / L) * g[i];
      }
      set_.project(trial_.data(), 1 / L);
      // Variables outside the part stay where they are.
      std::copy_n(x, at.first, trial_.data());
      std::copy(x + at.first + at.length, x + at.n, trial_.data() + at.first + at.length);
      double slope = 0, moved = 0, size = 0;
      for (int i = at.first; i < at.first + at.length; ++i) {
        const double step = static_cast<double>(trial_[static_cast<std::size_t>(i)]) - x[i];
        slope += step * g[i];
        moved += step * step;
        size += std::abs(step * g[i]);
      }
      const double rounding = 1e-14 * std::abs(at.loss);
      if (size <= rounding) break;
      if (at.value(at.rows, trial_.data()) <= at.loss + slope + 0.5 * L * moved + rounding) break;
    }
    at.setEta(1 / L);
  }
  void visit(Archive& archive) override {
    // Parts are met in turn: a state has as many as it was told of.
    auto count = static_cast<std::int64_t>(found_.size());
    archive.visit(count);
    found_.resize(static_cast<std::size_t>(std::clamp<std::int64_t>(count, 0, trial_.empty() ? 0 : 1 << 20)));
    for (Part& part : found_) {
      archive.visit(part.first);
      archive.visit(part.L);
    }
  }

 private:
  struct Part {
    std::int64_t first = 0;
    double L = 0;
  };
  double& ofPart(const SumContext<T>& at) {
    for (Part& part : found_) {
      if (part.first == at.first) return part.L;
    }
    found_.push_back({.first = at.first});
    return found_.back().L;
  }

  const Feasible<T>& set_;
  struct Tuning {
    static constexpr int most = 200;  ///< safeguard: doublings of L
  };
  double given_;
  std::vector<T> trial_;
  std::vector<Part> found_;
};

/// The largest of eta, eta / 2, eta / 4, ... with f_B(x - eta d) <= f_B(x) - 0.1 eta g.d on the rows of the step, from
/// eta = 2^(|B| / N) times that of the step before: L. Armijo, 1966; of batches S. Vaswani et al., "Painless stochastic
/// gradient: interpolation, line-search, and convergence rates", NeurIPS 2019.
template <class T>
class ArmijoStep final : public StepLength<T> {
 public:
  static constexpr std::string_view name = "armijo";
  static constexpr auto fields() { return FieldTuple{}; }

  explicit ArmijoStep(const StepInput<T>& in) : set_(in.set), trial_(zeros(in.at)) {}
  void choose(SumContext<T>& at, const T* x, const T* g, const T* d) override {
    eta_ *= std::exp2(static_cast<double>(at.rows.count) / at.all.count);
    const double rounding = 1e-14 * std::abs(at.loss);
    const double found = backtrack({.first = eta_}, [&](double eta) {
      sweeps::combine(at.n, 1, x, -eta, d, trial_.data());
      set_.project(trial_.data(), eta);
      double decrease = 0;
      for (int i = 0; i < at.n; ++i) {
        decrease += g[i] * (static_cast<double>(x[i]) - trial_[static_cast<std::size_t>(i)]);
      }
      return decrease <= rounding || at.value(at.rows, trial_.data()) <= at.loss - Tuning::share * decrease + rounding;
    });
    eta_ = found > 0 ? found : std::ldexp(eta_, -BacktrackingSettings{}.mostTrials);
    at.setEta(eta_);
  }
  void visit(Archive& archive) override { archive.visit(eta_); }

 private:
  struct Tuning {
    static constexpr double share =
        0.1;  ///< published: c of Vaswani et al., the share of the slope by which f has to fall
  };
  const Feasible<T>& set_;
  double eta_ = 1;
  std::vector<T> trial_;
};

/// min(1 / L, 2 sqrt(D) gamma / (sigma (K + 1)^1.5)) over K steps, D = ||x_0 - x*||^2 / 2.
template <class T>
class QuasarNoiseStep final : public StepLength<T> {
 public:
  static constexpr std::string_view name = "quasarNoise";
  static constexpr auto fields() { return appendedFields(SmoothnessSettings::fields(), NoiseSettings::fields()); }

  explicit QuasarNoiseStep(const StepInput<T>& in) : smooth_(in), whole_(zeros(in.at)), part_(zeros(in.at)) {}
  void choose(SumContext<T>& at, const T* x, const T* g, const T* d) override {
    if (at.step == 0) prepare(at, x, g, d);
    at.setEta(eta_);
  }
  void visit(Archive& archive) override { archive.visit(eta_); }

 private:
  void prepare(SumContext<T>& at, const T* x, const T* g, const T* d) {
    const MinimizeSumSettings& given = at.settings;
    double sigma = given.gradientNoise;
    if (std::isnan(sigma)) {
      at.gradient(at.all, nullptr, x, whole_.data());
      double squares = 0;
      for (int i = 0; i < at.n; ++i) {
        const double error = static_cast<double>(g[i]) - whole_[static_cast<std::size_t>(i)];
        squares += error * error;
      }
      sigma = std::sqrt(squares);
    }
    smooth_.choose(at, x, g, d);
    const double distance = std::isnan(given.distance) ? 1 : given.distance;
    const double steps =
        std::isfinite(given.maxEpochs) ? given.maxEpochs * at.all.count / std::max(1, at.rows.count) : 1e4;
    const double noisy = 2 * std::sqrt(distance * distance / 2) * given.quasarConvexity /
                         (std::max(sigma, 1e-300) * std::pow(steps + 1, 1.5));
    eta_ = std::min(at.etas.front(), noisy);
  }

  SmoothnessStep<T> smooth_;
  double eta_ = 0;
  std::vector<T> whole_, part_;
};

template <class T>
using StepLengths = TypeList<ConstantStep<T>, FactorStep<T>, DogStep<T>, DogOfVariables<T>, ProdigyStep<T>,
                             PolyakStep<T>, CurvatureStep<T>, SmoothnessStep<T>, QuasarNoiseStep<T>, ArmijoStep<T>>;

}  // namespace nonconvex
