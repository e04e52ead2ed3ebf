#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"
#include "solvers/discrete/certifyNetwork/relaxation.hpp"

namespace nonconvex {
namespace {

class NewtonRelaxation final : public MarginRelaxation {
 public:
  NewtonRelaxation(const DenseLayers& network, const CertifyRow& row, const Question& question)
      : network_(network),
        row_(row),
        question_(question),
        layer_(network.hidden()[0]),
        open_(network, row, question),
        exact_(network, row),
        size_(static_cast<int>(open_.units.size())),
        slope_(at(network.inputs())),
        trialSlope_(at(network.inputs())),
        d_(at(network.inputs())),
        trialD_(at(network.inputs())) {
    for (std::vector<double>* each : {&q_, &trial_, &lower_, &upper_, &gradient_, &direction_}) each->resize(at(size_));
    matrix_.resize(at(size_) * at(size_));
    for (const double v : question.v) scale_ = std::max(scale_, std::abs(v));
  }

  double improve(std::span<const std::int8_t> splits, DualStart& start, double goal, const Cpu& la) override {
    begin(splits, start.q);
    double bound = exact_(question_, splits, start.q);
    std::vector<double> q(start.q.size());
    const double firstSoftness = Tuning::firstSoftness * softnessScale();
    for (double softness = firstSoftness;; softness *= Tuning::lessSoft) {
      la.checkpoint();
      const bool smooth = ascend(softness, goal, la);
      fillAll(q);
      const double next = exact_(question_, splits, q);
      if (next > bound) {
        bound = next;
        start.q = q;
      }
      if (bound >= goal || smooth || softness < Tuning::leastSoftness * firstSoftness) break;
    }
    return bound;
  }

  std::span<const double> d() const override { return d_; }
  int chooseSplit(std::span<const std::int8_t> splits) override {
    return widestChord(network_, row_, question_, open_, splits, d_);
  }

 private:
  struct Tuning {
    static constexpr double firstSoftness = 1e-2;  ///< safeguard: softness beside the slope over the radius, at first
    static constexpr double lessSoft = 0.1;        ///< safeguard: factor of the softness from one solve to the next
    static constexpr double leastSoftness = 1e-7;  ///< safeguard: the last softness beside the first one
    static constexpr int steps = 100;              ///< safeguard: Newton steps at one softness
    static constexpr double gain = 1e-7;           ///< rounding: what a step may still promise beside all weights
    static constexpr double ridge = 1e-10;         ///< rounding: added to the diagonal, beside the largest entry
    static constexpr double moreRidge = 1e4;       ///< safeguard: factor of the ridge where no length raises the bound
    static constexpr double mostRidge = 1e6;       ///< safeguard: the largest ridge, whose step is along the gradient
    static constexpr double decrease = 1e-4;       ///< published: share of a step's promise (Armijo)
    static constexpr double shortest = 1e-10;      ///< rounding: the shortest step
    static constexpr double near = 1e-3;           ///< safeguard: a side that is nearer is reached at once (Bertsekas)
    static constexpr double far = 1e3;             ///< safeguard: length along an infinite side, beside the weights
  };

  /// Takes bounds of q, the constant and the start.
  void begin(std::span<const std::int8_t> splits, std::span<const double> start) {
    constant_ = open_.fixedValue;
    for (int r = 0; r < size_; ++r) {
      const std::size_t i = at(r), k = at(open_.units[i]);
      const double v = question_.v[k], low = row_.low[k], high = row_.high[k];
      if (v > 0) {
        lower_[i] = 0;
        upper_[i] = v;
      } else if (splits[k] > 0) {
        lower_[i] = -infinity;
        upper_[i] = v;
      } else if (splits[k] < 0) {
        lower_[i] = 0;
        upper_[i] = infinity;
      } else {
        lower_[i] = upper_[i] = v * high / (high - low);
        constant_ -= lower_[i] * low;
      }
      q_[i] = std::clamp(start[k], lower_[i], upper_[i]);
    }
  }

  /// The size of -slope / radius at the start.
  double softnessScale() {
    slopeAt(q_, slope_);
    double squares = 0;
    for (const double entry : slope_) squares += square(entry);
    const double scale = std::sqrt(squares) / std::max(row_.perturbation.radius(), Tuning::shortest);
    return scale > 0 ? scale : 1;
  }

