#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/numbers.hpp"
#include "solvers/discrete/certifyNetwork/relaxation.hpp"

namespace nonconvex {

OpenNeurons::OpenNeurons(const DenseLayers& network, const CertifyRow& row, const Question& question)
    : fixedSlope(at(network.inputs())), fixedValue(question.constant) {
  const DenseLayer& layer = network.hidden()[0];
  for (int k = 0; k < layer.outputs; ++k) {
    const double v = question.v[at(k)];
    if (v == 0 || row.high[at(k)] <= 0) continue;
    if (row.low[at(k)] < 0) {
      units.push_back(k);
      continue;
    }
    fixedValue += v * row.z[at(k)];
    for (int i = 0; i < layer.inputs; ++i) fixedSlope[at(i)] += v * layer.row(k)[i];
  }
}

int widestChord(const DenseLayers& network, const CertifyRow& row, const Question& question, const OpenNeurons& open,
                std::span<const std::int8_t> splits, std::span<const double> d) {
  const DenseLayer& layer = network.hidden()[0];
  int best = -1;
  double most = 0;
  for (const int k : open.units) {
    const double v = question.v[at(k)];
    if (v > 0 || splits[at(k)] != 0) continue;
    const double low = row.low[at(k)], high = row.high[at(k)];
    const double z = row.z[at(k)] + dot(layer.row(k), d.data(), layer.inputs);
    const double gap = -v * (high / (high - low) * (z - low) - std::max(0.0, z));
    // A neuron without a gap is split too while the relaxation is not exact: any split makes it so in the end.
    if (best < 0 || gap > most) {
      most = gap;
      best = k;
    }
  }
  return best;
}

namespace {

class LinearRelaxationOfMargin final : public MarginRelaxation {
 public:
  LinearRelaxationOfMargin(const DenseLayers& network, const CertifyRow& row, const Question& question)
      : network_(network),
        row_(row),
        question_(question),
        open_(network, row, question),
        value_(network, row),
        inputs_(network.inputs()),
        lp_(inputs_ + static_cast<int>(open_.units.size())),
        cost_(at(lp_.columns())) {
    makeProgram();
  }

  double improve(std::span<const std::int8_t> splits, DualStart& start, double goal, const Cpu& la) override {
    const double constant = takeSplits(splits);
    if (!start.basis.columns.empty()) lp_.setBasis(start.basis);
    const std::function<bool()> stop = [&] {
      la.checkpoint();
      return false;
    };
    const LpStatus status = lp_.solve(&stop, goal - constant, Tuning::pivots);
    start.basis = lp_.basis();
    if (status == LpStatus::infeasible) return alongRay(splits, start, goal);
    for (std::size_t i = 0; i < d_.size(); ++i)
      d_[i] = std::clamp(lp_.x()[i], row_.perturbation.low()[i], row_.perturbation.high()[i]);
    std::vector<double> q(start.q.size());
    takeMultipliers(lp_.multipliers(), splits, 1, q);
    return best(splits, start, std::move(q));
  }

  std::span<const double> d() const override { return d_; }
  int chooseSplit(std::span<const std::int8_t> splits) override {
    return widestChord(network_, row_, question_, open_, splits, d_);
  }

 private:
  struct Tuning {
    static constexpr int pivots = 20000;     ///< safeguard: pivots of one solve
    static constexpr double longest = 1e12;  ///< safeguard: multiple of a ray
  };

  void makeProgram() {
    const DenseLayer& layer = network_.hidden()[0];
    std::vector<double> lower(row_.perturbation.low().begin(), row_.perturbation.low().end());
    std::vector<double> upper(row_.perturbation.high().begin(), row_.perturbation.high().end());
    lower.resize(cost_.size(), 0.0);
    upper.resize(cost_.size(), infinity);
    for (std::size_t r = 0; r < open_.units.size(); ++r) {
      if (question_.v[at(open_.units[r])] < 0) upper[at(inputs_) + r] = 0;
    }
    lp_.setBounds(lower, upper);
    std::vector<int> index(at(inputs_));
    std::iota(index.begin(), index.end(), 0);
    for (std::size_t r = 0; r < open_.units.size(); ++r) {
      const int k = open_.units[r];
      std::vector<double> values(layer.row(k), layer.row(k) + inputs_);
      std::vector<int> columns = index;
      if (question_.v[at(k)] > 0) {
        for (double& entry : values) entry = -entry;
        values.push_back(1);
        columns.push_back(inputs_ + static_cast<int>(r));
      }
      rowValues_.push_back(values);
      lp_.addRow(columns, values, question_.v[at(k)] > 0 ? row_.z[at(k)] : -infinity, infinity);
    }
    d_.assign(at(inputs_), 0.0);
    splits_.assign(open_.units.size(), 0);
  }