  /// slope := -(fixed slope + W^T q)
  void slopeAt(std::span<const double> q, std::span<double> slope) const {
    for (std::size_t i = 0; i < slope.size(); ++i) slope[i] = -open_.fixedSlope[i];
    for (int r = 0; r < size_; ++r) {
      const double factor = q[at(r)];
      if (factor == 0) continue;
      const double* w = layer_.row(open_.units[at(r)]);
      for (std::size_t i = 0; i < slope.size(); ++i) slope[i] -= factor * w[i];
    }
  }

  /// The smoothed bound at q, with its slope and the d of the support function.
  double evaluate(std::span<const double> q, double softness, std::vector<double>& slope, std::vector<double>& d,
                  Perturbation::Smoothed& smoothed) const {
    slopeAt(q, slope);
    smoothed = row_.perturbation.smoothed(slope, softness, d);
    double value = constant_;
    for (int r = 0; r < size_; ++r) value += q[at(r)] * row_.z[at(open_.units[at(r)])];
    for (std::size_t i = 0; i < d.size(); ++i) value += softness / 2 * square(d[i]) - slope[i] * d[i];
    return value;
  }

  /// Projected Newton steps at one softness. Returns true if less would change nothing.
  bool ascend(double softness, double goal, const Cpu& la) {
    Perturbation::Smoothed smoothed;
    double value = evaluate(q_, softness, slope_, d_, smoothed);
    // The exact bound is below by no more than the softness makes of the longest d.
    const double enough = goal + softness / 2 * square(row_.perturbation.radius());
    for (int step = 0; step < Tuning::steps && value < enough; ++step) {
      la.checkpoint();
      if (promise() <= Tuning::gain * scale_) break;
      bool moved = false;
      for (double ridge = Tuning::ridge; !moved && ridge <= Tuning::mostRidge; ridge *= Tuning::moreRidge) {
        findDirection(smoothed, ridge);
        moved = search(softness, value, smoothed);
      }
      if (!moved) break;
    }
    return smoothed.onBall;
  }

  /// Moves q along the direction, cut to its sides, where the bound rises enough; false where no length does.
  bool search(double softness, double& value, Perturbation::Smoothed& smoothed) {
    Perturbation::Smoothed trialSmoothed;
    for (double length = 1; length >= Tuning::shortest; length /= 2) {
      double rise = 0;
      for (std::size_t i = 0; i < q_.size(); ++i) {
        trial_[i] = std::clamp(q_[i] + length * direction_[i], lower_[i], upper_[i]);
        rise += gradient_[i] * (trial_[i] - q_[i]);
      }
      const double next = evaluate(trial_, softness, trialSlope_, trialD_, trialSmoothed);
      if (!(next >= value + Tuning::decrease * rise) || !(rise > 0)) continue;
      value = next;
      std::swap(q_, trial_);
      std::swap(slope_, trialSlope_);
      std::swap(d_, trialD_);
      smoothed = trialSmoothed;
      return true;
    }
    return false;
  }

  /// gradient := the numbers in front of the ReLUs at x + d; returns how much the bound could rise along it.
  double promise() {
    double sum = 0;
    for (int r = 0; r < size_; ++r) {
      const std::size_t i = at(r);
      const int k = open_.units[i];
      gradient_[i] = row_.z[at(k)] + dot(layer_.row(k), d_.data(), layer_.inputs);
      const double side = gradient_[i] > 0 ? upper_[i] : lower_[i];
      const double room = std::isfinite(side) ? std::abs(side - q_[i]) : Tuning::far * scale_;
      sum += std::abs(gradient_[i]) * room;
    }
    return sum;
  }

  /// direction := the Newton step of the entries that are not held at a side by the gradient.
  void findDirection(const Perturbation::Smoothed& smoothed, double ridge) {
    free_.clear();
    std::fill(direction_.begin(), direction_.end(), 0.0);
    for (int r = 0; r < size_; ++r) {
      const std::size_t i = at(r);
      const double near = Tuning::near * scale_;
      const bool held =
          (q_[i] <= lower_[i] + near && gradient_[i] <= 0) || (q_[i] >= upper_[i] - near && gradient_[i] >= 0);
      if (held)
        direction_[i] = gradient_[i] < 0 ? lower_[i] - q_[i] : upper_[i] - q_[i];
      else
        free_.push_back(r);
    }
    fillMatrix(smoothed);
    const int count = static_cast<int>(free_.size());
    double largest = 0;
    for (int r = 0; r < count; ++r) largest = std::max(largest, entry(r, r));
    for (;; ridge *= 100) {
      for (int r = 0; r < count; ++r) entry(r, r) += ridge * (largest > 0 ? largest : 1);
      if (factored(count)) break;
      fillMatrix(smoothed);
    }
    solve(count);
  }

  /// The matrix of minus second derivatives: W_I (identity - u u^T) W_I^T / scale over the inputs I that are not cut.
  void fillMatrix(const Perturbation::Smoothed& smoothed) {
    inside_.clear();
    double squares = 0;
    for (int i = 0; i < layer_.inputs; ++i) {
      const double value = slope_[at(i)] / smoothed.scale;
      if (!row_.perturbation.isInside(i, value)) continue;
      inside_.push_back(i);
      squares += square(slope_[at(i)]);
    }
    const int count = static_cast<int>(free_.size());
    const std::size_t width = inside_.size();
    gathered_.resize(at(count) * width);
    along_.assign(at(count), 0.0);
    for (int r = 0; r < count; ++r) {
      const double* w = layer_.row(open_.units[at(free_[at(r)])]);
      double* to = gathered_.data() + at(r) * width;
      for (std::size_t i = 0; i < width; ++i) {
        to[i] = w[inside_[i]];
        along_[at(r)] += to[i] * slope_[at(inside_[i])];
      }
    }
    const double ofBall = smoothed.onBall && squares > 0 ? 1 / squares : 0;
    for (int r = 0; r < count; ++r) {
      for (int s = 0; s <= r; ++s) {
        const double product =
            dot(gathered_.data() + at(r) * width, gathered_.data() + at(s) * width, static_cast<int>(width));
        entry(r, s) = (product - along_[at(r)] * along_[at(s)] * ofBall) / smoothed.scale;
      }
    }
  }

  double& entry(int r, int s) { return matrix_[at(r) * at(size_) + at(s)]; }

  /// Factors the lower triangle as L L^T; false where a pivot is not positive.
  bool factored(int count) {
    for (int r = 0; r < count; ++r) {
      for (int s = 0; s <= r; ++s) {
        const double sum = entry(r, s) - dot(&entry(r, 0), &entry(s, 0), s);
        if (r == s && !(sum > 0)) return false;
        entry(r, s) = r == s ? std::sqrt(sum) : sum / entry(s, s);
      }
    }
    return true;
  }

  void solve(int count) {
    std::vector<double>& b = along_;
    for (int r = 0; r < count; ++r)
      b[at(r)] = (gradient_[at(free_[at(r)])] - dot(&entry(r, 0), b.data(), r)) / entry(r, r);
    for (int r = count; r-- > 0;) {
      b[at(r)] /= entry(r, r);
      for (int s = 0; s < r; ++s) b[at(s)] -= entry(r, s) * b[at(r)];
    }
    for (int r = 0; r < count; ++r) direction_[at(free_[at(r)])] = b[at(r)];
  }

  /// q := the dual vector of all neurons.
  void fillAll(std::span<double> q) const {
    for (std::size_t k = 0; k < q.size(); ++k) q[k] = row_.low[k] >= 0 ? question_.v[k] : 0;
    for (int r = 0; r < size_; ++r) q[at(open_.units[at(r)])] = q_[at(r)];
  }

  const DenseLayers& network_;
  const CertifyRow& row_;
  const Question& question_;
  const DenseLayer& layer_;
  OpenNeurons open_;
  DualValue exact_;
  int size_;
  double constant_ = 0, scale_ = 0;
  std::vector<double> q_, trial_, lower_, upper_, gradient_, direction_, matrix_, gathered_, along_;
  std::vector<double> slope_, trialSlope_, d_, trialD_;
  std::vector<int> free_, inside_;
};

}  // namespace

std::unique_ptr<MarginRelaxation> newtonRelaxation(const DenseLayers& network, const CertifyRow& row,
                                                   const Question& question) {
  return std::make_unique<NewtonRelaxation>(network, row, question);
}

}  // namespace nonconvex