  /// Sets costs, and sides of the rows of split neurons; returns the constant of the objective.
  double takeSplits(std::span<const std::int8_t> splits) {
    const DenseLayer& layer = network_.hidden()[0];
    double constant = open_.fixedValue;
    std::fill(cost_.begin(), cost_.end(), 0.0);
    std::copy(open_.fixedSlope.begin(), open_.fixedSlope.end(), cost_.begin());
    for (std::size_t r = 0; r < open_.units.size(); ++r) {
      const int k = open_.units[r], split = splits[at(k)];
      const double v = question_.v[at(k)], z = row_.z[at(k)], low = row_.low[at(k)], high = row_.high[at(k)];
      if (v > 0) {
        cost_[at(inputs_) + r] = v;
        continue;
      }
      if (splits_[r] != split)
        lp_.changeRow(static_cast<int>(r), rowValues_[r], split > 0 ? -z : -infinity, split < 0 ? -z : infinity);
      splits_[r] = static_cast<std::int8_t>(split);
      if (split < 0) continue;
      const double slope = split > 0 ? v : v * high / (high - low);
      constant += slope * (split > 0 ? z : z - low);
      for (int i = 0; i < inputs_; ++i) cost_[at(i)] += slope * layer.row(k)[i];
    }
    lp_.setCost(cost_);
    return constant;
  }

  /// q := the dual vector of multipliers of rows, with `share` of the costs.
  void takeMultipliers(std::span<const double> y, std::span<const std::int8_t> splits, double share,
                       std::span<double> q) const {
    for (std::size_t k = 0; k < q.size(); ++k) q[k] = row_.low[k] >= 0 ? share * question_.v[k] : 0;
    for (std::size_t r = 0; r < open_.units.size(); ++r) {
      const int k = open_.units[r], split = splits[at(k)];
      const double v = share * question_.v[at(k)], low = row_.low[at(k)], high = row_.high[at(k)];
      if (v > 0 || (share == 0 && question_.v[at(k)] > 0))
        q[at(k)] = std::clamp(y[r], 0.0, v);
      else if (split > 0)
        q[at(k)] = v - std::max(0.0, y[r]);
      else if (split < 0)
        q[at(k)] = std::max(0.0, -y[r]);
      else
        q[at(k)] = v * high / (high - low);
    }
  }

  /// Multipliers that prove that there is no point, in growing multiples.
  double alongRay(std::span<const std::int8_t> splits, DualStart& start, double goal) {
    double bound = value_(question_, splits, start.q);
    if (lp_.ray().empty()) return bound;
    std::vector<double> ray(start.q.size()), q(start.q.size());
    takeMultipliers(lp_.ray(), splits, 0, ray);
    double scale = 0;
    for (const double v : question_.v) scale = std::max(scale, std::abs(v));
    for (double t = scale; bound < goal && t < Tuning::longest * scale; t *= 4) {
      for (std::size_t k = 0; k < q.size(); ++k) q[k] = start.q[k] + t * ray[k];
      const double next = value_(question_, splits, q);
      if (next <= bound) continue;
      bound = next;
      best_ = q;
    }
    if (!best_.empty()) start.q = std::move(best_);
    best_.clear();
    return bound;
  }

  double best(std::span<const std::int8_t> splits, DualStart& start, std::vector<double> q) {
    const double before = value_(question_, splits, start.q), bound = value_(question_, splits, q);
    if (before > bound) return before;
    start.q = std::move(q);
    return bound;
  }

  const DenseLayers& network_;
  const CertifyRow& row_;
  const Question& question_;
  OpenNeurons open_;
  DualValue value_;
  int inputs_;
  DualSimplex lp_;
  std::vector<double> cost_, d_, best_;
  std::vector<std::vector<double>> rowValues_;
  std::vector<std::int8_t> splits_;  ///< splits that the rows of the program have
};

}  // namespace

std::unique_ptr<MarginRelaxation> linearRelaxation(const DenseLayers& network, const CertifyRow& row,
                                                   const Question& question) {
  return std::make_unique<LinearRelaxationOfMargin>(network, row, question);
}

}  // namespace nonconvex
